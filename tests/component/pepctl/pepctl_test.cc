// The program pepctl as people run it, against a scheduling service with one child whose PEP is
// due.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
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
using scheduling::kSchool;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PepctlTest : public scheduling::SchedulingTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    program_ = std::make_unique<PepctlProgram>(*service_, "scheduling");
  }

  Answer Pepctl(std::vector<std::string> arguments) { return (*program_)(std::move(arguments)); }

  std::vector<std::string> Schedule(const std::string& at) {
    return {"pep", "schedule", kChild, "--at", at};
  }

  std::unique_ptr<PepctlProgram> program_;
};

TEST_F(PepctlTest, ListsAndShowsThePepAsTables) {
  const Answer list = Pepctl({"pep", "list", "--state", "due"});
  EXPECT_EQ(list.code, kDone) << list.text;
  EXPECT_THAT(list.text, StartsWith("CHILD ID"));
  EXPECT_THAT(list.text, HasSubstr(absl::StrCat(kChild, "  ", kSchool)));
  const Answer show = Pepctl({"pep", "show", kChild});
  EXPECT_EQ(show.code, kDone) << show.text;
  EXPECT_THAT(show.text, HasSubstr("due\n"));
  EXPECT_THAT(show.text, HasSubstr("termly-pep-held-by-term-cut-off"));
  const Answer deadlines = Pepctl({"deadlines", "list"});
  EXPECT_THAT(deadlines.text, HasSubstr("termly-pep-held-by-term-cut-off"));
  EXPECT_THAT(Pepctl({"pep", "list", "--state", "held"}).text, HasSubstr("Nothing to show."));
}

TEST_F(PepctlTest, AnswersInJsonForScripts) {
  const Answer list = Pepctl({"pep", "list", "--output", "json"});
  EXPECT_EQ(list.code, kDone) << list.text;
  const nlohmann::json json = nlohmann::json::parse(list.text, nullptr, false);
  ASSERT_TRUE(json.is_object()) << list.text;
  ASSERT_EQ(json["peps"].size(), 1u);
  EXPECT_EQ(json["peps"][0]["reference"]["child_id"], kChild);
  EXPECT_EQ(json["peps"][0]["state"], "PEP_STATE_DUE");
}

TEST_F(PepctlTest, TellsWhatIsToBeDoneByTheClockOfTheStack) {
  // The other two services are not there: they are named, and the rest is told.
  const Answer soon = Pepctl({"work"});
  EXPECT_EQ(soon.code, kNotReachable) << soon.text;
  EXPECT_THAT(soon.text, HasSubstr("--assessments HOST:PORT"));
  EXPECT_THAT(soon.text, Not(HasSubstr("Nothing to do"))) << "nobody knows";
  const Answer far =
      Pepctl({"--as", "designated-teacher", "--school", kSchool, "work", "--within", "120"});
  EXPECT_THAT(far.text, HasSubstr(absl::StrCat("2025-11-28  ", kChild, "  ", kSchool,
                                               "  schedule the meeting  "
                                               "termly-pep-held-by-term-cut-off")));
  MoveClockTo("2025-12-01 09:00");
  EXPECT_THAT(Pepctl({"work"}).text, HasSubstr("2025-11-28, late 3 days"));
  const Answer finance = Pepctl({"--as", "finance", "work"});
  EXPECT_THAT(finance.text, Not(HasSubstr("scheduling")));
}

TEST_F(PepctlTest, CarriesOutCommandsAndTellsTheNewState) {
  const Answer scheduled = Pepctl(Schedule("2025-09-25 14:00"));
  EXPECT_EQ(scheduled.code, kDone) << scheduled.text;
  EXPECT_THAT(scheduled.text, HasSubstr("scheduled\n"));
  EXPECT_THAT(scheduled.text, HasSubstr("2025-09-25 14:00"));
  const Answer ticked = Pepctl({"pep", "tick", kChild, "epep-draft"});
  EXPECT_EQ(ticked.code, kDone) << ticked.text;
  EXPECT_EQ(Pep().state(), scheduling::v1::PEP_STATE_PREPARING);
  const Answer moved = Pepctl({"pep", "reschedule", kChild, "--at", "2025-09-26 10:00", "--reason",
                               "the carer cannot come"});
  EXPECT_EQ(moved.code, kDone) << moved.text;
  EXPECT_EQ(Pep().times_rescheduled(), 1);
}

