// Whom notifications is to write to, and the vacancies it hears of.
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using common::v1::RecipientRole;
using testing::ElementsAre;
using testing::IsEmpty;

class RegistryContactsTest : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Begin());
    ASSERT_NO_FATAL_FAILURE(ImportEverything());
  }
  v1::LookUpContactsRequest Asking(const std::string& child, std::vector<RecipientRole> roles) {
    v1::LookUpContactsRequest request;
    request.set_authority_code("931");
    request.set_child_id(child);
    for (RecipientRole role : roles) request.add_roles(role);
    return request;
  }
  std::vector<std::string> Emails(const v1::LookUpContactsRequest& request) {
    std::vector<std::string> emails;
    const auto answer = Done(&Stub::LookUpContacts, request, PeplineService());
    for (const auto& contact : answer.contacts()) {
      EXPECT_FALSE(contact.name().empty());
      emails.push_back(contact.email());
    }
    return emails;
  }
};

TEST_F(RegistryContactsTest, AreThePeopleOfTheSchoolAndOfTheChild) {
  const std::string child = ChildId("C-1");
  const auto request = Asking(child, {common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD,
                                      common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                                      common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER,
                                      common::v1::RECIPIENT_ROLE_HEADTEACHER,
                                      common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER,
                                      common::v1::RECIPIENT_ROLE_SOCIAL_WORKER,
                                      common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER,
                                      common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE});
  EXPECT_THAT(Emails(request),
              ElementsAre("uma@council.example", "petra@meadow.example", "quentin@meadow.example",
                          "rosa@meadow.example", "sam@council.example", "vic@council.example",
                          "will@council.example"))
      << "in the order asked for; nobody is the school's office";
  const auto answer = Done(&Stub::LookUpContacts, request, PeplineService());
  EXPECT_EQ(answer.child_initials(), "A.T.");
  EXPECT_EQ(answer.school_name(), "Test Meadow Primary School");
  EXPECT_FALSE(answer.location_restricted());
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, VirtualSchool()), "ROLE_NOT_ALLOWED")
      << "addresses are for the service that sends mail";
}

TEST_F(RegistryContactsTest, NoSocialWorkerOfOthersStandsInButTheCaseworkersDo) {
  const std::string child = ChildId("C-3");
  EXPECT_THAT(Emails(Asking(ChildId("C-2"), {common::v1::RECIPIENT_ROLE_SOCIAL_WORKER})),
              IsEmpty());
  EXPECT_THAT(Emails(Asking(child, {common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER})),
              testing::UnorderedElementsAre("sam@council.example", "tess@council.example"));
}

TEST_F(RegistryContactsTest, NameNoSchoolOfAChildWhoseLocationIsRestricted) {
  const auto answer = Done(&Stub::LookUpContacts,
                           Asking(ChildId("C-3"), {common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD}),
                           PeplineService());
  EXPECT_TRUE(answer.location_restricted());
  EXPECT_EQ(answer.school_name(), "");
  EXPECT_EQ(answer.child_initials(), "É.T.");
}

TEST_F(RegistryContactsTest, FollowAppointmentsAtOnce) {
  v1::LookUpContactsRequest request;
  request.set_authority_code("931");
  request.set_school_urn(kSecondary);
  request.add_roles(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  EXPECT_THAT(Emails(request), IsEmpty());
  v1::AppointStaffRequest appoint;
  appoint.set_staff_id(StaffId("DD-1"));
  appoint.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  appoint.mutable_appointment()->set_school_urn(kSecondary);
  Done(&Stub::AppointStaff, appoint);
  EXPECT_THAT(Emails(request), ElementsAre("quentin@meadow.example"));
  v1::EndAppointmentRequest end;
  end.set_staff_id(appoint.staff_id());
  *end.mutable_appointment() = appoint.appointment();
  Done(&Stub::EndAppointment, end);
  EXPECT_THAT(Emails(request), ElementsAre("quentin@meadow.example")) << "today is the last day";
  MoveClockTo("2025-09-02 00:00");
  EXPECT_THAT(Emails(request), IsEmpty());
}

TEST_F(RegistryContactsTest, RefuseUnknownChildrenSchoolsAndRoles) {
  auto request = Asking("chd-nobody", {common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD});
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, PeplineService()), "UNKNOWN_CHILD");
  request = Asking(ChildId("C-1"), {common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD});
  request.set_authority_code("933");
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, PeplineService()), "UNKNOWN_CHILD");
  request.set_authority_code("931");
  request.set_school_urn("999999");
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, PeplineService()), "UNKNOWN_SCHOOL");
  request = Asking(ChildId("C-1"), {common::v1::RECIPIENT_ROLE_UNSPECIFIED});
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, PeplineService()), "INVALID_FIELD");
  request = Asking(ChildId("C-1"), {});
  EXPECT_EQ(Refused(&Stub::LookUpContacts, request, PeplineService()), "INVALID_FIELD");
}

