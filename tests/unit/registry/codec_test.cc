// What is stored reads back, what is said is the contract's, and nothing personal is said at all.
#include "services/registry/storage/codec.h"

#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <string>
#include <string_view>

#include "pepline/registry/storage/v1/calendar.pb.h"
#include "pepline/registry/storage/v1/child.pb.h"
#include "pepline/registry/storage/v1/import.pb.h"
#include "pepline/registry/storage/v1/policy.pb.h"
#include "pepline/registry/storage/v1/school.pb.h"
#include "pepline/registry/storage/v1/staff.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "services/registry/api/contacts.h"
#include "services/registry/domain/calendars/calendar_bounds.h"
#include "services/registry/domain/fields.h"
#include "services/registry/import/items.h"
#include "services/registry/import/opaque_ids.h"
#include "services/registry/storage/event_messages.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

// Every kind of event of every machine, by name: who said it and with which key.
class EventBytes {
 public:
  // Plays the log through codec and contract.
  template <class Codec>
  void Play(const Machine<typename Codec::Rules>& machine, const std::string& key) {
    typename Codec::Rules::State state;
    for (const auto& [at, event] : machine.log) {
      state = Codec::Rules::Evolve(std::move(state), event);
      const auto parts = Codec::Encode(state);
      ASSERT_EQ(parts.size(), 1u);
      auto read = Codec::Decode({parts[0]});
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, state);
      if (!IsPublished<Codec>(event)) continue;
      common::v1::EventHeader header;
      header.set_event_id("registry/x:1");
      const EncodedEvent encoded = Codec::EncodeEvent(state, event, header);
      EXPECT_EQ(encoded.key, key);
      v1::RegistryEvent envelope;
      ASSERT_TRUE(envelope.ParseFromString(encoded.value));
      EXPECT_EQ(envelope.header().event_id(), "registry/x:1");
      types.insert(encoded.type);
      texts.push_back(envelope.DebugString());
    }
    EXPECT_EQ(*Codec::Decode({std::nullopt}), typename Codec::Rules::State());
    EXPECT_TRUE(absl::IsDataLoss(Codec::Decode({std::string("\xff\xff")}).status()));
  }
  std::set<std::string> types;
  std::vector<std::string> texts;
};

