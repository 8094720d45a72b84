// A stack in which a term passes while many schools work, for tests that hold it to its promises
// whatever happens to its processes: everything imported, several times the demo's children, a
// clock that the test moves, a checker that looks from the outside at the end. Promises: AwaitRest
// returns when everything that was said has been read by everybody and nothing is due or untold; it
// holds for processes that were started again. Threads: one at a time but MoveClock.
#ifndef PEPLINE_TESTS_SYSTEM_KILLING_TERM_FIXTURE_H_
#define PEPLINE_TESTS_SYSTEM_KILLING_TERM_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tests/system/killing/school_work.h"
#include "tests/system/support/system_stack.h"
#include "tools/client/text_forms.h"
#include "tools/story/runner.h"
#include "tools/story/settling.h"

namespace pepline {

class TermTest : public testing::Test {
 protected:
  inline static const absl::CivilSecond kEnd{2026, 1, 9, 18, 0, 0};

  void SetUp() override;
  virtual absl::CivilSecond Start() { return absl::CivilSecond(2025, 9, 1, 7, 0, 0); }
  // The noon of a Monday after the end on which schools are open, so that nobody waits for the
  // hours in which people are told.
  virtual absl::CivilSecond Afterwards() { return absl::CivilSecond(2026, 1, 12, 12, 0, 0); }
  // The file of the children that are imported; the demo's, several times over.
  virtual std::string ChildrenFile();
  // Replicas and programs of the services; the fixture says the rest.
  virtual StackOptions Options() { return {}; }
  // The stack's clock stands there now, for a test whose processes have clocks of their own.
  virtual void ClockMoved(absl::Time) {}
  // What the checker is told besides what it can read.
  virtual std::vector<std::string> CheckerArguments() { return {}; }

  void ImportEverything();
  void Import(registry::v1::ImportKind kind, const std::string& path);
  std::vector<std::string> ChildIds();
  void AwaitRest();
  void MoveClock(absl::Time to);
  // The term passes evenly within `lasts` while `what` goes on; the clock goes on until it is over.
  void WhileTheTermPasses(absl::Duration lasts, const std::function<void()>& what) {
    WhileTimePasses(kEnd, lasts, what);
  }
  // The same from the present instant to another.
  void WhileTimePasses(absl::CivilSecond to, absl::Duration lasts,
                       const std::function<void()>& what);
  // After the term: nobody was surprised, everything comes to rest, and the checker is content.
  void ExpectPromisesKept(const std::vector<const SchoolWork*>& works);

  TemporaryFolder folder_;
  std::unique_ptr<Stack> stack_;
  std::unique_ptr<client::Caller> caller_;  // of the first process of every service
  std::unique_ptr<story::People> people_;
  std::unique_ptr<story::TopicFollower> follower_;
  std::unique_ptr<story::Settling> settling_;

 private:
  std::string WhoIsBehind();
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_KILLING_TERM_FIXTURE_H_
