// The checks: each asks one thing at random of the five services, as somebody at random, and holds
// the answer against the model. What differs is a failure of the test that says the check in words.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_CHECKS_H_
#define PEPLINE_TESTS_COMPONENT_REACH_CHECKS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/component/reach/asks.h"
#include "tests/component/reach/listed.h"
#include "tests/component/reach/town.h"

namespace pepline::reach {

// How often each RPC was asked, and what came of it.
struct Tally {
  std::int64_t carried_out = 0;  // OK
  std::int64_t refused = 0;      // allowed, and refused by the rules
  std::int64_t hidden = 0;
  std::int64_t role_may_not = 0;
  std::int64_t unauthenticated = 0;
  std::int64_t bad_page_tokens = 0;
};
using Tallies = std::map<std::string, Tally>;

class Checks {
 public:
  Checks(Town& town, Tokens& tokens, Dice& dice, Tallies& tallies)
      : town_(town), tokens_(tokens), dice_(dice), tallies_(tallies) {}

  // One at random. Answers how many checks it was: a list is one, and one for each of its tokens
  // that was tried where it is not good.
  int Next();

  // Who asks, with a token of some kind.
  struct Asker {
    Caller caller;
    TokenKind kind = TokenKind::kGood;
  };

 private:
  // Of the record that is asked for.
  struct Subject {
    std::string id;
    Whose whose;
    bool exists = true;
    std::string child = {};  // where it is a child's
  };
  struct Filled {
    std::string fields;
    std::string pep = {};            // the PEP that the request names
    std::string line = {};           // the authority whose fund line it names
    std::string appointed_for = {};  // the child for whom somebody is appointed
  };
  // A command that was carried out.
  struct CarriedOut {
    const Ask* ask;
    Subject subject;
    Caller caller;
    std::string fields;
    std::string pep;
    std::string answer;
  };

  void AskOne(const Ask& ask);
  // A command once more, with its request id: by whoever gave it, where it is answered as the first
  // time as long as the record is within reach; or by somebody else, to whom it is another command.
  void Repeat();
  void TryImport();
  int List();
  // A work-list (work_checks.cc): each item is of a record within reach, and of a step that the
  // role may do; and all that waits in funding is there.
  int Work();
  // Asks for a page with a token that is not good for what is asked.
  void TryToken(const ListRpc& list, Asker asker, const Fields& filter, std::string token);

  // Somebody: near the record, more often than not, and of a role that the RPC is for.
  Asker Somebody(const Row& row, const Whose& near);
  Subject PickSubject(const Ask& ask);
  Whose WhoseOf(const Ask& ask, const Subject& subject, const std::string& pep) const;
  Subject PickChild(std::string_view service);
  Filled Fill(const Ask& ask, const Subject& subject);
  std::string PepFor(const std::string& child, bool may_be_empty);

  // The RPC's answer as a verdict; `words` say the check where something is wrong.
  Verdict VerdictOf(const Row& row, const grpc::Status& status, const std::string& words);
  void CheckAnswer(const Ask& ask, const Subject& subject, const Filled& filled,
                   const Caller& caller, const Reply& reply, const std::string& words);
  void CheckCounts(const Caller& caller, const google::protobuf::Message& school,
                   const std::string& words);
  void Count(const Row& row, Verdict verdict, bool ok);
  static std::string InWords(const Row& row, const Asker& asker, const std::string& request);
  static std::string InWords(const Whose& whose);

  Town& town_;
  Tokens& tokens_;
  Dice& dice_;
  Tallies& tallies_;
  std::vector<CarriedOut> carried_out_;                // the last ones
  std::map<std::string, std::string> hidden_answers_;  // by service: all are alike
};

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_CHECKS_H_