TEST(RegistryCodec, ReadsBackEveryStateAndSaysEveryEventOfTheContract) {
  EventBytes event_bytes;
  Machine<BankHolidayList> holidays;
  holidays.Done(PublishBankHolidays{"england-and-wales", Holidays()});
  event_bytes.Play<BankHolidaysCodec>(holidays, "england-and-wales");

  Machine<TermDateList> terms;
  terms.Done(PublishTermDates{kAuthority, Terms()});
  event_bytes.Play<TermDatesCodec>(terms, "931");

  Machine<SchoolCalendarOverlay> overlay;
  overlay.facts.school_authority = kAuthority;
  overlay.Done(PublishSchoolCalendar{kSchool, kAuthority, {Day("2025-10-24")}, Terms()});
  event_bytes.Play<SchoolCalendarCodec>(overlay, "123456");

  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile()});
  policy.Done(AdoptPolicyProfile{Profile("2025-12-01")});
  policy.Until("2025-12-01 00:00");
  event_bytes.Play<PolicyCodec>(policy, "931");

  Machine<School> school = KnownSchool();
  school.Done(RecordLookedAfterChild{kChild, true});
  school.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2025-09-01"), std::nullopt}};
  school.Done(Wake{});
  school.facts.teachers.clear();
  school.Done(Wake{});
  school.Done(RecordLookedAfterChild{kChild, false});
  SchoolDetails moved = Details();
  moved.authority = AuthorityCode("940");
  school.Done(RecordSchool{moved});
  school.facts.profile = nullptr;
  school.facts.caring[kAuthority] = {std::make_shared<const PolicyProfile>(Profile()), {kChild}};
  school.Done(RecordLookedAfterChild{kChild, true});
  ASSERT_FALSE(school.state.caring_vacancies.empty());
  event_bytes.Play<SchoolCodec>(school, "123456");
  school.Done(RecordSchool{Details(Day("2025-08-31")), true});
  school.facts.successor_open = true;
  school.Done(RecordSuccessor{{kOtherSchool, Day("2025-09-01")}});
  event_bytes.Play<SchoolCodec>(school, "123456");

  Machine<Staff> staff = KnownStaff();
  staff.Done(AppointStaff{TeacherAt(), Day("2025-09-01"), Day("2025-09-30")});
  staff.Done(AppointStaff{TeacherAt(kOtherSchool), Day("2025-12-01"), {}});
  staff.Until("2025-10-02 00:00");
  staff.Done(EndAppointment{TeacherAt(kOtherSchool), {}});
  staff.Done(AppointStaff{Post{StaffRole::kSocialWorker, {}, {}, kChild}, {}, {}});
  staff.Done(CorrectAppointment{TeacherAt(), Day("2025-09-01"), Day("2025-08-25"),
                                Day("2025-09-29"), false, "Petra left earlier", "stf-v"});
  event_bytes.Play<StaffCodec>(staff, "stf-p");

  Machine<Staff> of_child;
  of_child.facts = staff.facts;
  of_child.Done(AppointStaff{Post{StaffRole::kSocialWorker, {}, {}, kChild}, Day("2025-09-01"),
                             Day("2025-09-30"), StaffOfChild{StaffId("stf-p"), kAuthority}});
  of_child.Until("2025-10-02 00:00");
  event_bytes.Play<StaffOfChildCodec>(of_child, "stf-p");

  Machine<Child> child = KnownChild();
  child.Done(RecordCareStarted{Day("2025-08-01")});
  child.Done(EnrolChild{kSchool, Day("2025-08-01")});
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-08-20")});
  child.Done(RecordSchoolAuthority{kOtherSchool, AuthorityCode("940")});
  child.Done(CorrectCareStart{Day("2025-08-04"), "Amber came later", "stf-v"});
  child.Done(CorrectEnrolment{{}, Day("2025-08-21"), "Amber came later", "stf-v"});
  child.Done(RecordCareCeased{Day("2025-09-01"), CareCeasedReason::kSpecialGuardianship});
  child.Done(CorrectCareEnd{{}, {}, "Amber has not left", "stf-v"});
  child.Done(RecordCareCeased{Day("2025-09-01"), CareCeasedReason::kAdoption});
  child.Done(RecordCareStarted{Day("2025-09-01")});
  ASSERT_EQ(child.state.care->previous_ceased_on, Day("2025-09-01"));
  child.Done(CorrectLegalStatus{LegalStatus::kV4, "Amber is on short breaks", "stf-v"});
  child.Done(FollowSuccessor{kOtherSchool, kSchool, Day("2025-09-01")});
  child.Done(RestrictLocation{true, "Amber is not to be found", "stf-v"});
  event_bytes.Play<ChildCodec>(child, "chd-a");

  Machine<ImportLog> log;
  log.Done(BeginImport{
      {kAuthority, "request-1", "schools", "stf-v", "the register", {}, "fingerprint"}});
  log.Done(FinishImport{{1, 2, 3, {}, 4, "answer"}});
  event_bytes.Play<ImportLogCodec>(log, "");

  std::set<std::string> contract;
  const auto* oneof = v1::RegistryEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    contract.insert(oneof->field(i)->message_type()->full_name());
  }
  EXPECT_EQ(event_bytes.types, contract);
  for (const std::string& text : event_bytes.texts) {
    for (const char* secret :
         {"Amber", "Alder", "Petra", "meadow", "Meadow", "C-1", "DT-1", "2013-05-03"}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << secret << " in " << text;
    }
  }
}

// Newer versions of Abseil deprecate the HexStringToBytes that Debian 12 has.
std::string BytesOfHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

// As the version before records of one child wrote it: an appointment for a child stands in the
// person's record.
TEST(RegistryCodec, ReadsAPersonsRecordOfTheVersionThatHeldChildrenInIt) {
  const std::string bytes(
      BytesOfHex("0a057374662d7012033933311a0444542d31220c50657472612053616d706c652a14706574726140"
                 "6d6561646f772e6578616d706c653217080622056368642d612a0a323032352d30392d30313801"));
  auto state = StaffCodec::Decode({bytes});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->details, Petra());
  EXPECT_TRUE(state->child.empty());
  const Post post{StaffRole::kSocialWorker, {}, {}, kChild};
  EXPECT_THAT(state->appointments,
              testing::ElementsAre(Appointment{post, Day("2025-09-01"), {}, true, false}));
  EXPECT_TRUE(state->HoldsFor(kChild));
  EXPECT_EQ(StaffCodec::Encode(*state).front(), bytes) << "nothing is lost on the way back";
}

