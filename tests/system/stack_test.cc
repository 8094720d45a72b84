// `make up`, `make status` and `make down`: everything starts and is kept up, everything stops,
// nothing is left behind.
#include "tools/stack/stack.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shared/domain/all_services.h"
#include "tests/support/shifted_clock.h"
#include "tools/stack/http_get.h"
#include "tools/stack/keeper.h"
#include "tools/stack/processes.h"
#include "tools/stack/stack_status.h"

namespace pepline {
namespace {

constexpr absl::Duration kLong = absl::Seconds(120);

// A process that ended counts as gone, whether or not somebody has taken note of its end.
bool Alive(pid_t pid) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink(absl::StrCat("/proc/", pid, "/exe"), error);
  return !error && !program.empty();
}

class StackTest : public testing::Test {
 protected:
  ~StackTest() override { Run({"down"}); }

  // Runs pepline-stack on the folder until it ends; its exit code, and what it wrote in output().
  int Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "pepline-stack");
    arguments.insert(arguments.end(), {"--folder", stack_folder()});
    return RunProgram(arguments);
  }
  int RunProgram(const std::vector<std::string>& command) {
    std::error_code error;
    std::filesystem::remove(output_file(), error);
    auto process = ChildProcess::Start({.command = command, .output_file = output_file()});
    EXPECT_TRUE(process.ok()) << process.status();
    if (!process.ok()) return -1;
    EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, kLong));
    return (*process)->Stop();
  }
  std::string stack_folder() const { return folder_.path() + "/stack"; }
  std::string output_file() const { return folder_.path() + "/output"; }
  std::string output() const { return ReadFile(output_file()).value_or(""); }

  nlohmann::json Description() const {
    auto text = ReadFile(stack_folder() + "/stack.json");
    EXPECT_TRUE(text.ok()) << text.status();
    return nlohmann::json::parse(text.value_or(""), nullptr, false);
  }
  // The keeper first.
  static std::vector<pid_t> Processes(const nlohmann::json& stack) {
    std::vector<pid_t> pids = {stack["pid"].get<pid_t>()};
    for (const char* part : {"redis", "broker", "smtp"}) pids.push_back(stack[part]["pid"]);
    for (const std::string& name : AllServices()) pids.push_back(stack["services"][name]["pid"]);
    return pids;
  }
  static bool NoneAlive(const std::vector<pid_t>& pids) {
    return std::none_of(pids.begin(), pids.end(), Alive);
  }

  TemporaryFolder folder_;
};

TEST_F(StackTest, UpStartsEverythingAndDownStopsAllOfIt) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  EXPECT_THAT(output(), testing::HasSubstr("kcat -b 127.0.0.1:"));
  const nlohmann::json stack = Description();
  const std::vector<pid_t> pids = Processes(stack);
  EXPECT_EQ(pids.size(), 9u);
  for (const pid_t pid : pids) EXPECT_TRUE(Alive(pid)) << pid;
  for (const std::string& name : AllServices()) {
    const std::vector<std::string> address =
        absl::StrSplit(stack["services"][name]["metrics"].get<std::string>(), ':');
    const auto answer = HttpGet(std::stoi(address.back()), "/readyz");
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200) << name;
  }
  EXPECT_EQ(Run({"status"}), 0) << output();
  for (const std::string& name : AllServices()) {
    EXPECT_EQ(RunProgram({"pepctl", "check", name, "--stack", stack_folder()}), 0) << output();
    EXPECT_THAT(output(), testing::HasSubstr("all right"));
  }

  EXPECT_EQ(Run({"down"}), 0) << output();
  for (const pid_t pid : pids) EXPECT_FALSE(Alive(pid)) << pid;
  EXPECT_FALSE(std::filesystem::exists(stack_folder() + "/stack.json"));
  EXPECT_EQ(Run({"status"}), 4) << output();
}

