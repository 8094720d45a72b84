// Two services count missing SDQs: scheduling as late deadlines, assessments by itself. The numbers
// are one: each service is played by its own rules, hears what the other says, and shows its gauge.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "services/assessments/gauges.h"
#include "services/assessments/inbound.h"
#include "services/assessments/metrics.h"
#include "services/scheduling/gauges.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
#include "shared/rpc/request_fields.h"
#include "tests/unit/assessments/sdq_story.h"
#include "tests/unit/gauges/stored_state.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline {
namespace {

const ChildId kChild("chd-1");

// The plan of one child and the SDQs of its PEPs.
class TwoServices {
 public:
  explicit TwoServices(std::string_view now) : plan_(now), clock_(At(now)) {}

  void Begin() {
    SayInCare("", "");
    plan_.InCareSince("2024-01-15");
    Hear();
  }
  // Registry says the child, with the days of its SDQs or without.
  void SayInCare(const std::string& sdq_from, const std::string& sdq_until) {
    registry::v1::RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/child/chd-1");
    event.mutable_header()->set_aggregate_version(++registry_said_);
    auto& said = *event.mutable_child_became_looked_after();
    said.set_child_id(kChild.text());
    said.set_authority_code("931");
    said.set_became_looked_after_on("2024-01-15");
    said.set_sdq_from(sdq_from);
    said.set_sdq_until(sdq_until);
    said.set_sdq_from_age(4);
    Receive(assessments::kRegistryTopic, event);
    Hear();
  }
  // What the plan refuses, it refuses.
  void Plan(const scheduling::PlanCommand& command) {
    (void)plan_.Do(command);
    Hear();
  }
  void Sdq(assessments::Informant informant, const assessments::SdqCommand& command) {
    const assessments::SdqKey key{kChild, Pep(), assessments::Purpose::kPep, informant};
    auto outcome = Execute<assessments::SdqCodec>(
        engine_, TargetOf(key), command, Origin::Alarm(std::nullopt),
        {.facts = [this](const assessments::SdqState&, const RecordStates& also) {
          return assessments::FactsAt(clock_.Now(), also);
        }});
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    Hear();
  }
  // Alarms of both fire on the way.
  void Until(absl::Time then) {
    while (clock_.Now() < then) {
      const absl::Time now = std::min(then, clock_.Now() + absl::Hours(6));
      clock_.Set(now);
      plan_.Until(now);
      for (int partition = 0; partition < store_.partitions(); ++partition) {
        const auto due = store_.DueAlarms(partition, now, 100);
        ASSERT_TRUE(due.ok());
        for (const DueAlarm& alarm : *due) ASSERT_TRUE(inbound_.OnAlarm(alarm).ok());
      }
      Hear();
    }
  }

  double LateDeadlines() {
    plans_.Put(kChild.text(), scheduling::PlanOf(kChild).keys.front(),
               scheduling::PlanCodec::Encode(plan_.state).front(), {scheduling::AllChildren()});
    EXPECT_TRUE(of_scheduling_.Count().ok());
    return plan_metrics_.Value(
        "pepline_scheduling_late_deadlines",
        {{"authority", "931"}, {"rule", std::string(RuleId(Rule::kSdqScored))}});
  }
  double MissingSdqs() {
    EXPECT_TRUE(of_assessments_.Count().ok());
    return metrics_.Value("pepline_assessments_missing_sdqs", {{"authority", "931"}});
  }
  PepId Pep() const {
    return plan_.state.cycle ? scheduling::PepIdOf(kChild, plan_.state.cycle->number) : PepId();
  }
  const scheduling::Story& plan() const { return plan_; }