TEST(RegistryCodec, AnswersDataLossForDaysAndRolesItCannotRead) {
  storage::v1::Child child;
  child.set_child_id("chd-a");
  child.set_date_of_birth("yesterday");
  EXPECT_TRUE(absl::IsDataLoss(ChildCodec::Decode({child.SerializeAsString()}).status()));
  storage::v1::Staff staff;
  auto* appointment = staff.add_appointments();
  appointment->set_from_on("2025-09-01");
  EXPECT_TRUE(absl::IsDataLoss(StaffCodec::Decode({staff.SerializeAsString()}).status()))
      << "no role";
  appointment->set_role(common::v1::RECIPIENT_ROLE_HEADTEACHER);
  EXPECT_TRUE(StaffCodec::Decode({staff.SerializeAsString()}).ok());
}

TEST(RegistryFields, AreAllStored) {
  ExpectStored<BankHolidaysState, storage::v1::BankHolidays>();
  ExpectStored<TermDatesState, storage::v1::TermDates>();
  ExpectStored<SchoolCalendarState, storage::v1::SchoolCalendar>();
  ExpectStored<TermPart, common::v1::SchoolTermPart>();
  ExpectStored<PolicyState, storage::v1::Policy>({"authority_code"});
  ExpectStored<PolicyProfile, common::v1::PolicyProfile>();
  ExpectStored<DeadlineRule, common::v1::DeadlineRule>();
  ExpectStored<AlertLevel, common::v1::AlertLevel>();
  ExpectStored<TermCutOff, common::v1::TermCutOff>();
  ExpectStored<NoticeRule, common::v1::NoticeRule>();
  ExpectStored<SchoolState, storage::v1::School>();
  ExpectStored<StaffState, storage::v1::Staff>({"corrections"}, 1);
  ExpectStored<AppointmentCorrection, storage::v1::AppointmentCorrection>();
  ExpectStored<Appointment, storage::v1::StaffAppointment>();
  ExpectStored<ChildState, storage::v1::Child>({"corrections"}, 1);
  ExpectStored<Correction, storage::v1::Correction>();
  ExpectStored<ImportLogState, storage::v1::Import>();
  ExpectStored<ImportBegun, storage::v1::Import>(
      {"finished_at", "created", "changed", "unchanged", "removed", "answer"});
  ExpectStored<ImportFinished, storage::v1::Import>(
      {"authority_code", "request_id", "kind", "subject", "reason", "begun_at", "fingerprint"});
}

TEST(RegistryFields, FillWhatIsAnswered) {
  ExpectFilled<SchoolState, v1::School>({"designated_teacher_staff_ids",
                                         "designated_teacher_vacant_since", "looked_after_children",
                                         "succeeded_by_school_urn"});
  ExpectFilled<ChildState, v1::Child>({"looked_after", "corrections"});
  ExpectFilled<Correction, v1::Correction>();
  ExpectFilled<StaffState, v1::StaffMember>({"corrections"});
  ExpectFilled<AppointmentCorrection, v1::AppointmentCorrection>({"appointment"});
  ExpectFilled<Appointment, v1::Appointment>();
  ExpectFilled<StaffDetails, v1::Contact>({"role"});
}

