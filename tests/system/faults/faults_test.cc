// An autumn term with two processes of every service in which everything that can fail does: kills,
// stops, cut and slow paths, wrong clocks, slow and full disks, a broker that is away for as long
// as each time-out. At the end the checker finds every promise kept, and nothing ever stood still
// while no alert would have fired. PEPLINE_FAULTS says how many faults (24 when it is not set),
// PEPLINE_SEED which ones; the same seed gives the same faults. PEPLINE_FAULT_KIND lets only those
// happen whose name has it ("clock").
#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/system/faults/fault_schedule.h"
#include "tests/system/faults/fault_stage.h"
#include "tests/system/faults/loop_watch.h"
#include "tests/system/faults/school_moves.h"
#include "tests/system/faults/topic_witness.h"
#include "tests/system/replicas/two_replicas_fixture.h"
#include "tools/stack/environment.h"

namespace pepline {
namespace {

constexpr int kFaults = 24;
constexpr int kSeed = 2025;
constexpr std::size_t kAtOnce = 3;
constexpr absl::Duration kBetween = absl::Milliseconds(1800);
constexpr absl::Duration kTick = absl::Milliseconds(30);
constexpr absl::Duration kBackWithin = absl::Seconds(120);

int FromEnvironment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  int number = otherwise;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

class FaultsTest : public TwoReplicasTest {
 protected:
  bool ClocksMayBeWrong() const override { return true; }

  StackOptions Options() override {
    StackOptions options = TwoReplicasTest::Options();
    for (const std::string& service : options.services) {
      processes_.push_back(service);
      processes_.push_back(service + "-2");
    }
    has_kafka_ = KafkaServer::Available(absl::StrCat(SourceFolder(), "/.cache/kafka")).ok();
    stage_.emplace(folder_.path(), processes_);
    const absl::Status built = stage_->Build(absl::FromCivil(Start(), London()), has_kafka_);
    EXPECT_TRUE(built.ok()) << built;
    options.kafka_listeners = stage_->kafka_listeners();
    options.prepare = [this](const std::string& process, auto& environment) {
      stage_->Prepare(process, environment);
    };
    return options;
  }

  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(TwoReplicasTest::SetUp());
    ASSERT_TRUE(stage_->trouble().ok()) << stage_->trouble();
    auto witness = TopicWitness::Start(
        stack_->bootstrap(), {"pepline.scheduling.events.v1", "pepline.notifications.events.v1"},
        *stack_->clock());
    ASSERT_TRUE(witness.ok()) << witness.status();
    witness_ = *std::move(witness);
    auto watch = LoopWatch::Start(*stack_, settling_->readers());
    ASSERT_TRUE(watch.ok()) << watch.status();
    watch_ = *std::move(watch);
  }

  void TearDown() override {
    if (watch_ == nullptr) return;
    EXPECT_THAT(watch_->Silences(), testing::IsEmpty());
    watch_.reset();
  }

  void ClockMoved(absl::Time now) override { stage_->ClockMoved(now); }

  std::vector<std::string> CheckerArguments() override {
    const std::string arrivals = absl::StrCat(folder_.path(), "/arrivals.jsonl");
    const absl::Status written = witness_->Write(arrivals);
    EXPECT_TRUE(written.ok()) << written;
    return {"--arrivals", arrivals, "--everybody-reachable", "--interruptions",
            std::to_string(done_)};
  }

  struct Running {
    Fault fault;
    absl::Time since;
  };

  void Note(const std::string& what) const {
    std::cout << absl::StrCat("  ", absl::ToInt64Seconds(absl::Now() - began_), " s  ", what, "\n")
              << std::flush;
  }

  // Faults of other targets go on at the same time.
  bool MayBegin(const Fault& fault) const {
    return running_.size() < kAtOnce &&
           std::none_of(running_.begin(), running_.end(),
                        [&](const Running& other) { return other.fault.target == fault.target; });
  }