TEST_F(StackTest, WithTlsOnlyThosePeersAreHeardThatTheTableNames) {
  ASSERT_EQ(Run({"up", "--detach", "--tls"}), 0) << output();
  EXPECT_EQ(Run({"status"}), 0) << output();
  const nlohmann::json stack = Description();
  const std::string funding = stack["services"]["funding"]["grpc"];
  const std::vector<std::string> ask = {"funding", "line", "931.2025-26"};
  const auto run_pepctl = [&](std::vector<std::string> command) {
    command.insert(command.begin(), "pepctl");
    command.insert(command.end(), ask.begin(), ask.end());
    return RunProgram(command);
  };
  // The certificate that stack.json names is let in; the answer is that there is no such line.
  EXPECT_EQ(run_pepctl({"--stack", stack_folder()}), 1) << output();
  EXPECT_THAT(output(), testing::HasSubstr("FUND_LINE_NOT_OPEN"));
  // A service's is connected, and may call nothing here.
  const std::string tls = stack_folder() + "/tls/";
  EXPECT_EQ(run_pepctl({"--stack", stack_folder(), "--tls-ca", tls + "ca.crt", "--tls-certificate",
                        tls + "registry.crt", "--tls-key", tls + "registry.key"}),
            4)
      << output();
  EXPECT_THAT(output(), testing::HasSubstr("PEER_NOT_ALLOWED"));
  // Without a certificate there is not even a connection.
  const std::string token = folder_.path() + "/token";
  ASSERT_TRUE(WriteFile(token, "a.b.c").ok());
  EXPECT_EQ(run_pepctl({"--funding", funding, "--token-file", token}), 3) << output();
  EXPECT_THAT(output(), testing::HasSubstr("--tls-ca, --tls-certificate, --tls-key"));
}

TEST_F(StackTest, SettingsAreHandedOnToEveryServiceOrToTheOneThatIsNamed) {
  ASSERT_EQ(Run({"up", "--detach", "--service", "registry", "--service", "funding", "--set",
                 "PEPLINE_OTLP_ENDPOINT=http://127.0.0.1:9/a=b", "--set",
                 "funding:PEPLINE_OUTBOX_LIMIT=777"}),
            0)
      << output();
  const nlohmann::json stack = Description();
  for (const char* name : {"registry", "funding"}) {
    const auto given =
        ReadFile(absl::StrCat("/proc/", stack["services"][name]["pid"].get<pid_t>(), "/environ"));
    ASSERT_TRUE(given.ok()) << given.status();
    const std::vector<std::string> lines = absl::StrSplit(*given, '\0');
    EXPECT_THAT(lines, testing::Contains("PEPLINE_OTLP_ENDPOINT=http://127.0.0.1:9/a=b"));
    EXPECT_EQ(std::ranges::count(lines, "PEPLINE_OUTBOX_LIMIT=777"),
              std::string_view(name) == "funding" ? 1 : 0);
  }
  EXPECT_EQ(Run({"down"}), 0) << output();
  // What cannot be handed on stops the start and says so.
  EXPECT_EQ(Run({"up", "--set", "OTLP=x"}), 3);
  EXPECT_THAT(output(), testing::HasSubstr("SERVICE:NAME=VALUE"));
  EXPECT_EQ(Run({"up", "--service", "registry", "--set", "funding:PEPLINE_OUTBOX_LIMIT=1"}), 3);
  EXPECT_THAT(output(), testing::HasSubstr("no funding is started"));
}

TEST_F(StackTest, UpWhileItIsUpChangesNothing) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  const std::vector<pid_t> pids = Processes(Description());
  EXPECT_EQ(Run({"up", "--detach"}), 0) << output();
  EXPECT_THAT(output(), testing::HasSubstr("up already"));
  EXPECT_EQ(Processes(Description()), pids);
}

TEST_F(StackTest, DownWithNothingUpSaysSo) {
  EXPECT_EQ(Run({"down"}), 0);
  EXPECT_THAT(output(), testing::HasSubstr("Nothing is up"));
}

TEST_F(StackTest, NothingIsLeftBehindWhenTheKeeperIsKilled) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  const std::vector<pid_t> pids = Processes(Description());
  ASSERT_EQ(kill(pids.front(), SIGKILL), 0);
  EXPECT_TRUE(WaitUntil([&] { return NoneAlive(pids); }, absl::Seconds(10)));
  // What it leaves in the folder does not stand in the way of the next start.
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  EXPECT_NE(Processes(Description()).front(), pids.front());
}

