// What was put on record wrongly is put right, on the running service.
#include <string>

#include "absl/strings/str_replace.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::HasSubstr;

constexpr char kWhy[] = "the placement agreement names Amber's other day";

class RegistryCorrectionsTest : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Begin());
    ASSERT_NO_FATAL_FAILURE(ImportEverything());
    child_ = ChildId("C-1");  // in care since 2024-02-06, at the primary since 2020-09-03
  }
  v1::Child Child(const Actor& actor = VirtualSchool()) {
    v1::GetChildRequest request;
    request.set_child_id(child_);
    return Done(&Stub::GetChild, request, actor).child();
  }
  v1::CorrectCareStartRequest Start(const std::string& day) {
    v1::CorrectCareStartRequest request;
    request.set_child_id(child_);
    request.set_became_looked_after_on(day);
    request.set_reason(kWhy);
    return request;
  }
  v1::CorrectCareEndRequest End(const std::string& day) {
    v1::CorrectCareEndRequest request;
    request.set_child_id(child_);
    request.set_ceased_on(day);
    request.set_taken_back(day.empty());
    request.set_reason(kWhy);
    return request;
  }
  v1::CorrectEnrolmentRequest School(const std::string& urn, const std::string& day = "") {
    v1::CorrectEnrolmentRequest request;
    request.set_child_id(child_);
    request.set_school_urn(urn);
    request.set_enrolled_on(day);
    request.set_reason(kWhy);
    return request;
  }
  void CareCeases(const std::string& day) {
    v1::RecordCareCeasedRequest request;
    request.set_child_id(child_);
    request.set_ceased_on(day);
    request.set_reason(v1::CARE_CEASED_REASON_RETURNED_HOME);
    Done(&Stub::RecordCareCeased, request);
  }

  std::string child_;
};

TEST_F(RegistryCorrectionsTest, TheStartOfCareIsCorrectedOnceAndWhyStaysHere) {
  v1::CorrectCareStartRequest request = Start("2024-02-01");
  request.set_request_id("one-command");
  Done(&Stub::CorrectCareStart, request);
  Done(&Stub::CorrectCareStart, request);  // the first answer again
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2024-02-01")), "SAME_AS_ON_RECORD");
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2025-09-02")), "IN_THE_FUTURE");
  EXPECT_EQ(FieldOf(refused_), "became_looked_after_on");
  request = Start("2024-01-31");
  request.clear_reason();
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, request), "REASON_REQUIRED");
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2024-01-31"),
                    OfAuthority(Role::kVirtualSchool, "933")),
            "NOT_FOUND");
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_care_start_corrected(); });
  EXPECT_EQ(emitted.care_start_corrected().child_id(), child_);
  EXPECT_EQ(emitted.care_start_corrected().old_became_looked_after_on(), "2024-02-06");
  EXPECT_EQ(emitted.care_start_corrected().became_looked_after_on(), "2024-02-01");
  EXPECT_EQ(emitted.DebugString().find("Amber"), std::string::npos);

  EXPECT_EQ(Child().became_looked_after_on(), "2024-02-01");
  for (const Actor& reader : {VirtualSchool(), OfAuthority(Role::kAuditor, "931")}) {
    const v1::Child child = Child(reader);
    ASSERT_EQ(child.corrections_size(), 1);
    EXPECT_EQ(child.corrections(0).fact(), "care-start");
    EXPECT_EQ(child.corrections(0).old_on(), "2024-02-06");
    EXPECT_EQ(child.corrections(0).reason(), kWhy);
    EXPECT_EQ(child.corrections(0).corrected_by(), VirtualSchool().subject);
  }
  EXPECT_EQ(Child(DesignatedTeacher(kPrimary)).corrections_size(), 0);
}

TEST_F(RegistryCorrectionsTest, AnEndOfCareThatIsTakenBackBringsTheChildBackToItsSchool) {
  EXPECT_EQ(Refused(&Stub::CorrectCareEnd, End("")), "NOTHING_TO_CORRECT");
  const int before = RegistryTest::School(kPrimary).looked_after_children();
  CareCeases("2025-08-29");
  EXPECT_TRUE(Eventually(
      [&] { return RegistryTest::School(kPrimary).looked_after_children() == before - 1; }));
  v1::CorrectCareEndRequest both = End("2025-08-30");
  both.set_taken_back(true);
  EXPECT_EQ(Refused(&Stub::CorrectCareEnd, both), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "ceased_on");
  EXPECT_FALSE(Done(&Stub::CorrectCareEnd, End("2025-08-30")).looked_after());
  const v1::CorrectCareEndResponse back = Done(&Stub::CorrectCareEnd, End(""));
  EXPECT_TRUE(back.looked_after());
  EXPECT_TRUE(back.pep_required());
  const Event emitted = AwaitEmitted([](const Event& event) {
    return event.has_care_end_corrected() && event.care_end_corrected().ceased_on().empty();
  });
  EXPECT_EQ(emitted.care_end_corrected().old_ceased_on(), "2025-08-30");
  EXPECT_EQ(emitted.care_end_corrected().old_reason(), "returned-home");
  EXPECT_EQ(emitted.care_end_corrected().reason(), "");
  EXPECT_TRUE(Child().looked_after());
  EXPECT_TRUE(
      Eventually([&] { return RegistryTest::School(kPrimary).looked_after_children() == before; }));
}