TEST_F(PepctlTest, WritesAnEpepFromAFileAndShowsItWhole) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/needs.txt";
  std::ofstream(file) << "reads slowly\nhas a tutor";
  const Answer written = Pepctl({"epep", "write", kChild, "needs-and-support", "--file", file});
  EXPECT_EQ(written.code, kDone) << written.text;
  EXPECT_THAT(written.text, Not(HasSubstr("tutor"))) << "an answer to a command has no text";
  const Answer again = Pepctl({"epep", "write", kChild, "needs-and-support", "--file", file});
  EXPECT_EQ(again.code, kRefused) << "without the revision that was read";
  EXPECT_THAT(again.text, HasSubstr("--revision"));
  const Answer complete =
      Pepctl({"epep", "complete", kChild, "needs-and-support", "--revision", "1"});
  EXPECT_EQ(complete.code, kDone) << complete.text;
  const Answer shown = Pepctl({"epep", "show", kChild});
  EXPECT_EQ(shown.code, kDone) << shown.text;
  EXPECT_THAT(shown.text, HasSubstr("1 of 3 mandatory sections complete (33 %)"));
  EXPECT_THAT(shown.text, HasSubstr("  reads slowly\n  has a tutor\n"));
  EXPECT_THAT(shown.text, HasSubstr("The outcomes are not shown")) << "assessments is away";
  EXPECT_EQ(Pepctl({"epep", "reopen", kChild, "needs-and-support"}).code, kDone);
  EXPECT_EQ(Pepctl({"--as", "finance", "epep", "show", kChild}).code, kNotAllowed);
}

TEST_F(PepctlTest, ARefusedCommandSaysWhyAndEndsWithOne) {
  const Answer night = Pepctl(Schedule("2025-09-25 06:00"));
  EXPECT_EQ(night.code, kRefused);
  EXPECT_THAT(night.text, StartsWith("pepctl: "));
  EXPECT_THAT(night.text, HasSubstr("field: --at (meeting_at)"));
  // The Virtual School may, and says why.
  std::vector<std::string> weekend = Schedule("2025-09-27 14:00");
  const Answer why = Pepctl(weekend);
  EXPECT_EQ(why.code, kRefused);
  EXPECT_THAT(why.text, HasSubstr("field: --no-school-day-reason (no_school_day_reason)"));
  EXPECT_THAT(why.text, HasSubstr("reason: REASON_REQUIRED (scheduling.pepline)"));
  weekend.insert(weekend.end(), {"--no-school-day-reason", "the carer works in the week"});
  EXPECT_EQ(Pepctl(weekend).code, kDone);
  const Answer early = Pepctl({"pep", "finalise", kChild});
  EXPECT_EQ(early.code, kRefused);
  EXPECT_THAT(early.text, HasSubstr("reason: NOT_HELD"));
  EXPECT_EQ(Pepctl({"pep", "show", "chd-nobody"}).code, kRefused);
}

TEST_F(PepctlTest, TheSameRequestIdHasOneEffect) {
  std::vector<std::string> command = Schedule("2025-09-25 14:00");
  command.insert(command.end(), {"--request-id", "by-hand-1"});
  EXPECT_EQ(Pepctl(command).code, kDone);
  EXPECT_EQ(Pepctl(command).code, kDone);
  EXPECT_EQ(EmittedWith(&scheduling::v1::SchedulingEvent::has_pep_meeting_scheduled).size(), 1u);
  EXPECT_EQ(Pepctl(Schedule("2025-09-25 14:00")).code, kRefused);
}