TEST_F(StackTest, UpInTheForegroundStopsOnSigterm) {
  auto keeper = ChildProcess::Start({.command = {"pepline-stack", "up", "--folder", stack_folder()},
                                     .output_file = output_file()});
  ASSERT_TRUE(keeper.ok()) << keeper.status();
  const std::string description = stack_folder() + "/stack.json";
  ASSERT_TRUE(WaitUntil([&] { return std::filesystem::exists(description); }, kLong)) << output();
  const std::vector<pid_t> pids = Processes(Description());
  EXPECT_EQ((*keeper)->Stop(absl::Seconds(30)), 0);
  EXPECT_TRUE(NoneAlive(pids));
}

TEST_F(StackTest, AServiceThatIsKilledIsStartedAgainAndStatusTells) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  const pid_t killed = Description()["services"]["scheduling"]["pid"];
  ASSERT_EQ(kill(killed, SIGKILL), 0);
  ASSERT_TRUE(WaitUntil([&] { return Run({"status"}) == 1; }, absl::Seconds(10))) << output();
  ASSERT_TRUE(WaitUntil([&] { return Run({"status"}) == 0; }, kLong)) << output();
  EXPECT_THAT(output(), testing::ContainsRegex("scheduling .* ready \\(started again 1 time\\)"));
  const pid_t present = Description()["services"]["scheduling"]["pid"];
  EXPECT_NE(present, killed);
  EXPECT_TRUE(Alive(present));
  // In the background the stack's log is its terminal.
  const std::string log = ReadFile(stack_folder() + "/stack.log").value_or("");
  EXPECT_THAT(log, testing::HasSubstr(absl::StrCat("*** scheduling (process ", killed,
                                                   ") HAS ENDED: exit code 137")));
  EXPECT_THAT(log, testing::HasSubstr("scheduling.log:\n    {"));
  EXPECT_EQ(Run({"down"}), 0) << output();
  EXPECT_FALSE(Alive(present));
}

TEST_F(StackTest, StatusNamesThePartThatRunsAndDoesNotAnswer) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  const nlohmann::json stack = Description();
  for (const pid_t pid :
       {stack["services"]["funding"]["pid"].get<pid_t>(), stack["redis"]["pid"].get<pid_t>(),
        stack["broker"]["pid"].get<pid_t>()}) {
    ASSERT_EQ(kill(pid, SIGSTOP), 0);
    EXPECT_EQ(Run({"status"}), 1) << output();
    EXPECT_THAT(output(),
                testing::ContainsRegex(absl::StrCat(" ", pid, " .* not ready: .*does not answer")));
    ASSERT_EQ(kill(pid, SIGCONT), 0);
  }
  EXPECT_TRUE(WaitUntil([&] { return Run({"status"}) == 0; }, kLong)) << output();
}

TEST_F(StackTest, ADevelopmentBrokerThatDiedIsGivenUpBecauseItForgotEverything) {
  ASSERT_EQ(Run({"up", "--detach"}), 0) << output();
  ASSERT_EQ(kill(Description()["broker"]["pid"].get<pid_t>(), SIGKILL), 0);
  const auto given_up = [&] {
    return Run({"status"}) == 1 && absl::StrContains(output(), "GIVEN UP");
  };
  EXPECT_TRUE(WaitUntil(given_up, absl::Seconds(30))) << output();
  EXPECT_THAT(output(), testing::ContainsRegex("broker .* down since .* exit code 137, GIVEN UP"));
}

// Programs of a folder of its own, so that one of them can become another in between.
class KeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(programs());
    for (const char* name : {"registry", "funding"}) {
      const std::string program = absl::StrCat("pepline-", name);
      std::filesystem::create_symlink(ProgramFolder() + "/" + program, programs() + "/" + program);
    }
  }
  void FundingOnlySays(const std::string& line) {
    const std::string program = programs() + "/pepline-funding";
    std::filesystem::remove(program);
    ASSERT_TRUE(WriteFile(program, "#!/bin/sh\necho '" + line + "'\nexit 7\n").ok());
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }
  absl::StatusOr<std::unique_ptr<Stack>> Start() {
    return Stack::Start({.folder = folder_.path() + "/stack",
                         .services = {"registry", "funding"},
                         .program_folder = programs()});
  }
  std::string programs() const { return folder_.path() + "/programs"; }
  TemporaryFolder folder_;
};

