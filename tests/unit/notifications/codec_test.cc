// What is stored reads back, and what is said holds no more than the contract wants.
#include "services/notifications/storage/codec.h"

#include <set>

#include "pepline/notifications/v1/notifications_events.pb.h"
#include "services/notifications/domain/fields.h"
#include "services/notifications/storage/conversions.h"
#include "services/notifications/storage/event_messages.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using enum RecipientRole;

TEST(AlertFields, AreAllStored) {
  ExpectStored<AlertState, storage::v1::Alert>({"resolved_cause", "resolved_at", "waived"}, 1);
  ExpectStored<PendingDelivery, storage::v1::Telling>();
  ExpectStored<Settled, storage::v1::Settled>({"state"});
  ExpectStored<Attempt, storage::v1::Attempt>();
  ExpectStored<EarlierDelivery, storage::v1::EarlierDelivery>();
  ExpectStored<Acknowledgement, storage::v1::Acknowledgement>({"role"});
}

TEST(AlertFields, FillEveryEvent) {
  const FieldNames recipients = {"recipients"};
  ExpectEventsFilled<AlertEvent, AlertMessages>({{"AlertRaised", recipients},
                                                 {"AlertEscalated", recipients},
                                                 {"AlertDelivered", {"delivery_id"}},
                                                 {"AlertDeliveryFailed", {"delivery_id"}},
                                                 {"NoticeGiven", {"kind", "recipients"}}});
  ExpectFilled<AlertReference, v1::AlertReference>();
  ExpectFilled<AlertDelivered, v1::NoticeDelivered>({"delivery_id", "kind"});
  ExpectFilled<AlertDeliveryFailed, v1::NoticeDropped>({"delivery_id", "kind"});
}

