// The command line without any service: what is understood, what is said about the rest.
#include "tools/pepctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "shared/rpc/grpc_server.h"
#include "shared/security/rpc_access.h"
#include "tools/pepctl/commands/rpc_command.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/invocation.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

Answer Pepctl(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCommandLine(arguments, out, err);
  return {code, out.str(), err.str()};
}

std::vector<RpcCommand> AllRows() {
  std::vector<RpcCommand> rows;
  for (const auto& some : {RegistryCommands(), SchedulingCommands(), AssessmentsCommands(),
                           FundingCommands(), NotificationsCommands()}) {
    rows.insert(rows.end(), some.begin(), some.end());
  }
  return rows;
}

TEST(CommandLine, EveryRpcForPeopleIsACommand) {
  // Those that are more than a row of the table.
  std::set<std::string> commands = {"pepline.registry.v1.RegistryService/Import",
                                    "pepline.scheduling.v1.SchedulingService/GetEpep",
                                    "pepline.scheduling.v1.SchedulingService/ListWork",
                                    "pepline.assessments.v1.AssessmentsService/ListWork",
                                    "pepline.funding.v1.FundingService/ListWork",
                                    "pepline.notifications.v1.NotificationsService/RedeliverAlert"};
  for (const RpcCommand& row : AllRows()) {
    commands.insert(RpcTaking(*row.request->GetDescriptor()));
  }
  for (const auto& [rpc, access] : AccessOfRpcs()) {
    const bool for_people = std::ranges::any_of(
        access.grants, [](const Grant& grant) { return grant.role != Role::kService; });
    EXPECT_EQ(commands.count(rpc), for_people ? 1u : 0u) << rpc;
  }
}

TEST(CommandLine, EveryCommandHasHelp) {
  for (const RpcCommand& row : AllRows()) {
    const Answer answer = Pepctl({row.group, row.name, "--help"});
    EXPECT_EQ(answer.code, kDone) << row.group << " " << row.name;
    EXPECT_THAT(answer.out, HasSubstr(row.help.substr(0, 20))) << row.group << " " << row.name;
  }
  const Answer whole = Pepctl({"--help"});
  EXPECT_THAT(whole.out, HasSubstr("Exit codes: 0 done, 1 refused"));
}

TEST(CommandLine, ASectionOfAnEpepIsReadFromItsFile) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/needs.txt";
  std::ofstream(file) << "reads slowly\nhas a tutor";
  const auto write = [&](const std::string& from) {
    return Pepctl({"--stack", "/nowhere", "epep", "write", "chd-1", "needs-and-support", "--file",
                   from, "--revision", "2", "--request-id", "r-1", "--dry-run"});
  };
  const Answer answer = write(file);
  EXPECT_EQ(answer.code, kDone) << answer.err;
  EXPECT_EQ(answer.out,
            "{\n"
            " \"request_id\": \"r-1\",\n"
            " \"child_id\": \"chd-1\",\n"
            " \"section\": \"needs-and-support\",\n"
            " \"text\": \"reads slowly\\nhas a tutor\",\n"
            " \"revision\": 2\n"
            "}\n");
  const Answer missing = write(file + ".txt");
  EXPECT_EQ(missing.code, kUsage);
  EXPECT_THAT(missing.err, HasSubstr("cannot read"));
  const Answer shown = Pepctl({"--stack", "/nowhere", "epep", "show", "chd-1", "--pep", "chd-1.2",
                               "--version", "1", "--dry-run"});
  EXPECT_EQ(shown.code, kDone) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\"version\": 1"));
}

TEST(CommandLine, ADryRunPrintsTheRequestAndNeedsNoService) {
  const Answer answer = Pepctl({"--stack", "/nowhere", "pep", "hold", "chd-1", "--on", "2025-09-25",
                                "--chair", "designated-teacher", "--attendees",
                                "designated-teacher,carer", "--request-id", "r-1", "--dry-run"});
  EXPECT_EQ(answer.code, kDone);
  EXPECT_EQ(answer.out,
            "{\n"
            " \"request_id\": \"r-1\",\n"
            " \"child_id\": \"chd-1\",\n"
            " \"held_on\": \"2025-09-25\",\n"
            " \"chair\": \"ATTENDEE_ROLE_DESIGNATED_TEACHER\",\n"
            " \"attendees\": [\n"
            "  \"ATTENDEE_ROLE_DESIGNATED_TEACHER\",\n"
            "  \"ATTENDEE_ROLE_CARER\"\n"
            " ]\n"
            "}\n");
  EXPECT_THAT(answer.err, HasSubstr("Nothing was sent"));
}

