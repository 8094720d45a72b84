// What is stored reads back, and what is private leaves in no event.
#include "services/scheduling/storage/codec.h"

#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/event_messages.h"
#include "shared/engine/event_mapping.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

v1::SchedulingEvent Encoded(const PlanState& after, const PlanEvent& event, std::string* type) {
  common::v1::EventHeader header;
  header.set_event_id("scheduling/plan/chd-1:1");
  const EncodedEvent encoded = PlanCodec::EncodeEvent(after, event, header);
  EXPECT_EQ(encoded.key, "chd-1");
  if (type) *type = encoded.type;
  v1::SchedulingEvent envelope;
  EXPECT_TRUE(envelope.ParseFromString(encoded.value));
  return envelope;
}

// A life with every kind of event.
Story WholeLife() {
  Story story("2025-07-28 09:00");
  story.InCareSince("2025-07-28");
  story.Done(OpenInterimPep{});
  story.CareStartCorrected("2025-07-25");
  story.Schedule("2025-09-04 10:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-09-08 10:00"), "the carer cannot come"});
  story.Done(CancelPepMeeting{PepId(), "the school is flooded"});
  story.Schedule("2025-09-22 10:00");
  story.Done(StartPepPreparation{});
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  const FundingRequestId request("req-93125aaaaaaaaaaaaaaa");
  story.Done(CompleteReadinessItem{story.Pep(1), ReadinessItem::kInterventionsCosted,
                                   story.facts.now, std::nullopt, request});
  story.Done(WithdrawCosts{story.Pep(1), request, story.facts.now});
  story.ViewsCaptured(story.facts.now);
  story.Done(ReopenReadinessItem{story.Pep(1), ReadinessItem::kPupilViews, story.facts.now});
  story.Until("2025-09-10 10:00").MovesTo("654321", "2025-09-10");
  story.Schedule("2025-09-22 10:00");
  story.SdqWaived(story.facts.now);
  story.Until("2025-09-22 12:00").Hold("2025-09-22");
  story.facts.calendar = Oxfordshire({Day("2025-09-24")});
  story.Until("2025-10-06 12:00").Done(FinaliseEpep{});
  story.Done(TakeBackFinalisation{PepId(), "two sections are empty"});
  story.Done(CorrectPepMeeting{
      .pep = PepId(), .held_on = Day("2025-09-19"), .reason = "the minutes of another child"});
  story.Done(FinaliseEpep{});
  story.Until("2026-01-12 12:00").Hold("2026-01-12");
  story.Until("2026-01-14 09:00").MovesTo("123456", "2026-01-14");
  story.Done(HandOverPep{story.Pep(2), "the school closed"});
  story.facts.child->adult_on = Day("2026-01-01");
  story.Wake();
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  return story;
}

TEST(PlanFields, AreAllStored) {
  ExpectStored<Cycle, storage::v1::Cycle>({"deadlines", "later_deadlines"}, 1);
  ExpectStored<HeldMeeting, storage::v1::HeldMeeting>();
  ExpectStored<MeetingChange, storage::v1::MeetingChange>();
  ExpectStored<Correction, storage::v1::Correction>();
  ExpectStored<Deadline, storage::v1::Deadline>({"rule_id"});
  ExpectStored<AlertInstant, storage::v1::Level>();
  ExpectStored<ClosedPep, storage::v1::ClosedPep>();
  ExpectStored<ChildFacts, storage::v1::Child>({"care_started_on", "pep_required_at"}, 2);
}

TEST(PlanFields, FillWhatIsAnswered) {
  ExpectFilled<Cycle, v1::Pep>(
      {"reference", "state", "held_on", "attendees", "chaired_by_designated_teacher", "deadlines"});
  ExpectFilled<Cycle, v1::PepRecord>({"chair", "missing_pupil_views_reason", "missing_sdq_reason",
                                      "record_reason", "attendance_reason", "irregularities"});
  ExpectFilled<Deadline, v1::Deadline>({"pep", "deadline"});
}