// Two runs with every kind of event.
Story WholeLife() {
  Story story("2025-10-16 08:00");
  story.Reminded().DeliverAll().Until("2025-10-21 00:00").Missed();
  story.Done(RecordDeliveries{1, 1, kDesignatedTeacher, {}, true});
  story.Done(AcknowledgeAlert{kVirtualSchoolCaseworker});
  story.Done(RedeliverFailed{});
  story.Done(ClaimMessage{1, 1, kDesignatedTeacher, StaffId(kTeacher), "replica"});
  story.Done(ReleaseMessage{1, 1, kDesignatedTeacher, StaffId(kTeacher), "replica", true});
  story.Done(ClaimMessage{1, 1, kDesignatedTeacher, StaffId(kTeacher), "replica"});
  story.Until("2025-10-21 09:00").Done(MoveDeadline{UsualReference(), MovedInstants(), true});
  story.Until("2025-10-23 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), MovedInstants()});
  story.Done(HoldDelivery{2, 1, kDeputyDesignatedTeacher, At("2025-10-23 08:00")});
  story.Done(
      RecordDeliveries{2,
                       1,
                       kDesignatedTeacher,
                       {{StaffId(kTeacher), Channel::kFile, std::nullopt, {}},
                        {StaffId(kDeputy), std::nullopt, FailureCause::kTooManyAttempts, {}}},
                       false});
  story.Done(RecordDeliveries{
      1, 1, kDesignatedTeacher, {{StaffId(kHead), Channel::kSmtp, std::nullopt, {}}}, true});
  story.Done(FollowToSchool{SchoolUrn(kOtherSchool)});
  return story.Until("2025-10-25 00:00").Met(true);
}

// A notice of which one is told, and one cannot be.
Story WholeNotice() {
  Story story("2025-09-03 09:00");
  story.Done(UsualNotice(NoticeKind::kPepOpened, {kDesignatedTeacher, kSocialWorker}));
  story.Delivered(0, kDesignatedTeacher, kTeacher);
  story.Done(RecordDeliveries{1, 0, kSocialWorker, {}, true});
  return story;
}

v1::NotificationsEvent Encoded(const AlertState& after, const AlertEvent& event,
                               std::string* type) {
  common::v1::EventHeader header;
  header.set_event_id("notifications/alert/a:1");
  const EncodedEvent encoded = AlertCodec::EncodeEvent(after, event, header);
  EXPECT_EQ(encoded.key, kChild);
  if (type) *type = encoded.type;
  v1::NotificationsEvent envelope;
  EXPECT_TRUE(envelope.ParseFromString(encoded.value));
  return envelope;
}

TEST(AlertCodec, ReadsBackEveryStateOfAWholeLife) {
  const Story story = WholeLife();
  AlertState state;
  for (const auto& [at, event] : story.log) {
    state = Alert::Evolve(std::move(state), event);
    const auto parts = AlertCodec::Encode(state);
    ASSERT_EQ(parts.size(), 1u);
    auto read = AlertCodec::Decode({parts[0]});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
  }
}

TEST(AlertCodec, ReadsBackANoticeWhichTheVersionBeforeTakesForAResolvedAlert) {
  const Story story = WholeNotice();
  AlertState state;
  for (const auto& [at, event] : story.log) {
    state = Alert::Evolve(std::move(state), event);
    const auto bytes = AlertCodec::Encode(state).front();
    auto read = AlertCodec::Decode({bytes});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
    storage::v1::Alert stored;
    ASSERT_TRUE(stored.ParseFromString(bytes));
    EXPECT_EQ(stored.resolved_cause(), "withdrawn");
  }
}

TEST(AlertCodec, SaysWhatBecameOfANoticeByItsKindAndRoleWithoutAnAddress) {
  const Story story = WholeNotice();
  std::vector<v1::NotificationsEvent> said;
  AlertState state;
  for (const auto& [at, event] : story.log) {
    state = Alert::Evolve(std::move(state), event);
    if (AlertCodec::IsPublished(event)) said.push_back(Encoded(state, event, nullptr));
  }
  ASSERT_EQ(said.size(), 3u);
  const std::string id = "chd-abcdefghij0123456789.pep-opened.4";
  EXPECT_EQ(said[0].notice_given().kind(), "pep-opened");
  EXPECT_EQ(FromTimestamp(said[0].notice_given().happened_at()), At("2025-09-03 00:00"));
  EXPECT_EQ(said[0].notice_given().recipients_size(), 2);
  said.erase(said.begin());
  EXPECT_EQ(said[0].alert().alert_id(), id);
  EXPECT_EQ(said[0].notice_delivered().delivery_id(),
            id + "/0/designated-teacher/stf-teacher0000000000001");
  EXPECT_EQ(said[0].notice_delivered().kind(), "pep-opened");
  EXPECT_EQ(said[0].notice_delivered().staff_id(), kTeacher);
  EXPECT_EQ(said[0].notice_delivered().channel(), "smtp");
  EXPECT_EQ(said[1].notice_dropped().kind(), "pep-opened");
  EXPECT_EQ(said[1].notice_dropped().role(), common::v1::RECIPIENT_ROLE_SOCIAL_WORKER);
  EXPECT_EQ(said[1].notice_dropped().cause(), "nobody-in-role");
  EXPECT_EQ(ToAlert(state).state(), v1::ALERT_STATE_NOTICE);
}

TEST(AlertCodec, ReadsBackThatADayIsAnEstimateOrProvisional) {
  Story story = WholeLife();
  story.state.instants.estimated = true;
  story.state.instants.provisional = true;
  story.state.instants.after_interim = true;
  const auto read = AlertCodec::Decode({AlertCodec::Encode(story.state).front()});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->instants.estimated);
  EXPECT_TRUE(read->instants.provisional);
  EXPECT_TRUE(read->instants.after_interim);
}

TEST(AlertCodec, ShowsThatADayIsAnEstimateInTheWordsOfTheMail) {
  Story story = WholeLife();
  EXPECT_FALSE(ToAlert(story.state).estimated());
  EXPECT_EQ(ToAlert(story.state).due_at_remarks(), "");
  story.state.instants.estimated = true;
  const v1::Alert shown = ToAlert(story.state);
  EXPECT_TRUE(shown.estimated());
  EXPECT_THAT(shown.due_at_remarks(), testing::HasSubstr("taken for a school day"));
  EXPECT_THAT(shown.due_at_remarks(), testing::HasSubstr("the day is then counted anew."));
}