TEST(RegistryFields, FillEveryEvent) {
  ExpectEventsFilled<BankHolidaysEvent, BankHolidaysMessages>();
  ExpectEventsFilled<TermDatesEvent, TermDatesMessages>();
  ExpectEventsFilled<SchoolCalendarEvent, SchoolCalendarMessages>();
  ExpectEventsFilled<PolicyEvent, PolicyMessages>();
  const FieldNames its_school = {"school_urn"};
  const FieldNames who_is_told = {"school_urn", "authority_code", "of_caring_authority"};
  ExpectEventsFilled<SchoolEvent, SchoolMessages>({{"SchoolClosed", its_school},
                                                   {"SchoolMovedAuthority", its_school},
                                                   {"DesignatedTeacherAppointed", its_school},
                                                   {"DesignatedTeacherVacancyBegan", who_is_told},
                                                   {"DesignatedTeacherVacancyEnded", who_is_told},
                                                   {"SchoolSucceeded", {"from_school_urn"}}});
  ExpectEventsFilled<StaffEvent, StaffMessages>({{"StaffAppointed", {"staff_id"}},
                                                 {"AppointmentEnded", {"staff_id"}},
                                                 {"AppointmentCorrected", {"staff_id"}}});
  const FieldNames its_child = {"child_id"};
  ExpectEventsFilled<ChildEvent, ChildMessages>(
      {{"ChildBecameLookedAfter", {"child_id", "authority_code"}},
       {"ChildEnrolled", its_child},
       {"ChildMovedSchool", its_child},
       {"SchoolOfChildMovedAuthority", its_child},
       {"SchoolOfChildSucceeded", its_child},
       {"ChildCeasedToBeLookedAfter", {"child_id", "reason"}},
       {"CareStartCorrected", its_child},
       {"CareEndCorrected", {"child_id", "old_reason", "reason"}},
       {"EnrolmentCorrected", its_child}});
}

TEST(RegistryFields, HaveANameForEveryReasonThatCareCeases) {
  for (int number = 1; v1::CareCeasedReason_IsValid(number); ++number) {
    const auto reason = KnownEnum<CareCeasedReason>(number);
    ASSERT_TRUE(reason.has_value()) << number;
    EXPECT_EQ(ParseCareCeased(CareCeasedName(*reason)), reason);
  }
  EXPECT_FALSE(ParseCareCeased("eloped").has_value());
  for (int number = 1; v1::LegalStatus_IsValid(number); ++number) {
    const auto status = KnownEnum<LegalStatus>(number);
    ASSERT_TRUE(status.has_value()) << number;
    EXPECT_EQ("LEGAL_STATUS_" + std::string(LegalStatusCode(status)),
              v1::LegalStatus_Name(static_cast<v1::LegalStatus>(*status)));
  }
  EXPECT_FALSE(KnownEnum<LegalStatus>(v1::LEGAL_STATUS_UNSPECIFIED).has_value());
}

TEST(RegistryFields, ReadBackAProfile) {
  PolicyProfile profile = Profile();
  profile.version = 7;
  profile.first_effective_on = Day("2024-09-01");
  profile.interim_most_school_days = 0;
  profile.interim_school_days_after_reopening = 15;
  profile.sdq_from_age = 5;
  profile.sdq_until_age = 15;
  profile.pep_in_provision_from_age = 2;
  profile.pep_from_age = 4;
  profile.sdq_strategies_for = {"total", "impact"};
  profile.meeting_chairs = {"virtual-school"};
  profile.meeting_attendees = {"carer"};
  profile.mail_hours = MailHoursRule{7, 20, true, {"pep-open"}, true};
  profile.rules.at(0).school_days_into_term = 0;
  profile.notices = {{"pep-opened", {StaffRole::kHeadteacher, StaffRole::kSocialWorker}, false, ""},
                     {"child-gone", {}, true, "the schools tell each other"}};
  profile.disabled_rules = {{"termly-pep-held-by-term-cut-off", "four months are our rule"}};
  common::v1::PolicyProfile shown;
  WriteFields(profile, shown);
  FieldReader reader;
  EXPECT_EQ(ReadFields<PolicyProfile>(shown, reader), profile);
  EXPECT_TRUE(reader.readable());
  shown.mutable_deadline_rules(0)->mutable_levels(0)->add_recipients(
      common::v1::RECIPIENT_ROLE_UNSPECIFIED);
  ReadFields<PolicyProfile>(shown, reader);
  EXPECT_FALSE(reader.readable());
}