TEST(PlanFields, FillEveryEvent) {
  const FieldNames its_deadline = {"deadline"};
  ExpectEventsFilled<PepEvent, PepMessages>(
      {{"EpepFinalised", {"content_sha256"}},
       {"PepMeetingHeld", {"chaired_by_designated_teacher", "child_attended"}},
       {"PepMeetingCorrected",
        {"chaired_by_designated_teacher", "child_attended", "old_chaired_by_designated_teacher",
         "old_child_attended"}},
       {"PepTransferredToSchool", {"moved_on"}},
       {"DeadlineSet", its_deadline},
       {"DeadlineReminderReached", its_deadline},
       {"DeadlineMissed", its_deadline},
       {"DeadlineMet", its_deadline},
       {"DeadlineRecalculated", its_deadline},
       {"DeadlineWithdrawn", its_deadline}});
  ExpectFilled<DeadlineInstants, common::v1::DeadlineReference>({"deadline_id", "rule_id"});
  ExpectFilled<AlertInstant, common::v1::AlertInstant>();
}

TEST(PlanCodec, ReadsBackEveryStateOfAWholeLife) {
  const Story story = WholeLife();
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const auto parts = PlanCodec::Encode(state);
    ASSERT_EQ(parts.size(), 1u);
    auto read = PlanCodec::Decode({parts[0]});
    ASSERT_TRUE(read.ok()) << read.status();
    read->put_aside = state.put_aside;  // they are in records of their own
    EXPECT_EQ(*read, state);
  }
}

TEST(PlanCodec, StoresAWaivedDeadlineAsOneThatTheVersionBeforeLeavesAtRest) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01").Schedule("2025-10-20 14:00");
  story.SdqWaived(story.facts.now);
  storage::v1::Plan plan;
  ASSERT_TRUE(plan.ParseFromString(PlanCodec::Encode(story.state).front()));
  int waived = 0;
  for (const auto& deadline : plan.cycle().deadlines()) {
    if (!deadline.has_waived_at()) continue;
    ++waived;
    EXPECT_EQ(deadline.state(), common::v1::DEADLINE_STATE_MET);
  }
  EXPECT_EQ(waived, 1);
}

// A meeting whose ePEP was said late before it was moved.
Story UnrecordedAndMoved() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01").Schedule("2025-09-25 14:00");
  story.Until("2025-10-06 09:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-15 14:00"), "it did not take place"});
  return story;
}

TEST(PlanCodec, ReadsBackAMeetingThatNobodyRecorded) {
  Story story = UnrecordedAndMoved();
  ASSERT_TRUE(story.cycle().unrecorded_meeting_at.has_value());
  EXPECT_TRUE(story.deadline(Rule::kFinalised).instants.provisional);
  EXPECT_EQ(*PlanCodec::Decode({PlanCodec::Encode(story.state).front()}), story.state);
  story.Until("2025-10-16 09:00").Hold("2025-10-15");
  EXPECT_EQ(*PlanCodec::Decode({PlanCodec::Encode(story.state).front()}), story.state);
  EXPECT_EQ(story.cycle().recorded_at, At("2025-10-16 09:00"));
}

TEST(PlanCodec, StoresARuleThatTheVersionBeforeCannotReadWhereItDoesNotLook) {
  storage::v1::Plan plan;
  Story story = UnrecordedAndMoved();
  Policy policy = UsualPolicy();
  policy.rules[Rule::kInterventionsCosted] = {-3, DayKind::kSchoolDays, {}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  ASSERT_TRUE(plan.ParseFromString(PlanCodec::Encode(story.state).front()));
  const std::set<std::string_view> of_later = {RuleId(Rule::kMeetingRecorded),
                                               RuleId(Rule::kViewsCaptured),
                                               RuleId(Rule::kInterventionsCosted)};
  for (const auto& deadline : plan.cycle().deadlines()) {
    EXPECT_FALSE(of_later.contains(deadline.rule_id())) << deadline.rule_id();
  }
  std::set<std::string_view> stored;
  for (const auto& deadline : plan.cycle().later_deadlines()) stored.insert(deadline.rule_id());
  EXPECT_EQ(stored, of_later);
  // One of a version to come is passed over.
  plan.mutable_cycle()->add_later_deadlines()->set_rule_id("a-rule-of-a-later-version");
  EXPECT_EQ(*PlanCodec::Decode({plan.SerializeAsString()}), story.state);
}

TEST(PlanCodec, KeepsWhyAMeetingIsOnADayWithoutSchoolAndSaysItNowhere) {
  Story story("2025-07-28 09:00");
  story.InCareSince("2025-07-28");
  story.Done(OpenInterimPep{});
  story.Done(SchedulePepMeeting{PepId(), At("2025-08-12 10:00"), "the review is near",
                                MadeBy::kSocialWorker});
  EXPECT_TRUE(story.deadline(Rule::kInitialAvailable).instants.after_interim);
  EXPECT_EQ(*PlanCodec::Decode({PlanCodec::Encode(story.state).front()}), story.state);
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    EXPECT_EQ(PlanCodec::EncodeEvent(state, event, {}).value.find("review"), std::string::npos);
  }
  const v1::Pep pep = ToPep(story.state);
  int put_off = 0;
  for (const auto& deadline : pep.deadlines()) {
    put_off += deadline.deadline().after_interim();
  }
  EXPECT_EQ(put_off, 1);
}