TEST(AlertCodec, SaysWithALevelThatItsDayIsAnEstimate) {
  for (const bool estimated : {false, true}) {
    Instants instants = UsualInstants();
    instants.estimated = estimated;
    Story story("2025-10-21 00:00");
    story.Done(RaiseMissedDeadline{UsualReference(), instants});
    const auto raised = Encoded(story.state, story.latest[0], nullptr).alert_raised();
    EXPECT_EQ(raised.estimated(), estimated);
  }
}

TEST(AlertCodec, AnswersDataLossForBytesItCannotRead) {
  EXPECT_TRUE(absl::IsDataLoss(AlertCodec::Decode({std::string("\xff\xff")}).status()));
  storage::v1::Alert alert;
  alert.add_tellings()->set_role(common::v1::RECIPIENT_ROLE_UNSPECIFIED);
  EXPECT_TRUE(absl::IsDataLoss(AlertCodec::Decode({alert.SerializeAsString()}).status()));
  EXPECT_EQ(*AlertCodec::Decode({std::nullopt}), AlertState());
  EXPECT_TRUE(absl::IsDataLoss(DecodeVacancy("\xff\xff").status()));
}

TEST(AlertCodec, SaysEveryEventOfTheContractWithItsReference) {
  std::set<std::string> types;
  for (const Story& story : {WholeLife(), WholeNotice()}) {
    AlertState state;
    for (const auto& [at, event] : story.log) {
      state = Alert::Evolve(std::move(state), event);
      if (!AlertCodec::IsPublished(event)) continue;
      std::string type;
      const v1::NotificationsEvent envelope = Encoded(state, event, &type);
      types.insert(type);
      EXPECT_EQ(envelope.header().event_id(), "notifications/alert/a:1");
      FieldReader reader;
      EXPECT_EQ(ReadFields<AlertReference>(envelope.alert(), reader), state.reference);
    }
  }
  std::set<std::string> contract;
  const auto* oneof = v1::NotificationsEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    contract.insert(oneof->field(i)->message_type()->full_name());
  }
  EXPECT_EQ(types, contract);
}

TEST(AlertCodec, SaysNothingOfWhichReplicaSends) {
  EXPECT_FALSE(AlertCodec::IsPublished(MessageClaimed{}));
  EXPECT_FALSE(AlertCodec::IsPublished(MessageReleased{}));
  EXPECT_FALSE(AlertCodec::IsPublished(DeliveryPutOff{}));
  EXPECT_FALSE(AlertCodec::IsPublished(DeliveryHeld{}));
  EXPECT_TRUE(AlertCodec::IsPublished(AlertDelivered{}));
}

// An alert as the version before the claims stored it: a role waits, and one person of it was told.
TEST(AlertCodec, ReadsWhatWasStoredBeforeMessagesWereClaimedInTheAlert) {
  storage::v1::Alert stored;
  WriteFields(UsualReference(), *stored.mutable_reference());
  stored.set_run(1);
  auto& pending = *stored.add_tellings();
  pending.set_level(1);
  pending.set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  pending.set_state(v1::DELIVERY_STATE_WAITING);
  auto& settled = *pending.add_settled();
  settled.set_staff_id(kDeputy);
  settled.set_state(v1::DELIVERY_STATE_DELIVERED);
  settled.set_channel("smtp");
  const std::string bytes = stored.SerializeAsString();
  const auto read = AlertCodec::Decode({bytes});
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->Waiting().size(), 1u);
  EXPECT_TRUE(read->Waiting()[0].attempts.empty()) << "anybody may claim it";
  EXPECT_EQ(read->Waiting()[0].not_before, absl::UnixEpoch()) << "it is due";
  EXPECT_EQ(AlertCodec::Encode(*read).front(), bytes) << "and as long as nobody does, it stays";
}

TEST(AlertCodec, SaysLevelsWithTheirInstantAndRecipients) {
  Story story("2025-10-21 00:00");
  story.Missed();
  const auto raised = Encoded(story.state, story.latest[0], nullptr).alert_raised();
  EXPECT_EQ(raised.level(), 1);
  EXPECT_EQ(FromTimestamp(raised.due_at()), UsualInstants().due_at);
  EXPECT_THAT(raised.recipients(),
              testing::ElementsAre(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                                   common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER));
  story.Until("2025-10-21 08:00");
  const auto escalated = Encoded(story.state, story.latest[0], nullptr).alert_escalated();
  EXPECT_EQ(escalated.level(), 2);
  EXPECT_THAT(escalated.recipients(),
              testing::ElementsAre(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER));
}