 private:
  template <class Event>
  void Receive(std::string_view topic, const Event& event) {
    InboundRecord record{.topic = std::string(topic), .key = kChild.text()};
    record.value = event.SerializeAsString();
    const absl::Status received = inbound_.OnRecord(record);
    ASSERT_TRUE(received.ok()) << received;
  }
  // Until neither says anything any more.
  void Hear() {
    bool quiet = false;
    while (!quiet && !testing::Test::HasFailure()) {
      quiet = heard_ == plan_.log.size();
      for (; heard_ < plan_.log.size(); ++heard_) {
        const auto& [at, event] = plan_.log[heard_];
        shadow_ = scheduling::Plan::Evolve(std::move(shadow_), event);
        common::v1::EventHeader header;
        header.set_aggregate_id("scheduling/plan/chd-1");
        header.set_aggregate_version(heard_ + 1);
        *header.mutable_occurred_at() = ToTimestamp(at);
        scheduling::v1::SchedulingEvent emitted;
        ASSERT_TRUE(emitted.ParseFromString(
            scheduling::PlanCodec::EncodeEvent(shadow_, event, header).value));
        Receive(assessments::kSchedulingTopic, emitted);
      }
      for (int partition = 0; partition < store_.partitions(); ++partition) {
        const auto entries = store_.ReadOutbox(partition, 100, "");
        ASSERT_TRUE(entries.ok());
        for (const OutboxEntry& entry : *entries) {
          quiet = false;
          Receive(entry.record.value);
          ASSERT_TRUE(store_.DeleteOutbox(partition, {entry.entry_id}).ok());
        }
      }
    }
  }
  // As services/scheduling/inbound.cc does.
  void Receive(const std::string& bytes) {
    assessments::v1::AssessmentsEvent event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    const auto informant = [](auto said) {
      return scheduling::SdqInformant(int{said.informant()});
    };
    const PepId pep(event.pep_id());
    if (event.has_sdq_scored()) {
      plan_.Done(scheduling::CompleteReadinessItem{pep, scheduling::ReadinessItem::kSdq,
                                                   FromTimestamp(event.sdq_scored().scored_at()),
                                                   informant(event.sdq_scored())});
    } else if (event.has_sdq_not_obtained()) {
      plan_.Done(
          scheduling::WaiveReadinessItem{pep, scheduling::ReadinessItem::kSdq,
                                         *FromTimestamp(event.sdq_not_obtained().recorded_at()),
                                         informant(event.sdq_not_obtained())});
    }
  }

  scheduling::Story plan_;
  scheduling::PlanState shadow_;  // as it was when each event was said
  std::size_t heard_ = 0;
  std::uint64_t registry_said_ = 0;
  StoredStates plans_;
  Metrics plan_metrics_{scheduling::SchedulingMetrics()};
  scheduling::Gauges of_scheduling_{plans_.store(), plan_metrics_};