TEST(PlanCodec, SaysThatADeadlineIsProvisional) {
  const Story story = UnrecordedAndMoved();
  PlanState state;
  int provisional = 0;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const auto* missed = std::get_if<DeadlineMissed>(&event);
    if (!missed || missed->rule != Rule::kFinalised) continue;
    ++provisional;
    EXPECT_TRUE(Encoded(state, event, nullptr).deadline_missed().deadline().provisional());
  }
  EXPECT_EQ(provisional, 1);
  const v1::Pep pep = ToPep(story.state);
  int shown = 0;
  for (const auto& deadline : pep.deadlines()) {
    shown += deadline.deadline().provisional();
  }
  EXPECT_EQ(shown, 1);
}

TEST(PlanCodec, AnswersDataLossForBytesItCannotRead) {
  EXPECT_TRUE(absl::IsDataLoss(PlanCodec::Decode({std::string("\xff\xff")}).status()));
  storage::v1::Plan plan;
  plan.mutable_cycle()->set_opened_on("yesterday");
  EXPECT_TRUE(absl::IsDataLoss(PlanCodec::Decode({plan.SerializeAsString()}).status()));
  EXPECT_EQ(*PlanCodec::Decode({std::nullopt}), PlanState());
}

TEST(PlanCodec, SaysEveryEventOfTheContractWithItsPlan) {
  const Story story = WholeLife();
  std::set<std::string> types;
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    std::string type;
    const v1::SchedulingEvent envelope = Encoded(state, event, &type);
    types.insert(type);
    EXPECT_EQ(envelope.header().event_id(), "scheduling/plan/chd-1:1");
    const auto* earlier = std::get_if<OfEarlierPep>(&event);
    const int number = earlier ? earlier->number : state.cycle->number;
    EXPECT_EQ(envelope.pep().pep_id(), PepIdOf(state.child, number).text());
    EXPECT_EQ(envelope.pep().child_id(), "chd-1");
    const Cycle pep = *PlanOfPep(state, number)->cycle;
    EXPECT_EQ(envelope.pep().school_urn(), SchoolOf(state, pep).text());
    EXPECT_EQ(envelope.pep().authority_code(), "931");
  }
  std::set<std::string> contract;
  const auto* oneof = v1::SchedulingEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    contract.insert(
        EventType(*v1::SchedulingEvent::descriptor(), *oneof->field(i)->message_type()));
  }
  // What happens to the content of an ePEP is no event of the plan (epep/epep_codec_test.cc).
  types.insert(
      {"pepline.scheduling.v1.EpepSectionCompleted", "pepline.scheduling.v1.EpepSectionReopened"});
  EXPECT_EQ(types, contract);
}

TEST(PlanCodec, LetsNoReasonOrAttendanceOut) {
  const Story story = WholeLife();
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const std::string bytes = PlanCodec::EncodeEvent(state, event, {}).value;
    EXPECT_EQ(bytes.find("away from school"), std::string::npos);
    EXPECT_EQ(bytes.find("not returned"), std::string::npos);
    EXPECT_EQ(bytes.find("flooded"), std::string::npos);
    EXPECT_EQ(bytes.find("closed"), std::string::npos);
    EXPECT_EQ(bytes.find("sections"), std::string::npos);
    EXPECT_EQ(bytes.find("minutes"), std::string::npos);
  }
}

TEST(PlanCodec, SaysOldAndNewInstantOfARecalculatedDeadline) {
  const Story story = WholeLife();
  PlanState state;
  int seen = 0;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const auto* moved = std::get_if<DeadlineRecalculated>(&event);
    if (!moved) continue;
    ++seen;
    const auto emitted = Encoded(state, event, nullptr).deadline_recalculated();
    EXPECT_EQ(FromTimestamp(emitted.old_due_at()), moved->old_due_at);
    EXPECT_EQ(FromTimestamp(emitted.deadline().due_at()), moved->instants.due_at);
    EXPECT_EQ(emitted.deadline().rule_id(), RuleId(moved->rule));
    EXPECT_EQ(emitted.deadline().deadline_id(), state.child.text() + "." +
                                                    std::to_string(state.cycle->number) + "." +
                                                    std::string(RuleId(moved->rule)));
  }
  EXPECT_GT(seen, 0);
}