TEST(AlertCodec, SaysOfAMailThatLeftInAnEarlierRunWhichRunItWas) {
  const Story story = WholeLife();
  std::vector<std::string> ids;
  AlertState state;
  for (const auto& [at, event] : story.log) {
    state = Alert::Evolve(std::move(state), event);
    if (!AlertCodec::IsPublished(event)) continue;
    const v1::NotificationsEvent envelope = Encoded(state, event, nullptr);
    if (envelope.has_alert_delivered() && envelope.alert_delivered().staff_id() == kHead) {
      ids.push_back(envelope.alert_delivered().delivery_id());
    }
  }
  EXPECT_THAT(ids, testing::ElementsAre(DeliveryId(UsualReference().alert, 1, 1, kDesignatedTeacher,
                                                   StaffId(kHead))));
}

TEST(AlertCodec, AnAlertAboutASchoolIsKeyedAndKeptByItsUrn) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  EXPECT_EQ(AlertCodec::EncodeEvent(story.state, story.latest[0], {}).key, kSchool);
  const Target target = AlertOf(story.state.reference.alert);
  EXPECT_EQ(target.routing_id, kSchool);
  EXPECT_EQ(VacancyOfAlert(story.state.reference.alert), kSchool);
  EXPECT_EQ(VacancyOfAlert(UsualReference().alert), "");
  const AlertId told_elsewhere =
      VacancyAlertOf(VacancyId(SchoolUrn(kSchool), AuthorityCode("933")));
  EXPECT_EQ(told_elsewhere.text(), "123240.933.designated-teacher-vacancy");
  EXPECT_EQ(VacancyOfAlert(told_elsewhere), "123240.933");
  EXPECT_EQ(AlertOf(told_elsewhere).routing_id, kSchool);
  EXPECT_EQ(AlertOf(UsualReference().alert).routing_id, kChild);
}

TEST(VacancyCodec, ReadsBackWhatRegistrySaid) {
  Vacancy vacancy = UsualVacancy();
  EXPECT_EQ(*DecodeVacancy(EncodeVacancy(vacancy)), vacancy);
  vacancy.instants.estimated = true;
  EXPECT_EQ(*DecodeVacancy(EncodeVacancy(vacancy)), vacancy);
  vacancy.vacant = false;
  vacancy.nobody_needed = true;
  EXPECT_EQ(*DecodeVacancy(EncodeVacancy(vacancy)), vacancy);
  vacancy.of_caring_authority = true;
  vacancy.reference.alert = AlertId("123240.931.designated-teacher-vacancy");
  EXPECT_EQ(*DecodeVacancy(EncodeVacancy(vacancy)), vacancy);
}

TEST(AlertWire, ShowsWhatIsSettledAndWhatWaits) {
  Story story("2025-10-16 08:00");
  story.Reminded().DeliverAll().Until("2025-10-21 00:00").Missed();
  story.Done(RecordDeliveries{1, 1, kDesignatedTeacher, {}, true});
  story.Done(AcknowledgeAlert{kDeputyDesignatedTeacher});
  EXPECT_FALSE(ToAlert(story.state).levels(2).has_reached_at());
  story.Until("2025-10-21 08:00");
  v1::Alert alert = ToAlert(story.state);
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_OPEN);
  EXPECT_EQ(alert.level(), 2);
  EXPECT_EQ(alert.times_raised(), 1);
  ASSERT_EQ(alert.levels_size(), 4);
  EXPECT_TRUE(alert.levels(1).has_reached_at());
  EXPECT_TRUE(alert.levels(2).has_reached_at());
  std::vector<v1::DeliveryState> states;
  for (const auto& delivery : alert.deliveries()) states.push_back(delivery.state());
  EXPECT_THAT(states, testing::ElementsAre(v1::DELIVERY_STATE_DELIVERED, v1::DELIVERY_STATE_FAILED,
                                           v1::DELIVERY_STATE_DROPPED, v1::DELIVERY_STATE_WAITING));
  EXPECT_EQ(alert.deliveries(1).cause(), "nobody-in-role");
  EXPECT_EQ(alert.acknowledgements(0).level(), 1);
  story.Met(true);
  alert = ToAlert(story.state);
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(alert.resolved_cause(), "met-late");
}