  void Begin(const Fault& fault) {
    Note(Describe(fault));
    const absl::Status begun = stage_->Begin(*stack_, fault);
    // What cannot be done to a Redis that is away is over already.
    if (!begun.ok()) Note(absl::StrCat("not done: ", std::string(begun.message())));
    ++done_;
    ++counted_[FaultName(fault.kind)];
    running_.push_back({fault, absl::Now()});
  }

  void TickAndEnd() {
    for (auto it = running_.begin(); it != running_.end();) {
      const absl::Duration since = absl::Now() - it->since;
      if (since < it->fault.lasts) {
        const absl::Status ticked = stage_->Tick(*stack_, it->fault, since);
        EXPECT_TRUE(ticked.ok()) << ticked;
        ++it;
        continue;
      }
      const absl::Status ended = stage_->End(*stack_, it->fault);
      EXPECT_TRUE(ended.ok()) << Describe(it->fault) << ": " << ended;
      it = running_.erase(it);
    }
  }

  // As Kubernetes does. A service may end when it cannot go on, and never by a signal.
  void StartAgainWhatEnded() {
    for (const Stack::Part& part : stack_->Parts()) {
      const bool meant = std::any_of(running_.begin(), running_.end(), [&](const Running& one) {
        return one.fault.target == part.name;
      });
      if (part.running || meant || !part.may_start_again) continue;
      Note(absl::StrCat(part.name, " has ended by itself with code ", part.exit_code));
      ++counted_["ended by itself"];
      EXPECT_LT(part.exit_code, 128) << part.name << ": " << LastLines(part.log_file);
      const absl::Status again = stack_->Restart(part.name);
      EXPECT_TRUE(again.ok()) << again;
    }
  }

  std::vector<Fault> Draw(unsigned seed, int wanted) const {
    const char* only = std::getenv("PEPLINE_FAULT_KIND");
    FaultDeck deck(seed, processes_, has_kafka_, only == nullptr ? "" : only);
    std::vector<Fault> faults;
    for (int i = 0; i < wanted; ++i) faults.push_back(deck.Draw());
    return faults;
  }

  void Play(const std::vector<Fault>& faults) {
    const SchoolMoves moves(*caller_, *stack_->clock(), ChildIds());
    absl::Notification never;
    absl::Time next_at = began_ = absl::Now();
    auto next = faults.begin();
    while (next != faults.end() || !running_.empty()) {
      TickAndEnd();
      StartAgainWhatEnded();
      if (next != faults.end() && absl::Now() >= next_at && MayBegin(*next)) {
        Begin(*next);
        ++next;
        next_at = absl::Now() + kBetween;
      }
      never.WaitForNotificationWithTimeout(kTick);
    }
    counted_["children moved"] = moves.accepted();
    const auto all_ready = [&] {
      StartAgainWhatEnded();
      return stack_->WaitReady(absl::Milliseconds(200)).ok();
    };
    EXPECT_TRUE(WaitUntil(all_ready, kBackWithin)) << stack_->WaitReady(absl::Milliseconds(1));
  }

  std::vector<std::string> processes_;
  bool has_kafka_ = false;
  std::optional<FaultStage> stage_;
  std::unique_ptr<TopicWitness> witness_;
  std::unique_ptr<LoopWatch> watch_;
  absl::Time began_;
  std::vector<Running> running_;
  int done_ = 0;
  std::map<std::string, int> counted_;
};

TEST_F(FaultsTest, NothingIsLostEarlyMissingDoubledOrSilentWhateverFails) {
  const int wanted = FromEnvironment("PEPLINE_FAULTS", kFaults);
  const int seed = FromEnvironment("PEPLINE_SEED", kSeed);
  std::cout << "Seed " << seed << ", " << wanted << " faults (PEPLINE_SEED, PEPLINE_FAULTS)\n";
  const std::vector<Fault> faults = Draw(static_cast<unsigned>(seed), wanted);
  ASSERT_NO_FATAL_FAILURE(
      SchoolsWorkWhile(HowLong(faults, kBetween, kAtOnce), [&] { Play(faults); }));
  std::cout << "Done with seed " << seed << ":";
  for (const auto& [name, times] : counted_) std::cout << "  " << name << " " << times;
  std::cout << "\n" << std::flush;
}

}  // namespace
}  // namespace pepline