TEST(ChildCodec, ReadsBackWhatRegistrySaid) {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09").MovesTo("654321", "2025-09-10");
  auto read = DecodeChild(EncodeChild(*story.facts.child));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, *story.facts.child);
  story.CareStartCorrected("2025-09-08").SchoolCorrected("654321", Day("2025-09-09"));
  story.facts.child->adult_on = Day("2031-12-01");
  EXPECT_EQ(*DecodeChild(EncodeChild(*story.facts.child)), *story.facts.child);
  EXPECT_TRUE(absl::IsDataLoss(DecodeChild("\xff\xff").status()));
}

TEST(PolicyFromProfile, KeepsKnownRowsAndPassesOverOthers) {
  common::v1::PolicyProfile profile;
  auto* row = profile.add_deadline_rules();
  row->set_rule_id("finalise-within-5-school-days");
  row->set_length(5);
  row->set_day_kind(common::v1::DAY_KIND_SCHOOL_DAYS);
  auto* level = row->add_levels();
  level->set_level(1);
  level->add_recipients(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  profile.add_deadline_rules()->set_rule_id("designated-teacher-vacancy");
  profile.set_interim_most_school_days(2);
  profile.set_interim_school_days_after_reopening(15);
  auto* cut_off = profile.add_term_cut_offs();
  cut_off->set_academic_year("2025/26");
  cut_off->set_term("autumn");
  cut_off->set_cut_off_on("2025-11-28");
  profile.add_meeting_chairs("virtual-school");
  profile.add_meeting_chairs("a-role-of-a-later-version");
  profile.add_meeting_attendees("carer");
  auto* work = profile.add_pep_work();
  work->set_work("arrange");
  work->add_roles("social-worker");
  work->add_roles("a-role-of-a-later-version");
  profile.add_pep_work()->set_work("a-work-of-a-later-version");
  const Policy policy = FromProfile(profile);
  EXPECT_EQ(policy.meeting_chairs, std::vector{Attendee::kVirtualSchool});
  EXPECT_EQ(policy.meeting_attendees, std::vector{Attendee::kCarer});
  ASSERT_EQ(policy.pep_work.size(), 1u);
  EXPECT_EQ(policy.pep_work.at(PepWork::kArrange), std::set{MadeBy::kSocialWorker});
  EXPECT_EQ(FromProfile({}).meeting_chairs, Policy().meeting_chairs);
  ASSERT_EQ(policy.rules.size(), 3u);
  EXPECT_EQ(policy.rules.at(Rule::kMeetingRecorded), UsualMeetingRecordedTerms())
      << "nobody can leave it out";
  EXPECT_EQ(policy.rules.at(Rule::kViewsCaptured), UsualViewsCapturedTerms())
      << "nor this; what the interventions cost is asked where a profile names it";
  EXPECT_EQ(policy.interim_most_school_days, 2);
  EXPECT_EQ(policy.interim_school_days_after_reopening, 15);
  EXPECT_EQ(FromProfile({}).interim_most_school_days, 0);
  EXPECT_EQ(FromProfile({}).interim_school_days_after_reopening, 10);
  EXPECT_EQ(policy.rules.at(Rule::kFinalised).length, 5);
  EXPECT_EQ(policy.rules.at(Rule::kFinalised).levels[0].recipients,
            std::vector{RecipientRole::kDesignatedTeacher});
  EXPECT_EQ(policy.cut_offs.at({"2025/26", Term::kAutumn}), Day("2025-11-28"));
}

TEST(Instants, AreReadOnlyWithinTheYearsOfTheCalendar) {
  google::protobuf::Timestamp at;
  at.set_seconds(253402300800);
  EXPECT_EQ(FromTimestamp(at), std::nullopt);
  at.set_seconds(0);
  at.set_nanos(-1);
  EXPECT_EQ(FromTimestamp(at), std::nullopt);
  EXPECT_EQ(FromTimestamp(ToTimestamp(absl::FromUnixMicros(-1))), absl::FromUnixMicros(-1));
}

}  // namespace
}  // namespace pepline::scheduling