  MemoryStore store_;
  FakeClock clock_;
  Metrics metrics_{assessments::AssessmentsMetrics()};
  Engine engine_{.store = store_,
                 .clock = clock_,
                 .metrics = metrics_,
                 .topic = "pepline.assessments.events.v1",
                 .source = "/pepline/assessments",
                 .on_alarm = {},
                 .on_outbox = {}};
  KnownChildren children_{store_, clock_};
  assessments::Peps peps_{store_};
  assessments::Inbound inbound_{engine_, children_, peps_};
  assessments::Gauges of_assessments_{store_, children_, metrics_};
};

scheduling::SchedulePepMeeting Meeting(std::string_view at) { return {PepId(), At(at)}; }

TEST(MissingSdqs, AreCountedAlikeThroughAnOrdinaryTerm) {
  TwoServices both("2025-09-02 09:00");
  both.Begin();
  both.Plan(Meeting("2025-10-02 14:00"));
  both.Until(At("2025-09-30 00:00"));
  EXPECT_EQ(both.LateDeadlines(), 1);
  EXPECT_EQ(both.MissingSdqs(), 1);
  both.Sdq(
      assessments::Informant::kTeacher,
      assessments::RecordSdqAnswers{
          assessments::Form::kT4_10, false, assessments::Answers(assessments::kAllNought), {}, ""});
  EXPECT_EQ(both.LateDeadlines(), 0);
  EXPECT_EQ(both.MissingSdqs(), 0);
}

TEST(MissingSdqs, AreThoseOfTheTeacherAndOfOpenPepsAlone) {
  TwoServices both("2025-09-02 09:00");
  both.Begin();
  both.Sdq(assessments::Informant::kCarer,
           assessments::RequestSdq{
               {kChild, both.Pep(), assessments::Purpose::kPep, assessments::Informant::kCarer}});
  both.Plan(Meeting("2025-10-02 14:00"));
  both.Until(At("2025-09-30 00:00"));
  EXPECT_EQ(both.MissingSdqs(), 1) << "the carer's is a gap";
  both.Until(At("2026-01-20 00:00"));
  ASSERT_GT(both.plan().cycle().number, 1) << "the next term's PEP is open";
  EXPECT_EQ(both.LateDeadlines(), 1) << "the autumn's PEP was not held and is open";
  EXPECT_EQ(both.MissingSdqs(), 1);
  both.Sdq(
      assessments::Informant::kTeacher,
      assessments::RecordSdqAnswers{
          assessments::Form::kT4_10, false, assessments::Answers(assessments::kAllNought), {}, ""});
  EXPECT_EQ(both.LateDeadlines(), 0) << "the spring's serves both";
  EXPECT_EQ(both.MissingSdqs(), 0);
}

TEST(MissingSdqs, AreNoneOfAChildWhoIsNotOfTheAge) {
  TwoServices young("2025-09-02 09:00");
  young.Begin();
  young.SayInCare("2027-06-01", "2040-05-31");
  young.Plan(Meeting("2025-10-02 14:00"));
  EXPECT_FALSE(young.plan().cycle().deadlines.contains(Rule::kSdqScored));
  EXPECT_TRUE(IsSettled(young.plan().cycle(), scheduling::ReadinessItem::kSdq));
  young.Until(At("2025-10-10 00:00"));
  EXPECT_EQ(young.LateDeadlines(), 0);
  EXPECT_EQ(young.MissingSdqs(), 0);
}

TEST(MissingSdqs, EndAsWaivedWhereTheDaysAreSaidAfterTheMiss) {
  TwoServices old("2025-09-02 09:00");
  old.Begin();
  old.Plan(Meeting("2025-10-02 14:00"));
  old.Until(At("2025-10-01 00:00"));
  EXPECT_EQ(old.MissingSdqs(), 1);
  old.SayInCare("2012-03-01", "2025-02-28");
  EXPECT_EQ(old.MissingSdqs(), 0);
  EXPECT_EQ(old.LateDeadlines(), 0);
  EXPECT_EQ(old.plan().deadline(Rule::kSdqScored).status, DeadlineStatus::kWaived);
}

// Does one thing that may happen in a school year.
void AnythingHappens(TwoServices& both, absl::Time now, std::mt19937& dice) {
  namespace sdq = assessments;
  const auto roll = [&](int sides) {
    return static_cast<int>(dice() % static_cast<unsigned>(sides));
  };
  const absl::CivilDay today = absl::ToCivilDay(now, London());
  const auto some_day = [&] {
    return absl::FromCivil(absl::CivilHour(today + 1 + roll(40)) + 14, London());
  };
  const auto informant = roll(3) == 0 ? sdq::Informant::kCarer : sdq::Informant::kTeacher;
  const auto form = informant == sdq::Informant::kCarer ? sdq::Form::kP4_10 : sdq::Form::kT4_10;
  switch (roll(10)) {
    case 0:
    case 1:
      both.Plan(scheduling::SchedulePepMeeting{PepId(), some_day()});
      break;
    case 2:
      both.Plan(scheduling::ReschedulePepMeeting{PepId(), some_day(), "a reason"});
      break;
    case 3:
      both.Plan(scheduling::CancelPepMeeting{PepId(), "a reason"});
      break;
    case 4: {
      scheduling::HeldMeeting held = scheduling::Story::MeetingOn("2025-10-02");
      held.held_on = today - roll(5);
      both.Plan(scheduling::HoldPepMeeting{PepId(), held});
      break;
    }
    case 5:
      both.Plan(scheduling::FinaliseEpep{});
      break;
    case 6:
      both.Sdq(informant,
               sdq::RequestSdq{{kChild, both.Pep(), sdq::Purpose::kPep, informant}, false});
      break;
    case 7:
      if (roll(3) != 0) break;
      both.Sdq(informant,
               sdq::RecordSdqAnswers{form, false, sdq::Answers(sdq::kAllNought), {}, ""});
      break;
    case 8:
      if (roll(4) != 0) break;
      both.Sdq(informant,
               sdq::ConfirmSdqNotObtained{sdq::NotObtainedReason::kSdq3, "seen by the team"});
      break;
    case 9:
      // Grows into the age, or out of it, or is of whichever age.
      switch (roll(6)) {
        case 0:
          both.SayInCare("2025-11-01", "2038-10-31");
          break;
        case 1:
          both.SayInCare("2012-12-01", "2025-11-30");
          break;
        case 2:
          both.SayInCare("", "");
          break;
        default:
          break;
      }
      break;
  }
}

TEST(MissingSdqs, AreCountedAlikeWhateverHappens) {
  int counted = 0;
  for (unsigned seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(seed);
    TwoServices both("2025-09-02 09:00");
    both.Begin();
    absl::Time now = At("2025-09-02 09:00");
    for (int step = 0; step < 60 && !testing::Test::HasFailure(); ++step) {
      AnythingHappens(both, now, dice);
      now += absl::Hours(12 * (1 + static_cast<int>(dice() % 8)));
      both.Until(now);
      ASSERT_EQ(both.MissingSdqs(), both.LateDeadlines()) << "at step " << step;
      counted += both.MissingSdqs() > 0;
    }
  }
  EXPECT_GT(counted, 50) << "the dice no longer make terms worth looking at";
}

}  // namespace
}  // namespace pepline