TEST(OpaqueIds, AreTheSameForTheSamePersonAndKeyAlone) {
  const OpaqueIds ids(std::string(32, 'k'));
  const ChildId child = ids.OfChild(kAuthority, "OX-0001");
  EXPECT_EQ(ids.OfChild(kAuthority, "OX-0001"), child);
  EXPECT_THAT(child.text(), testing::MatchesRegex("chd-[a-z2-7]+"));
  EXPECT_EQ(child.text().size(), 24u);
  std::set<std::string> seen{child.text().substr(4)};
  const auto differs = [&](const std::string& id) { return seen.insert(id.substr(4)).second; };
  EXPECT_TRUE(differs(ids.OfStaff(kAuthority, "OX-0001").text()));
  EXPECT_TRUE(differs(ids.OfChild(AuthorityCode("93"), "1OX-0001").text()));
  EXPECT_TRUE(differs(ids.OfChild(kAuthority, "OX-0002").text()));
  EXPECT_TRUE(differs(OpaqueIds(std::string(32, 'l')).OfChild(kAuthority, "OX-0001").text()));
  for (int i = 0; i < 2000; ++i) {
    EXPECT_TRUE(differs(ids.OfChild(kAuthority, std::to_string(i)).text()));
  }
}

TEST(Initials, AreTheFirstLettersInAnyScript) {
  ChildDetails details = Somebody();
  EXPECT_EQ(InitialsOf(details), "A.T.");
  details.given_name = "Élodie";
  details.family_name = "Ængus";
  EXPECT_EQ(InitialsOf(details), "É.Æ.");
  details.family_name.clear();
  EXPECT_EQ(InitialsOf(details), "É.") << "some have one name";
}

TEST(Columns, AreNamedAsTheFileNamesThem) {
  EXPECT_EQ(ColumnOf("appointment.school_urn"), "school_urn");
  EXPECT_EQ(ColumnOf("appointment.child_id"), "child_own_id");
  EXPECT_EQ(ColumnOf("staff_id"), "own_id");
  EXPECT_EQ(ColumnOf("reason"), "ceased_reason");
  EXPECT_EQ(ColumnOf("date_of_birth"), "date_of_birth");
  EXPECT_EQ(ColumnOf(""), "");
}

TEST(ForEach, StopsAtTheFirstFailureAndWhenNobodyWaits) {
  WorkerPool pool(4, 16);
  const auto patient = [] { return false; };
  std::atomic<int> done = 0;
  EXPECT_TRUE(ForEach(
                  pool, 1000,
                  [&](std::size_t) {
                    ++done;
                    return absl::OkStatus();
                  },
                  patient)
                  .ok());
  EXPECT_EQ(done, 1000);
  done = 0;
  // With one worker nothing goes on beside the one that fails.
  WorkerPool one(1, 16);
  const absl::Status failed = ForEach(
      one, 1000,
      [&](std::size_t i) {
        ++done;
        return i == 3 ? absl::DataLossError("x") : absl::OkStatus();
      },
      patient);
  EXPECT_TRUE(absl::IsDataLoss(failed));
  EXPECT_LT(done, 1000);
  done = 0;
  EXPECT_TRUE(absl::IsCancelled(ForEach(
      pool, 10,
      [&](std::size_t) {
        ++done;
        return absl::OkStatus();
      },
      [] { return true; })));
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(ForEach(
                  pool, 0, [](std::size_t) { return absl::OkStatus(); }, patient)
                  .ok());
}

// Half of what a broker takes where nobody set anything (message.max.bytes, 1 MiB).
TEST(Events, OfTheLargestCalendarsAreTakenByKafka) {
  SchoolCalendarPublished published{kSchool, kAuthority, {}, {}};
  const absl::CivilDay first(2000, 1, 1);
  for (std::size_t i = 0; i < kMostClosedDays; ++i) {
    published.closed_days.insert(first + static_cast<std::int64_t>(i));
  }
  published.terms.assign(kMostTermParts, Terms().front());
  const auto state = SchoolCalendarOverlay::Evolve({}, published);
  EXPECT_LT(SchoolCalendarCodec::EncodeEvent(state, published, {}).value.size(), 512u * 1024);
  BankHolidaysPublished holidays{"england-and-wales", {}};
  for (std::size_t i = 0; i < kMostBankHolidays; ++i) {
    holidays.days.insert(first + static_cast<std::int64_t>(i));
  }
  EXPECT_LT(BankHolidaysCodec::EncodeEvent(BankHolidayList::Evolve({}, holidays), holidays, {})
                .value.size(),
            512u * 1024);
}

}  // namespace
}  // namespace pepline::registry