TEST(AlertWire, ShowsUntilWhenAMessageWaitsForTheHoursOfItsRole) {
  Story story("2025-10-21 00:00");
  story.Missed().Done(HoldDelivery{1, 1, kDesignatedTeacher, At("2025-10-21 08:00")});
  const v1::Alert alert = ToAlert(story.state);
  ASSERT_EQ(alert.deliveries_size(), 2);
  EXPECT_EQ(alert.deliveries(0).waits_until().seconds(),
            absl::ToUnixSeconds(At("2025-10-21 08:00")));
  EXPECT_FALSE(alert.deliveries(1).has_waits_until());
}

TEST(AlertWire, ReadsLevelsInOrderAndPassesOverUnknownRoles) {
  ProtoLevels levels;
  EXPECT_TRUE(ReadLevels(levels)->empty());
  for (int level : {2, 0}) {
    auto* one = levels.Add();
    one->set_level(level);
    *one->mutable_at() = ToTimestamp(At("2025-10-20 08:00"));
    one->add_recipients(common::v1::RECIPIENT_ROLE_HEADTEACHER);
    one->add_recipients(static_cast<common::v1::RecipientRole>(99));
  }
  auto read = ReadLevels(levels);
  ASSERT_TRUE(read && read->size() == 2);
  EXPECT_EQ((*read)[0].level, 0);
  EXPECT_THAT((*read)[0].recipients, testing::ElementsAre(kHeadteacher));
  levels.Add()->set_level(1);  // without an instant
  EXPECT_EQ(ReadLevels(levels), std::nullopt);
  levels.RemoveLast();
  *levels.Add() = levels.Get(0);
  EXPECT_EQ(ReadLevels(levels), std::nullopt) << "a level twice";
}

TEST(AlertCodec, StoresAWaivedDeadlineAsWhatTheVersionBeforeCanRead) {
  Story story("2025-10-21 00:00");
  story.Missed().Done(ResolveWithdrawnDeadline{true});
  const auto parts = AlertCodec::Encode(story.state);
  storage::v1::Alert stored;
  ASSERT_TRUE(stored.ParseFromString(parts[0]));
  EXPECT_EQ(stored.resolved_cause(), "withdrawn");
  auto read = AlertCodec::Decode({parts[0]});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, story.state);
  EXPECT_EQ(read->resolved->cause, ResolvedCause::kWaived);
}

TEST(AlertWire, TakesPlainIdsAlone) {
  EXPECT_TRUE(IsPlainId("chd-abcdefghij0123456789.1.finalise-within-5-school-days"));
  for (const char* bad : {"", "a b", "a/b", "a\r\nBcc: x", "\xc3\xa4"})
    EXPECT_FALSE(IsPlainId(bad));
  EXPECT_FALSE(IsPlainId(std::string(201, 'a')));
}

TEST(Names, ReadBackAsWhatTheyName) {
  for (ResolvedCause cause :
       {ResolvedCause::kMet, ResolvedCause::kMetLate, ResolvedCause::kWithdrawn,
        ResolvedCause::kMissWithdrawn, ResolvedCause::kAppointed, ResolvedCause::kWaived}) {
    EXPECT_EQ(ParseResolved(ResolvedName(cause)), cause);
  }
  for (FailureCause cause : {FailureCause::kNobodyInRole, FailureCause::kAddressRefused,
                             FailureCause::kTooManyAttempts}) {
    EXPECT_EQ(ParseFailure(FailureName(cause)), cause);
  }
  EXPECT_EQ(ParseResolved("done"), std::nullopt);
  EXPECT_EQ(ParseFailure(""), std::nullopt);
  EXPECT_EQ(ParseChannel("pigeon"), std::nullopt);
  std::set<std::string_view> roles;
  for (RecipientRole role : kAllRecipientRoles) roles.insert(RecipientName(role));
  EXPECT_EQ(roles.size(), kAllRecipientRoles.size());
}

}  // namespace
}  // namespace pepline::notifications