TEST(CommandLine, RedeliveryIsOfOneAlertOrOfAllThatFailed) {
  const Answer one = Pepctl({"--stack", "/nowhere", "--request-id", "again", "alerts", "redeliver",
                             "chd-1.1.rule", "--dry-run"});
  EXPECT_EQ(one.code, kDone) << one.err;
  EXPECT_THAT(one.out, HasSubstr("\"alert_id\": \"chd-1.1.rule\""));
  EXPECT_THAT(one.out, HasSubstr("\"request_id\": \"again\""));
  EXPECT_EQ(Pepctl({"--stack", "/nowhere", "alerts", "redeliver"}).code, kUsage);
  EXPECT_EQ(Pepctl({"alerts", "redeliver", "chd-1.1.rule", "--all-failed"}).code, kUsage);
  EXPECT_EQ(Pepctl({"--stack", "/nowhere", "alerts", "redeliver", "--all-failed"}).code,
            kNotReachable);
}

TEST(CommandLine, WorkIsAskedOfThreeServicesInTheSameWords) {
  const Answer answer =
      Pepctl({"--stack", "/nowhere", "work", "--school", "123240", "--within", "7", "--dry-run"});
  EXPECT_EQ(answer.code, kDone) << answer.err;
  const std::string request = "{\n \"school_urn\": \"123240\",\n \"within_days\": 7\n}\n";
  EXPECT_EQ(answer.out, absl::StrCat(request, request, request));
  EXPECT_EQ(Pepctl({"work", "--within", "367"}).code, kUsage);
  EXPECT_EQ(Pepctl({"work", "--within", "0"}).code, kUsage);
  EXPECT_EQ(Pepctl({"--stack", "/nowhere", "work"}).code, kNotReachable);
  EXPECT_THAT(Pepctl({"work", "--help"}).out, HasSubstr("what you have to do next"));
}

TEST(CommandLine, EachCommandIsGivenARequestIdOfItsOwn) {
  const std::vector<std::string> command = {"pep", "finalise", "chd-1", "--dry-run"};
  const Answer first = Pepctl(command);
  EXPECT_THAT(first.out, HasSubstr("\"request_id\": \"cli-"));
  EXPECT_NE(first.out, Pepctl(command).out);
}

TEST(CommandLine, AnswersNegativeNumbersAndAmountsAsTheyAreTyped) {
  const Answer answers =
      Pepctl({"sdq", "answers", "s-1", "--form", "t11-17", "--answers", "-1,0,2", "--dry-run"});
  EXPECT_EQ(answers.code, kDone) << answers.err;
  EXPECT_THAT(answers.out, HasSubstr("-1,\n  0,\n  2"));
  const Answer line =
      Pepctl({"funding", "open-line", "2025-26", "--amount", "125,000.10", "--dry-run"});
  EXPECT_THAT(line.out, HasSubstr("\"amount_pence\": \"12500010\""));
  EXPECT_THAT(line.out, HasSubstr("\"authority_code\": \"931\""));
}

TEST(CommandLine, AListIsOfOnesOwnAuthorityOrSchool) {
  EXPECT_THAT(Pepctl({"child", "list", "--dry-run"}).out, HasSubstr("\"authority_code\": \"931\""));
  const Answer school = Pepctl({"child", "list", "--school", "123240", "--dry-run"});
  EXPECT_EQ(school.out, "{\n \"school_urn\": \"123240\"\n}\n");
  const Answer teacher =
      Pepctl({"--as", "designated-teacher", "--school", "123240", "child", "list", "--dry-run"});
  EXPECT_EQ(teacher.out, "{\n \"school_urn\": \"123240\"\n}\n");
}

struct Wrong {
  std::vector<std::string> arguments;
  std::string said;
};