TEST_F(RegistryCorrectionsTest, ALegalStatusThatWasWrongTakesThePepAwayAndGivesItBack) {
  v1::CorrectLegalStatusRequest request;
  request.set_child_id(child_);
  request.set_reason(kWhy);
  EXPECT_EQ(Refused(&Stub::CorrectLegalStatus, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "legal_status");
  request.set_legal_status(v1::LEGAL_STATUS_V4);
  EXPECT_EQ(Refused(&Stub::CorrectLegalStatus, request, OfAuthority(Role::kVirtualSchool, "933")),
            "NOT_FOUND");
  EXPECT_FALSE(Done(&Stub::CorrectLegalStatus, request).pep_required());
  const Event emitted = AwaitEmitted([](const Event& event) {
    return event.child_became_looked_after().pep_required_corrected();
  });
  EXPECT_FALSE(emitted.child_became_looked_after().pep_required());
  EXPECT_EQ(emitted.child_became_looked_after().became_looked_after_on(), "2024-02-06");
  EXPECT_EQ(emitted.DebugString().find("V4"), std::string::npos) << "the status stays here";
  EXPECT_EQ(Child().legal_status(), v1::LEGAL_STATUS_V4);
  EXPECT_FALSE(Child().pep_required());
  ASSERT_EQ(Child().corrections_size(), 1);
  EXPECT_EQ(Child().corrections(0).fact(), "legal-status");
  EXPECT_EQ(Child().corrections(0).old_legal_status(), v1::LEGAL_STATUS_UNSPECIFIED);
  EXPECT_EQ(Child().corrections(0).new_legal_status(), v1::LEGAL_STATUS_V4);
  EXPECT_EQ(Refused(&Stub::CorrectLegalStatus, request), "SAME_AS_ON_RECORD");
  request.set_legal_status(v1::LEGAL_STATUS_C2);
  EXPECT_TRUE(Done(&Stub::CorrectLegalStatus, request).pep_required());
}

TEST_F(RegistryCorrectionsTest, ALocationIsRestrictedAtOnceAndEventsSayLessOfTheChild) {
  v1::LookUpContactsRequest contacts;
  contacts.set_authority_code("931");
  contacts.set_child_id(child_);
  contacts.add_roles(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  EXPECT_NE(Done(&Stub::LookUpContacts, contacts, PeplineService()).school_name(), "");
  v1::RestrictLocationRequest request;
  request.set_child_id(child_);
  EXPECT_EQ(Refused(&Stub::RestrictLocation, request), "REASON_REQUIRED");
  request.set_reason(kWhy);
  EXPECT_EQ(Refused(&Stub::RestrictLocation, request, OfAuthority(Role::kVirtualSchool, "933")),
            "NOT_FOUND");
  EXPECT_TRUE(Done(&Stub::RestrictLocation, request).location_restricted());
  EXPECT_EQ(Done(&Stub::LookUpContacts, contacts, PeplineService()).school_name(), "");
  const v1::ImportResponse old_file = Import(v1::IMPORT_KIND_CHILDREN, Children());
  ASSERT_EQ(old_file.errors_size(), 1) << "a file lifts nothing that a person restricted";
  EXPECT_EQ(old_file.errors(0).column(), "location_restricted");
  v1::RecordCareCeasedRequest ceased;
  ceased.set_child_id(child_);
  ceased.set_ceased_on("2025-08-29");
  ceased.set_reason(v1::CARE_CEASED_REASON_ADOPTION);
  Done(&Stub::RecordCareCeased, ceased);
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_child_ceased_to_be_looked_after(); });
  EXPECT_EQ(emitted.child_ceased_to_be_looked_after().reason(), "plac");
  request.set_lifted(true);
  EXPECT_FALSE(Done(&Stub::RestrictLocation, request).location_restricted());
  ASSERT_EQ(Child().corrections_size(), 2);
  EXPECT_EQ(Child().corrections(1).fact(), "location-not-restricted");
}