TEST_F(KeeperTest, GivesUpLoudlyWhatDiesQuicklyAgainAndAgain) {
  auto stack = Start();
  ASSERT_TRUE(stack.ok()) << stack.status();
  FundingOnlySays("no money today");
  std::string said;
  Keeper keeper(**stack,
                {.first_pause = absl::Milliseconds(10),
                 .longest_pause = absl::Milliseconds(30),
                 .most_quick_deaths = 3},
                [&](const std::string& line) { said += line; });
  ASSERT_TRUE((*stack)->Kill("funding").ok());
  const auto given_up = [&] {
    keeper.Look();
    return keeper.AnyGivenUp();
  };
  ASSERT_TRUE(WaitUntil(given_up, absl::Seconds(30))) << said;
  EXPECT_THAT(said, testing::HasSubstr("HAS ENDED: exit code 137"));
  EXPECT_THAT(said, testing::HasSubstr("HAS ENDED: exit code 7. GIVEN UP after 3 quick deaths"));
  EXPECT_THAT(said, testing::HasSubstr("    no money today\n"));
  const std::string table = StatusTable(LookAtParts(nlohmann::json::parse((*stack)->Describe())));
  EXPECT_THAT(table, testing::ContainsRegex("funding +- .* down since .* exit code 7, GIVEN UP"));
  EXPECT_THAT(table, testing::ContainsRegex("registry +[0-9]+ .* ready"));
}

// Where its clock had been ahead for an hour, every wait that began then would last an hour.
TEST_F(KeeperTest, AProcessWhoseClockIsSetBackEndsAndIsStartedAgain) {
  auto clock =
      ShiftedClock::Create(ProgramFolder() + "/libshifted_clock.so", folder_.path() + "/shift");
  ASSERT_TRUE(clock.ok()) << clock.status();
  auto stack = Stack::Start({.folder = folder_.path() + "/stack",
                             .services = {"registry", "funding"},
                             .program_folder = programs(),
                             .prepare = [&](const std::string& process, auto& environment) {
                               if (process == "funding") environment.merge((*clock)->Environment());
                             }});
  ASSERT_TRUE(stack.ok()) << stack.status();
  std::string said;
  Keeper keeper(**stack, {}, [&](const std::string& line) { said += line; });
  ServiceProcess& funding = (*stack)->service("funding");
  (*clock)->Set(absl::Hours(1));
  const auto noticed = [&] {
    return absl::StrContains(ReadFile(funding.log_file()).value_or(""), "was set ahead");
  };
  EXPECT_TRUE(WaitUntil(noticed, absl::Seconds(20)));
  EXPECT_TRUE(WaitUntil([&] { return !funding.Ready(); }, absl::Seconds(20)));
  keeper.Look();
  EXPECT_EQ(said, "");
  (*clock)->Set(absl::ZeroDuration());
  const auto back = [&] {
    keeper.Look();
    return absl::StrContains(said, "funding is started again") && funding.Ready();
  };
  EXPECT_TRUE(WaitUntil(back, absl::Seconds(30))) << said;
  EXPECT_THAT(said, testing::HasSubstr("HAS ENDED: exit code 3"));
  EXPECT_THAT(said, testing::HasSubstr("the clock of this machine was set back"));
}

TEST_F(KeeperTest, AStackThatCannotStartNamesThePartWithTheEndOfItsLog) {
  FundingOnlySays("no money today");
  const auto stack = Start();
  ASSERT_FALSE(stack.ok());
  EXPECT_THAT(std::string(stack.status().message()),
              testing::AllOf(testing::HasSubstr("pepline-funding has ended with code 7"),
                             testing::HasSubstr("    no money today\n")));
}

TEST_F(StackTest, AStartThatFailsSaysWhyAndLeavesNothing) {
  EXPECT_EQ(Run({"up", "--detach", "--service", "gardening"}), 3);
  EXPECT_THAT(output(), testing::HasSubstr("pepline-gardening"));
  EXPECT_EQ(Run({"status"}), 4);
}

}  // namespace
}  // namespace pepline
