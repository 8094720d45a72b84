// What becomes known of children in care over the years, at random: they change school, care ceases
// and begins again, they come to a school for the first time, a day or a school was put down
// wrongly and is put right, a location is restricted. Some of it is put on record days late, some
// twice. Promises: the same seed asks the same things of the same children; a refusal that names a
// reason is an answer, as in life. Everybody is invented, and every name begins with kMarker, so
// that it can be searched for. Errors: an answer that is none is kept in `surprises`. Threads: one.
#ifndef PEPLINE_TESTS_SYSTEM_YEARS_RANDOM_FACTS_H_
#define PEPLINE_TESTS_SYSTEM_YEARS_RANDOM_FACTS_H_

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/client/caller.h"

namespace pepline {

// No word of the product has it.
inline constexpr char kMarker[] = "Qzvx";
// The years of birth; nobody is born on the first day of a month, or after the 27th, and no other
// day of a child lies in one of these years.
inline constexpr int kFirstYearOfBirth = 2007;
inline constexpr int kLastYearOfBirth = 2018;

// A file to import, with so many children in care, one in ten on no school's roll and one in ten
// with a restricted location.
std::string RandomChildren(int children, unsigned seed, absl::CivilDay today);

class RandomFacts {
 public:
  // `caller` must outlive it. `children` are ids of registry.
  RandomFacts(client::Caller& caller, std::vector<std::string> children, unsigned seed);

  // What becomes known on this day.
  void Day(absl::CivilDay today);

  // By the name of the RPC, how many were carried out.
  const std::map<std::string, int>& done() const { return done_; }
  const std::vector<std::string>& surprises() const { return surprises_; }

 private:
  bool Chance(double share);
  int Roll(int sides);
  absl::CivilDay DaysAgo(absl::CivilDay today);
  template <class Request, class Response>
  void Ask(Request request);
  void Happens(const std::string& child, absl::CivilDay today);

  client::Caller& caller_;
  const std::vector<std::string> children_;
  std::mt19937 dice_;
  std::map<std::string, int> done_;
  std::vector<std::string> surprises_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_YEARS_RANDOM_FACTS_H_