TEST_F(RegistryCorrectionsTest, AnAppointmentThatWasEndedInErrorIsPutRight) {
  v1::EndAppointmentRequest end;
  end.set_staff_id(StaffId("DT-1"));
  end.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  end.mutable_appointment()->set_school_urn(kPrimary);
  end.mutable_appointment()->set_until_on("2025-08-31");
  Done(&Stub::EndAppointment, end);
  const auto vacant = [&] {
    return !RegistryTest::School(kPrimary).designated_teacher_vacant_since().empty();
  };
  EXPECT_TRUE(Eventually(vacant));
  v1::CorrectAppointmentRequest request;
  request.set_staff_id(StaffId("DT-1"));
  *request.mutable_appointment() = end.appointment();
  request.mutable_appointment()->set_from_on("2024-09-01");
  request.set_reason(kWhy);
  EXPECT_EQ(Refused(&Stub::CorrectAppointment, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "from_on");
  request.set_not_ended(true);
  request.set_until_on("2025-09-30");
  EXPECT_EQ(Refused(&Stub::CorrectAppointment, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "until_on");
  request.clear_until_on();
  EXPECT_EQ(Refused(&Stub::CorrectAppointment, request, OfAuthority(Role::kVirtualSchool, "933")),
            "NOT_FOUND");
  const auto answer = Done(&Stub::CorrectAppointment, request);
  ASSERT_EQ(answer.appointments_size(), 1);
  EXPECT_EQ(answer.appointments(0).until_on(), "");
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_appointment_corrected(); });
  EXPECT_EQ(emitted.appointment_corrected().school_urn(), kPrimary);
  EXPECT_EQ(emitted.appointment_corrected().old_until_on(), "2025-08-31");
  EXPECT_EQ(emitted.appointment_corrected().until_on(), "");
  EXPECT_EQ(emitted.DebugString().find("Amber"), std::string::npos);
  EXPECT_TRUE(Eventually([&] { return !vacant(); }));
  v1::ListStaffRequest list;
  list.set_authority_code("931");
  const v1::ListStaffResponse listed = Done(&Stub::ListStaff, list);
  for (const v1::StaffMember& one : listed.staff()) {
    if (one.own_id() != "DT-1") continue;
    ASSERT_EQ(one.corrections_size(), 1);
    EXPECT_EQ(one.corrections(0).reason(), kWhy);
    EXPECT_EQ(one.corrections(0).old_until_on(), "2025-08-31");
  }
}

TEST_F(RegistryCorrectionsTest, AWrongSchoolIsPutRightAndBothSchoolsFollow) {
  EXPECT_EQ(Refused(&Stub::CorrectEnrolment, School("", "")), "INVALID_FIELD");
  EXPECT_EQ(Refused(&Stub::CorrectEnrolment, School(kClosed)), "SCHOOL_CLOSED");
  const int primary = RegistryTest::School(kPrimary).looked_after_children();
  const int secondary = RegistryTest::School(kSecondary).looked_after_children();
  const auto corrected = Done(&Stub::CorrectEnrolment, School(kSecondary));
  EXPECT_EQ(corrected.school_authority_code(), "931");
  EXPECT_FALSE(corrected.move_taken_back());
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_enrolment_corrected(); });
  EXPECT_EQ(emitted.enrolment_corrected().old_school_urn(), kPrimary);
  EXPECT_EQ(emitted.enrolment_corrected().school_urn(), kSecondary);
  EXPECT_EQ(emitted.enrolment_corrected().enrolled_on(), "2020-09-03");
  EXPECT_EQ(Child().school_urn(), kSecondary);
  EXPECT_TRUE(Eventually([&] {
    return RegistryTest::School(kPrimary).looked_after_children() == primary - 1 &&
           RegistryTest::School(kSecondary).looked_after_children() == secondary + 1;
  }));
}

TEST_F(RegistryCorrectionsTest, TheFileOfBeforeIsRefusedWithAPointerAndUndoesNothing) {
  Done(&Stub::CorrectCareStart, Start("2024-02-01"));
  const v1::ImportResponse refused = Import(v1::IMPORT_KIND_CHILDREN, Children());
  ASSERT_EQ(refused.errors_size(), 1) << refused.DebugString();
  EXPECT_EQ(refused.errors(0).column(), "became_looked_after_on");
  EXPECT_THAT(refused.errors(0).message(), HasSubstr("correct"));
  EXPECT_EQ(Child().became_looked_after_on(), "2024-02-01");
  const v1::ImportResponse right = Imported(
      v1::IMPORT_KIND_CHILDREN, absl::StrReplaceAll(Children(), {{"2024-02-06", "2024-02-01"}}));
  EXPECT_EQ(right.changed(), 0) << right.DebugString();
}

}  // namespace
}  // namespace pepline::registry