TEST_F(RegistryContactsTest, AVacancyBeginsWithAChildAtASchoolWithoutADesignatedTeacher) {
  const Event began =
      AwaitEmitted([](const Event& event) { return event.has_designated_teacher_vacancy_began(); });
  const auto& emitted = began.designated_teacher_vacancy_began();
  EXPECT_EQ(emitted.school_urn(), kSecondary);
  EXPECT_EQ(emitted.authority_code(), "931");
  EXPECT_EQ(emitted.since_on(), "2025-09-01");
  ASSERT_GT(emitted.levels_size(), 1);
  bool late = false;
  for (const auto& level : emitted.levels()) {
    EXPECT_GT(level.recipients_size(), 0);
    if (level.level() != 1) continue;
    late = true;
    // Five school days: 2, 3, 4, 5, 8 September.
    EXPECT_EQ(absl::FromUnixSeconds(level.at().seconds()),
              At("2025-09-08 23:59") + absl::Seconds(59));
  }
  EXPECT_TRUE(late);
  EXPECT_EQ(School(kSecondary).designated_teacher_vacant_since(), "2025-09-01");
  EXPECT_EQ(School(kSecondary).looked_after_children(), 1);
  EXPECT_EQ(School(kPrimary).designated_teacher_vacant_since(), "") << "it has one";
  EXPECT_EQ(Emitted([](const Event& event) {
              return event.has_designated_teacher_vacancy_began();
            }).size(),
            1u);
}

TEST_F(RegistryContactsTest, AVacancyBeginsWhenTheLastOneLeavesAndEndsWithTheNext) {
  v1::EndAppointmentRequest end;
  end.set_staff_id(StaffId("DT-1"));
  end.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  end.mutable_appointment()->set_school_urn(kPrimary);
  end.mutable_appointment()->set_until_on("2025-09-12");
  Done(&Stub::EndAppointment, end);
  MoveClockTo("2025-09-13 00:00");
  const Event began = AwaitEmitted([](const Event& event) {
    return event.designated_teacher_vacancy_began().school_urn() == kPrimary;
  });
  EXPECT_EQ(began.designated_teacher_vacancy_began().since_on(), "2025-09-13");
  v1::AppointStaffRequest appoint;
  appoint.set_staff_id(StaffId("DD-1"));
  appoint.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  appoint.mutable_appointment()->set_school_urn(kPrimary);
  Done(&Stub::AppointStaff, appoint);
  EXPECT_TRUE(
      Eventually([&] { return School(kPrimary).designated_teacher_vacant_since().empty(); }));
  EXPECT_EQ(School(kPrimary).designated_teacher_staff_ids(0), appoint.staff_id());
}

TEST_F(RegistryContactsTest, SayFromWhenPeopleOfTheSchoolAndOfTheCouncilAreTold) {
  auto request = Asking(ChildId("C-1"), {common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER});
  request.set_about("finalise-within-5-school-days");
  const auto told_from = [&] { return Done(&Stub::LookUpContacts, request, PeplineService()); };
  // Monday 1 September 2025 at nine: the council works, and the school opens on Tuesday.
  EXPECT_EQ(told_from().school_told_from().seconds(), absl::ToUnixSeconds(At("2025-09-02 08:00")));
  EXPECT_FALSE(told_from().has_council_told_from());
  MoveClockTo("2025-09-05 18:00");
  const std::int64_t monday = absl::ToUnixSeconds(At("2025-09-08 08:00"));
  EXPECT_EQ(told_from().school_told_from().seconds(), monday);
  EXPECT_EQ(told_from().council_told_from().seconds(), monday);
  EXPECT_TRUE(told_from().may_join_digest());
  for (const char* at_once : {"", "meeting-passed-on"}) {
    request.set_about(at_once);
    EXPECT_FALSE(told_from().has_school_told_from()) << at_once;
    EXPECT_FALSE(told_from().has_council_told_from()) << at_once;
    EXPECT_FALSE(told_from().may_join_digest()) << at_once;
  }
}

TEST_F(RegistryContactsTest, AVacancyMovesWithTheLastChild) {
  v1::MoveChildToSchoolRequest move;
  move.set_child_id(ChildId("C-3"));
  move.set_school_urn(kPrimary);
  move.set_moved_on("2025-09-01");
  Done(&Stub::MoveChildToSchool, move);
  EXPECT_TRUE(
      Eventually([&] { return School(kSecondary).designated_teacher_vacant_since().empty(); }));
  EXPECT_EQ(School(kSecondary).looked_after_children(), 0);
  const auto ended = AwaitEmitted([](const Event& event) {
                       return event.has_designated_teacher_vacancy_ended();
                     }).designated_teacher_vacancy_ended();
  EXPECT_EQ(ended.school_urn(), kSecondary);
  EXPECT_EQ(ended.authority_code(), "931");
  EXPECT_EQ(ended.since_on(), "2025-09-01");
  EXPECT_EQ(ended.ended_on(), "2025-09-01");
  EXPECT_TRUE(Eventually([&] { return School(kPrimary).looked_after_children() == 3; }));
  v1::RecordCareCeasedRequest cease;
  cease.set_child_id(ChildId("C-3"));
  cease.set_ceased_on("2025-09-01");
  cease.set_reason(v1::CARE_CEASED_REASON_RETURNED_HOME);
  Done(&Stub::RecordCareCeased, cease);
  EXPECT_TRUE(Eventually([&] { return School(kPrimary).looked_after_children() == 2; }));
}

}  // namespace
}  // namespace pepline::registry