TEST(CommandLine, WrongUsageIsAnsweredWithWhatWasMeant) {
  const std::vector<Wrong> rows = {
      {{"pep", "shedule", "chd-1"}, "pepctl pep has no command shedule; did you mean schedule?"},
      {{"pepp"}, "pepctl has no command pepp; did you mean pep?"},
      {{"pep", "schedule", "chd-1", "--att", "2025-09-25 14:00"},
       "pepctl pep schedule has no option --att; did you mean --at?"},
      {{"pep", "list", "--satet=held"}, "has no option --satet; did you mean --state?"},
      {{"pep"}, "Commands of pepctl pep: schedule reschedule cancel"},
      {{}, "`pepctl --help` tells more."},
      {{"pep", "schedule", "chd-1"}, "--at is required"},
      {{"pep", "show", "chd-1", "chd-2"}, "does not expect 'chd-2'"},
      {{"pep", "schedule", "chd-1", "--at", "tomorrow"}, "--at 'tomorrow' is not a date and time"},
      {{"pep", "tick", "chd-1", "pupil-view"}, "did you mean pupil-views?"},
      {{"--output", "xml", "pep", "show", "chd-1"}, "xml not in"},
      {{"--as", "designated-techer", "pep", "show", "chd-1"}, "did you mean designated-teacher?"},
      {{"--as", "designated-teacher", "pep", "show", "chd-1"}, "--school URN"},
      {{"import", "children", "/nowhere.csv"}, "cannot read /nowhere.csv"},
      {{"import", "pupils", "x.csv"}, "has no command pupils"},
      {{"watch", "--topic", "gossip"}, "is none of: registry"},
      {{"clock", "advance", "soon"}, "is not a length of time"},
      {{"clock", "set", "25 September"}, "is not a date and time"},
  };
  for (const Wrong& row : rows) {
    const Answer answer = Pepctl(row.arguments);
    EXPECT_EQ(answer.code, kUsage) << row.said;
    EXPECT_THAT(answer.err, HasSubstr(row.said));
    EXPECT_EQ(answer.out, "") << row.said;
  }
}

TEST(CommandLine, WithoutAStackItSaysHowToStartOne) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"pep", "list"}, {"clock", "show"}, {"watch"}, {"status"}, {"token"}}) {
    std::vector<std::string> arguments = {"--stack", "/nowhere"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const Answer answer = Pepctl(arguments);
    EXPECT_EQ(answer.code, kNotReachable) << command[0];
    EXPECT_THAT(answer.err, HasSubstr("make up")) << command[0];
  }
}

TEST(CommandLine, KeysAreMadeOnceAndKept) {
  const TemporaryFolder folder;
  const std::string keys = folder.path() + "/keys";
  const Answer made = Pepctl({"keys", "make", keys});
  EXPECT_EQ(made.code, kDone) << made.err;
  std::string files;
  for (const char* file : {"signing-key.jwk", "token-keys.jwks", "service-signing-key.jwk",
                           "service-token-keys.jwks", "id-key"}) {
    absl::StrAppend(&files, keys, "/", file, "\n");
  }
  EXPECT_EQ(made.out, files);
  const std::string id_key = ReadFile(keys + "/id-key").value_or("");
  EXPECT_EQ(id_key.size(), 64u);
  EXPECT_EQ(Pepctl({"keys", "make", keys}).code, kDone);
  EXPECT_EQ(ReadFile(keys + "/id-key").value_or(""), id_key);
}

TEST(CommandLine, CompletionKnowsEveryCommandAndItsWords) {
  const Answer bash = Pepctl({"completion", "bash"});
  EXPECT_EQ(bash.code, kDone);
  for (const RpcCommand& row : AllRows()) {
    EXPECT_THAT(bash.out,
                HasSubstr(absl::StrCat("'pepctl ", row.group, " ", row.name, "') next=")));
  }
  EXPECT_THAT(bash.out, HasSubstr("'pepctl pep list --state') words='due interim scheduled"));
  EXPECT_THAT(Pepctl({"completion", "zsh"}).out, StartsWith("#compdef pepctl\n"));
}

TEST(Span, IsReadWithWeeksAndDays) {
  EXPECT_EQ(*ParseSpan("90m"), absl::Minutes(90));
  EXPECT_EQ(*ParseSpan("2d"), absl::Hours(48));
  EXPECT_EQ(*ParseSpan("1w3d12h30m"), absl::Hours(24 * 10 + 12) + absl::Minutes(30));
  for (const char* text : {"", "0s", "-1h", "2", "d", "1d1w", "-1d", "inf", "99999999d"}) {
    EXPECT_EQ(ParseSpan(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace pepline::pepctl
