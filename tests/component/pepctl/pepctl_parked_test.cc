// What an operator does about records that a running service parked: `pepctl dead-letters parked`,
// `release` and `skip`, which run the service's own program beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/component/pepctl/pepctl_program.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tools/pepctl/invocation.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

using scheduling::kChild;
using scheduling::kOtherSchool;
using scheduling::kSchool;
using testing::AllOf;
using testing::HasSubstr;

class PepctlParkedTest : public scheduling::SchedulingTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    program_ = std::make_unique<PepctlProgram>(*service_, "scheduling");
  }
  Answer DeadLetters(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "dead-letters");
    return (*program_)(std::move(arguments));
  }
  bool ComesToSay(const std::string& text) {
    return WaitUntil(
        [&] {
          return DeadLetters({"parked", "scheduling"}).text.find(text) != std::string::npos;
        },
        kPatience);
  }

  std::unique_ptr<PepctlProgram> program_;
};

TEST_F(PepctlParkedTest, WhatWaitsForAMissingEventIsShownTriedAgainAndGivenUpWithAReason) {
  const Answer nothing = DeadLetters({"parked", "scheduling"});
  EXPECT_EQ(nothing.code, kDone) << nothing.text;
  EXPECT_THAT(nothing.text, HasSubstr("nothing is parked"));

  // One event is lost, and two follow it.
  events_.Moved(kChild, kSchool, kOtherSchool, "2025-09-03", Now());
  EmitMoved(kChild, kOtherSchool, kSchool, "2025-09-04");
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-05");
  ASSERT_TRUE(ComesToSay("2 records since"));
  const Answer parked = DeadLetters({"parked", "scheduling"});
  EXPECT_EQ(parked.code, kRefused) << "a script notices";
  const std::string id = parked.text.substr(0, parked.text.find(": "));
  EXPECT_THAT(id, AllOf(HasSubstr(scheduling::kRegistryTopic), HasSubstr(kChild)));
  EXPECT_THAT(parked.text,
              AllOf(HasSubstr("tried 1 times"), HasSubstr("event 3 of this sender is missing")));
  EXPECT_EQ(Pep().reference().school_urn(), kSchool);

  EXPECT_EQ(DeadLetters({"release", "scheduling", id}).code, kDone);
  EXPECT_TRUE(ComesToSay("tried 2 times"));
  const Answer unknown = DeadLetters({"release", "scheduling", "another"});
  EXPECT_EQ(unknown.code, kNotReachable) << unknown.text;
  EXPECT_THAT(unknown.text, HasSubstr("nothing is parked under another"));
  EXPECT_EQ(
      (*program_)({"--dry-run", "dead-letters", "skip", "scheduling", id, "--reason", "no"}).code,
      kDone);

  const std::string reason = "the sender lost it in a test";
  const Answer skipped = DeadLetters({"skip", "scheduling", id, "--reason", reason});
  EXPECT_EQ(skipped.code, kDone) << skipped.text;
  EXPECT_THAT(skipped.text, HasSubstr("given up by the running service"));
  Settle();  // what waited behind it was handled
  EXPECT_TRUE(ComesToSay("nothing is parked"));
  EXPECT_THAT(ReadFile(service_->process().log_file()).value_or(""), HasSubstr(reason));
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool);
}

}  // namespace
}  // namespace pepline::pepctl