TEST_F(PepctlTest, ADryRunChangesNothing) {
  std::vector<std::string> command = Schedule("2025-09-25 14:00");
  command.push_back("--dry-run");
  const Answer answer = Pepctl(command);
  EXPECT_EQ(answer.code, kDone);
  EXPECT_THAT(answer.text, HasSubstr("\"meeting_at\": \"2025-09-25T13:00:00Z\""));
  EXPECT_EQ(Pep().state(), scheduling::v1::PEP_STATE_DUE);
}

TEST_F(PepctlTest, OnlyWhoMayIsLet) {
  // Finance has nothing to do with PEPs.
  EXPECT_EQ(Pepctl({"--as", "finance", "pep", "show", kChild}).code, kNotAllowed);
  // A Designated Teacher of another school does not even learn that the child exists.
  const Answer other = Pepctl(
      {"--as", "designated-teacher", "--school", scheduling::kOtherSchool, "pep", "show", kChild});
  EXPECT_EQ(other.code, kRefused);
  EXPECT_THAT(other.text, HasSubstr("not yours to see"));
  const Answer own =
      Pepctl({"--as", "designated-teacher", "--school", kSchool, "pep", "show", kChild});
  EXPECT_EQ(own.code, kDone) << own.text;
  ASSERT_TRUE(WriteFile(service_->folder() + "/forged", "aaa.bbb.ccc\n").ok());
  const Answer forged =
      Pepctl({"--token-file", service_->folder() + "/forged", "pep", "show", kChild});
  EXPECT_EQ(forged.code, kNotAllowed) << forged.text;
}

TEST_F(PepctlTest, AServiceThatIsAwayIsNamedWithItsAddress) {
  const Answer unknown = Pepctl({"alerts", "list"});
  EXPECT_EQ(unknown.code, kNotReachable);
  EXPECT_THAT(unknown.text, HasSubstr("--notifications HOST:PORT"));
  service_->process().Kill();
  const Answer away = Pepctl({"pep", "list"});
  EXPECT_EQ(away.code, kNotReachable);
  EXPECT_THAT(away.text, HasSubstr(absl::StrCat("scheduling does not answer at ",
                                                service_->process().grpc_address())));
  std::vector<std::string> command = Schedule("2025-09-25 14:00");
  command.insert(command.end(), {"--request-id", "again-1"});
  EXPECT_THAT(Pepctl(command).text, HasSubstr("say it again with --request-id again-1"));
}

TEST_F(PepctlTest, AServiceCanBeReachedByAddressAndTokenAlone) {
  const Answer token = Pepctl({"token", "--valid-for", "5m"});
  ASSERT_EQ(token.code, kDone) << token.text;
  const std::string file = service_->folder() + "/token";
  ASSERT_TRUE(WriteFile(file, token.text).ok());
  const Answer list = program_->Plain(
      {"--scheduling", service_->process().grpc_address(), "--token-file", file, "pep", "list"});
  EXPECT_EQ(list.code, kDone) << list.text;
  EXPECT_THAT(list.text, HasSubstr(kChild));
}

TEST_F(PepctlTest, WatchTellsWhatHappenedInWords) {
  ASSERT_EQ(Pepctl(Schedule("2025-09-25 14:00")).code, kDone);
  Settle();
  const std::size_t emitted = Emitted().size();
  const Answer watched = Pepctl({"watch", "--from-beginning", "--topic", "scheduling", "--ids",
                                 "--count", absl::StrCat(emitted)});
  EXPECT_EQ(watched.code, kDone) << watched.text;
  EXPECT_THAT(watched.text, HasSubstr(absl::StrCat(kChild, ", school ", kSchool,
                                                   ": PEP meeting set for Thu 25 Sep 2025 14:00")));
  EXPECT_THAT(watched.text, Not(HasSubstr("newer than this program")));
  const Answer json = Pepctl({"watch", "--from-beginning", "--topic", "scheduling", "--child",
                              kChild, "--count", "1", "--output", "json"});
  EXPECT_THAT(json.text, HasSubstr("{\"topic\":\"pepline.scheduling.events.v1\",\"event\":{"));
}

TEST_F(PepctlTest, WatchWaitsForOneEventAndEndsWithIt) {
  ASSERT_EQ(Pepctl(Schedule("2025-09-25 14:00")).code, kDone);
  const std::vector<std::string> watch = {"watch",      "--from-beginning", "--topic",
                                          "scheduling", "--output",         "json"};
  // The second event of all is not the first that a watcher comes by.
  std::vector<std::string> two = watch;
  two.insert(two.end(), {"--count", "2"});
  const Answer both = Pepctl(two);
  const std::size_t last = both.text.rfind("{\"topic\"");
  ASSERT_NE(last, std::string::npos) << both.text;
  const nlohmann::json json = nlohmann::json::parse(both.text.substr(last));
  const std::string id = json["event"]["header"]["event_id"];
  std::vector<std::string> one = watch;
  one.insert(one.end(), {"--event", id});
  const Answer watched = Pepctl(one);
  EXPECT_EQ(watched.code, kDone) << watched.text;
  EXPECT_EQ(watched.text.substr(watched.text.find("{\"topic\"")), both.text.substr(last));
}

TEST_F(PepctlTest, FindsTheSettingsOfAServiceThroughItsStack) {
  const Answer check = Pepctl({"check", "scheduling"});
  EXPECT_EQ(check.code, kDone) << check.text;
  EXPECT_THAT(check.text, HasSubstr("scheduling: 1 plan"));
  EXPECT_THAT(check.text, HasSubstr("all right"));
  EXPECT_THAT(Pepctl({"digest", "scheduling"}).text, HasSubstr("digest scheduling plan 1 "));
  EXPECT_THAT(Pepctl({"rebuild", "scheduling"}).text,
              HasSubstr("a rebuild writes only to an empty Redis"));
  const Answer other = Pepctl({"check", "funding"});
  EXPECT_EQ(other.code, kNotReachable) << other.text;
  EXPECT_THAT(other.text, HasSubstr("does not say the settings of funding"));
}

TEST_F(PepctlTest, TheClockOfAStackIsPutForwardAndNeverBack) {
  const Answer shown = Pepctl({"clock", "show"});
  EXPECT_THAT(shown.text, HasSubstr("2025-09-02 07:00:00 Europe/London, simulated"));
  EXPECT_EQ(Pepctl({"clock", "advance", "1d2h"}).code, kDone);
  EXPECT_THAT(Pepctl({"clock", "show"}).text, HasSubstr("2025-09-03 09:00:00"));
  const Answer back = Pepctl({"clock", "set", "2025-09-01 09:00"});
  EXPECT_EQ(back.code, kRefused);
  EXPECT_THAT(back.text, HasSubstr("never goes back"));
  EXPECT_EQ(Pepctl({"clock", "set", "2025-12-01 09:00"}).code, kDone);
  EXPECT_THAT(Pepctl({"clock", "show"}).text, HasSubstr("2025-12-01 09:00:00"));
}

TEST_F(PepctlTest, TheCompletionScriptIsGoodBash) {
  const Answer script = Pepctl({"completion", "bash"});
  EXPECT_EQ(script.code, kDone);
  EXPECT_GT(script.text.size(), 1000u);
  const std::string file = service_->folder() + "/completion.bash";
  ASSERT_TRUE(WriteFile(file, script.text).ok());
  const Answer syntax = program_->Run({"bash", "-n", file});
  EXPECT_EQ(syntax.code, 0) << syntax.text;
  // What the shell itself would offer.
  const auto offers = [&](const std::string& line, int word) {
    return program_
        ->Run({"bash", "-c",
               absl::StrCat("source ", file, "; COMP_WORDS=(", line, "); COMP_CWORD=", word,
                            "; _pepctl; echo ${COMPREPLY[*]}")})
        .text;
  };
  EXPECT_THAT(offers("pepctl pep sch", 2), HasSubstr("schedule"));
  EXPECT_THAT(offers("pepctl --output json pep list --state h", 6), StartsWith("held"));
  EXPECT_THAT(offers("pepctl pep schedule chd-1 --a", 4), HasSubstr("--at"));
  EXPECT_THAT(offers("pepctl pep list --output j", 4), StartsWith("json"));
}

}  // namespace
}  // namespace pepline::pepctl
