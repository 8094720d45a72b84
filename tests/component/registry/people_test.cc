// Every other RPC: commands on staff and children, what is read, and by whom.
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

class RegistryPeopleTest : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Begin());
    ASSERT_NO_FATAL_FAILURE(ImportEverything());
  }
  v1::Child Child(const std::string& id, const Actor& actor = VirtualSchool()) {
    v1::GetChildRequest request;
    request.set_child_id(id);
    return Done(&Stub::GetChild, request, actor).child();
  }
  // Looked after by 933, at a school of 931.
  void ImportAChildOfTheNeighbourAtThePrimary() {
    auto options = Options(v1::IMPORT_KIND_CHILDREN);
    options.set_authority_code("933");
    v1::ImportResponse response;
    const std::string row = "N-1,Nessa,Test-Elm,2013-05-04,,no,2024-01-08,,,123001,2024-09-03,,,\n";
    ASSERT_TRUE(TryImport(options, kChildrenHeader + row, response,
                          OfAuthority(Role::kVirtualSchool, "933"))
                    .ok());
    ASSERT_EQ(response.created(), 1) << response.DebugString();
  }
};

TEST_F(RegistryPeopleTest, CareStartsAndCeasesOnce) {
  const std::string child = ChildId("C-4");
  v1::RecordCareStartedRequest start;
  start.set_child_id(child);
  start.set_became_looked_after_on("2025-09-02");
  EXPECT_EQ(Refused(&Stub::RecordCareStarted, start), "IN_THE_FUTURE");
  EXPECT_EQ(FieldOf(refused_), "became_looked_after_on");
  start.set_became_looked_after_on("2025-08-28");
  start.set_request_id("one-command");
  EXPECT_TRUE(Done(&Stub::RecordCareStarted, start).pep_required());
  EXPECT_TRUE(Done(&Stub::RecordCareStarted, start).pep_required()) << "the first answer again";
  start.set_became_looked_after_on("2025-08-27");
  EXPECT_EQ(Refused(&Stub::RecordCareStarted, start), "REQUEST_ID_REUSED");
  start.clear_request_id();
  EXPECT_EQ(Refused(&Stub::RecordCareStarted, start), "ALREADY_LOOKED_AFTER");
  const Event emitted = AwaitEmitted(
      [&](const Event& event) { return event.child_became_looked_after().child_id() == child; });
  EXPECT_EQ(emitted.child_became_looked_after().became_looked_after_on(), "2025-08-28");
  EXPECT_EQ(emitted.child_became_looked_after().authority_code(), "931");
  EXPECT_TRUE(emitted.child_became_looked_after().pep_required());
  EXPECT_EQ(emitted.header().aggregate_id(), "registry/child/" + child);
  EXPECT_EQ(emitted.header().aggregate_version(), 1u) << "what is personal has no number";

  v1::RecordCareCeasedRequest cease;
  cease.set_child_id(child);
  cease.set_ceased_on("2025-09-01");
  EXPECT_EQ(Refused(&Stub::RecordCareCeased, cease), "REASON_REQUIRED");
  cease.set_reason(v1::CARE_CEASED_REASON_SPECIAL_GUARDIANSHIP);
  Done(&Stub::RecordCareCeased, cease);
  const Event ceased =
      AwaitEmitted([](const Event& event) { return event.has_child_ceased_to_be_looked_after(); });
  EXPECT_EQ(ceased.child_ceased_to_be_looked_after().reason(), "special-guardianship");
  EXPECT_FALSE(Child(child).looked_after());
  EXPECT_EQ(Child(child).ceased_on(), "2025-09-01");
}

TEST_F(RegistryPeopleTest, AChildIsEnrolledOnceAndThenMoves) {
  const std::string child = ChildId("C-4");
  v1::EnrolChildRequest enrol;
  enrol.set_child_id(child);
  enrol.set_school_urn(kClosed);
  enrol.set_enrolled_on("2025-09-02");
  EXPECT_EQ(Refused(&Stub::EnrolChild, enrol), "SCHOOL_CLOSED");
  enrol.set_school_urn("999999");
  EXPECT_EQ(Refused(&Stub::EnrolChild, enrol), "UNKNOWN_SCHOOL");
  EXPECT_EQ(refused_.error_code(), grpc::NOT_FOUND);
  enrol.set_school_urn(kNeighbour);
  EXPECT_EQ(Done(&Stub::EnrolChild, enrol).school_authority_code(), "933");
  enrol.set_school_urn(kPrimary);
  EXPECT_EQ(Refused(&Stub::EnrolChild, enrol), "ALREADY_ENROLLED");
  v1::MoveChildToSchoolRequest move;
  move.set_child_id(child);
  move.set_school_urn(kSecondary);
  move.set_moved_on("2025-09-03");
  EXPECT_EQ(Refused(&Stub::MoveChildToSchool, move), "IN_THE_FUTURE");
  MoveClockTo("2025-09-03 09:00");
  const auto moved = Done(&Stub::MoveChildToSchool, move);
  EXPECT_EQ(moved.from_school_urn(), kNeighbour);
  EXPECT_EQ(moved.school_authority_code(), "931");
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_child_moved_school(); });
  EXPECT_EQ(emitted.child_moved_school().from_school_urn(), kNeighbour);
  EXPECT_EQ(emitted.child_moved_school().to_school_urn(), kSecondary);
  EXPECT_EQ(emitted.child_moved_school().to_school_authority_code(), "931");
  EXPECT_EQ(emitted.child_moved_school().moved_on(), "2025-09-03");
  EXPECT_EQ(Child(child).school_urn(), kSecondary);
  EXPECT_EQ(Refused(&Stub::MoveChildToSchool, move), "ALREADY_AT_THIS_SCHOOL");
}

TEST_F(RegistryPeopleTest, StaffAreAppointedAndTheirAppointmentsEnd) {
  const std::string staff = StaffId("DD-1");
  v1::AppointStaffRequest appoint;
  appoint.set_staff_id(staff);
  appoint.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  appoint.mutable_appointment()->set_school_urn(kClosed);
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint), "SCHOOL_CLOSED");
  appoint.mutable_appointment()->set_authority_code("931");
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint), "ROLE_NOT_THERE");
  appoint.mutable_appointment()->clear_authority_code();
  appoint.mutable_appointment()->set_school_urn(kSecondary);
  appoint.mutable_appointment()->set_from_on("yesterday");
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint), "INVALID_FIELD");
  appoint.mutable_appointment()->set_from_on("2025-09-10");
  EXPECT_EQ(Done(&Stub::AppointStaff, appoint).appointments_size(), 2);
  Settle();
  EXPECT_EQ(School(kSecondary).designated_teacher_staff_ids_size(), 0) << "not yet";
  MoveClockTo("2025-09-10 00:00");
  EXPECT_TRUE(
      Eventually([&] { return School(kSecondary).designated_teacher_staff_ids_size() == 1; }));
  const Event emitted = AwaitEmitted([](const Event& event) {
    return event.designated_teacher_appointed().school_urn() == kSecondary;
  });
  EXPECT_EQ(emitted.designated_teacher_appointed().staff_id(), staff);
  EXPECT_EQ(emitted.designated_teacher_appointed().from_on(), "2025-09-10");

  v1::EndAppointmentRequest end;
  end.set_staff_id(staff);
  *end.mutable_appointment() = appoint.appointment();
  end.mutable_appointment()->set_until_on("2025-09-09");
  EXPECT_EQ(Refused(&Stub::EndAppointment, end), "ENDS_BEFORE_IT_BEGINS");
  end.mutable_appointment()->set_until_on("2025-09-30");
  EXPECT_EQ(Done(&Stub::EndAppointment, end).appointments(1).until_on(), "2025-09-30");
  MoveClockTo("2025-09-30 23:59");
  EXPECT_EQ(School(kSecondary).designated_teacher_staff_ids_size(), 1) << "its last day counts";
  MoveClockTo("2025-10-01 00:00");
  const Event ended =
      AwaitEmitted([](const Event& event) { return event.has_appointment_ended(); });
  EXPECT_EQ(ended.appointment_ended().until_on(), "2025-09-30");
  EXPECT_TRUE(
      Eventually([&] { return School(kSecondary).designated_teacher_staff_ids_size() == 0; }));
}

TEST_F(RegistryPeopleTest, StaffAreAppointedForAChildAndListedWithIt) {
  const std::string child = ChildId("C-4");
  const std::string worker = StaffId("SW-1");
  v1::AppointStaffRequest appoint;
  appoint.set_staff_id(worker);
  appoint.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_SOCIAL_WORKER);
  appoint.mutable_appointment()->set_child_id("chd-nobody");
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint), "UNKNOWN_CHILD");
  appoint.mutable_appointment()->set_child_id(child);
  appoint.set_staff_id("stf-nobody");
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint), "NOT_FOUND");
  appoint.set_staff_id(worker);
  Actor neighbour = VirtualSchool();
  neighbour.authority = AuthorityCode("933");
  EXPECT_EQ(Refused(&Stub::AppointStaff, appoint, neighbour), "NOT_FOUND");
  v1::EndAppointmentRequest end;
  end.set_staff_id(worker);
  *end.mutable_appointment() = appoint.appointment();
  EXPECT_EQ(Refused(&Stub::EndAppointment, end), "NO_SUCH_APPOINTMENT");

  appoint.set_request_id("appoint-for-a-child");
  const auto answer = Done(&Stub::AppointStaff, appoint);
  ASSERT_EQ(answer.appointments_size(), 1) << "those for this child";
  EXPECT_EQ(answer.appointments(0).child_id(), child);
  EXPECT_EQ(Done(&Stub::AppointStaff, appoint).SerializeAsString(), answer.SerializeAsString())
      << "a repetition is answered as the first time";
  const Event emitted =
      AwaitEmitted([&](const Event& event) { return event.staff_appointed().child_id() == child; });
  EXPECT_EQ(emitted.staff_appointed().staff_id(), worker);
  EXPECT_EQ(emitted.header().aggregate_version(), 1u);

  v1::ListStaffRequest list;
  list.set_authority_code("931");
  int children = 0;
  const v1::ListStaffResponse page = Done(&Stub::ListStaff, list);
  for (const auto& staff : page.staff()) {
    if (staff.staff_id() != worker) continue;
    EXPECT_EQ(staff.own_id(), "SW-1");
    for (const auto& one : staff.appointments()) children += one.child_id().empty() ? 0 : 1;
  }
  EXPECT_EQ(children, 3) << "C-1 and C-3 from the import, and this one";

  EXPECT_EQ(Refused(&Stub::EndAppointment, end, neighbour), "NOT_FOUND");
  EXPECT_EQ(Done(&Stub::EndAppointment, end).appointments(0).until_on(), "2025-09-01");
  MoveClockTo("2025-09-02 00:00");
  const Event ended = AwaitEmitted(
      [&](const Event& event) { return event.appointment_ended().child_id() == child; });
  EXPECT_EQ(ended.appointment_ended().staff_id(), worker);
}

TEST_F(RegistryPeopleTest, ADesignatedTeacherReachesOnlyChildrenNowAtTheSchool) {
  const Actor primary = DesignatedTeacher(kPrimary);
  const std::string here = ChildId("C-1");
  const std::string elsewhere = ChildId("C-3");
  EXPECT_EQ(Child(here, primary).given_name(), "Amber");
  v1::GetChildRequest get;
  get.set_child_id(elsewhere);
  EXPECT_EQ(Refused(&Stub::GetChild, get, primary), "NOT_FOUND");
  get.set_child_id("chd-nobody");
  EXPECT_EQ(Refused(&Stub::GetChild, get, primary), "NOT_FOUND") << "as one that does not exist";

  v1::ListChildrenRequest list;
  list.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::ListChildren, list, primary).children_size(), 2);
  list.set_school_urn(kSecondary);
  EXPECT_EQ(Done(&Stub::ListChildren, list, primary).children_size(), 0);
  list.clear_school_urn();
  list.set_authority_code("931");
  EXPECT_EQ(Refused(&Stub::ListChildren, list, primary), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "school_urn");

  v1::MoveChildToSchoolRequest move;
  move.set_child_id(here);
  move.set_school_urn(kSecondary);
  move.set_moved_on("2025-09-01");
  EXPECT_EQ(Refused(&Stub::MoveChildToSchool, move, primary), "ROLE_NOT_ALLOWED");
  Done(&Stub::MoveChildToSchool, move);
  get.set_child_id(here);
  EXPECT_EQ(Refused(&Stub::GetChild, get, primary), "NOT_FOUND") << "the child has moved";
  EXPECT_EQ(Child(here, DesignatedTeacher(kSecondary)).school_urn(), kSecondary);
}

TEST_F(RegistryPeopleTest, ThoseWhoWorkedWithAChildReachItForAsLongAfterCareAsTheProfileSays) {
  const std::string child = ChildId("C-1");
  ASSERT_NO_FATAL_FAILURE(ImportAChildOfTheNeighbourAtThePrimary());
  v1::RecordCareCeasedRequest cease;
  cease.set_child_id(child);
  cease.set_ceased_on("2025-09-01");
  cease.set_reason(v1::CARE_CEASED_REASON_RETURNED_HOME);
  Done(&Stub::RecordCareCeased, cease);

  const Actor teacher = DesignatedTeacher(kPrimary);
  v1::ListChildrenRequest list;
  list.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::ListChildren, list, teacher).children_size(), 3) << "of two authorities";
  v1::GetChildRequest get;
  get.set_child_id(child);
  MoveClockTo("2025-12-01 23:59");
  for (const Actor& actor : {teacher, SocialWorker()}) Done(&Stub::GetChild, get, actor);
  MoveClockTo("2025-12-02 00:00");
  for (const Actor& actor : {teacher, SocialWorker()}) {
    EXPECT_EQ(Refused(&Stub::GetChild, get, actor), "NOT_FOUND") << RoleName(actor.role);
  }
  EXPECT_EQ(Done(&Stub::ListChildren, list, teacher).children_size(), 2);
  EXPECT_EQ(Child(child).ceased_on(), "2025-09-01") << "the Virtual School answers for the record";

  const auto adopt = [this](int months) {
    Imported(v1::IMPORT_KIND_POLICY, absl::StrCat(DataFile("oxfordshire-policy.yaml"),
                                                  "\naccess_after_care_months: ", months, "\n"));
  };
  adopt(4);
  Done(&Stub::GetChild, get, teacher);
  adopt(1);
  EXPECT_EQ(Refused(&Stub::GetChild, get, teacher), "NOT_FOUND");
  v1::GetPolicyProfileRequest policy;
  policy.set_authority_code("931");
  EXPECT_EQ(Done(&Stub::GetPolicyProfile, policy).profile().access_after_care_months(), 1);
}

TEST_F(RegistryPeopleTest, AnotherAuthorityReachesNothing) {
  Actor neighbour = VirtualSchool();
  neighbour.authority = AuthorityCode("933");
  v1::GetChildRequest get;
  get.set_child_id(ChildId("C-1"));
  EXPECT_EQ(Refused(&Stub::GetChild, get, neighbour), "NOT_FOUND");
  v1::RecordCareStartedRequest start;
  start.set_child_id(ChildId("C-4"));
  start.set_became_looked_after_on("2025-08-28");
  EXPECT_EQ(Refused(&Stub::RecordCareStarted, start, neighbour), "NOT_FOUND");
  v1::EndAppointmentRequest end;
  end.set_staff_id(StaffId("DT-1"));
  end.mutable_appointment()->set_role(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  end.mutable_appointment()->set_school_urn(kPrimary);
  EXPECT_EQ(Refused(&Stub::EndAppointment, end, neighbour), "NOT_FOUND");
  v1::ListChildrenRequest list;
  list.set_authority_code("931");
  EXPECT_EQ(Done(&Stub::ListChildren, list, neighbour).children_size(), 0);
  v1::ListStaffRequest staff;
  staff.set_authority_code("931");
  EXPECT_EQ(Refused(&Stub::ListStaff, staff, neighbour), "NOT_FOUND");
  // Schools, calendars and policy are no secret.
  v1::GetSchoolRequest school;
  school.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::GetSchool, school, neighbour).school().authority_code(), "931");
}

TEST_F(RegistryPeopleTest, HowManyLookedAfterChildrenASchoolHasIsToldToWhoMayKnowItAlone) {
  // A child of the neighbouring authority is at the primary too; one of ours is at its school.
  ASSERT_NO_FATAL_FAILURE(ImportAChildOfTheNeighbourAtThePrimary());
  v1::MoveChildToSchoolRequest move;
  move.set_child_id(ChildId("C-3"));
  move.set_school_urn(kNeighbour);
  move.set_moved_on("2025-09-01");
  Done(&Stub::MoveChildToSchool, move);
  Settle();

  v1::GetSchoolRequest get;
  v1::ListSchoolsRequest list;
  for (const auto& [actor, may_know] : std::vector<std::pair<Actor, std::set<std::string>>>{
           {VirtualSchool(), {kPrimary, kSecondary, kClosed}},
           {OfAuthority(Role::kAuditor, "931"), {kPrimary, kSecondary, kClosed}},
           {DesignatedTeacher(kPrimary), {kPrimary}},
           {OfAuthority(Role::kVirtualSchool, "933"), {kNeighbour}},
           {SocialWorker(), {}},
           {Finance(), {}},
           {OfAuthority(Role::kIndependentReviewingOfficer, "931"), {}},
           {OfAuthority(Role::kAuditor, ""), {}}}) {
    SCOPED_TRACE(std::string(RoleName(actor.role)) + " of " + actor.authority.text());
    std::set<std::string> told;
    const auto listed = Done(&Stub::ListSchools, list, actor);
    for (const v1::School& school : listed.schools()) {
      get.set_school_urn(school.school_urn());
      EXPECT_EQ(Done(&Stub::GetSchool, get, actor).school().SerializeAsString(),
                school.SerializeAsString());
      EXPECT_FALSE(school.name().empty()) << "the rest is no secret";
      if (school.has_looked_after_children()) told.insert(school.school_urn());
      EXPECT_TRUE(school.has_looked_after_children() ||
                  school.designated_teacher_vacant_since().empty())
          << "a vacancy says that there are children";
    }
    EXPECT_EQ(told, may_know);
  }
  EXPECT_EQ(School(kPrimary).looked_after_children(), 3) << "of both authorities";
  get.set_school_urn(kNeighbour);
  EXPECT_EQ(Done(&Stub::GetSchool, get, OfAuthority(Role::kVirtualSchool, "933"))
                .school()
                .looked_after_children(),
            1);
}

TEST_F(RegistryPeopleTest, ListsComeInPagesAndHoldEachRecordOnce) {
  v1::ListChildrenRequest children;
  children.set_authority_code("931");
  children.set_page_size(3);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = Done(&Stub::ListChildren, children);
    for (const auto& child : page.children()) EXPECT_TRUE(seen.insert(child.child_id()).second);
    children.set_page_token(page.next_page_token());
    ++pages;
  } while (!children.page_token().empty());
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_EQ(pages, 2);
  v1::ListStaffRequest staff;
  staff.set_authority_code("931");
  staff.set_page_size(5);
  const auto page = Done(&Stub::ListStaff, staff);
  EXPECT_EQ(page.staff_size(), 5);
  staff.set_page_token(page.next_page_token());
  EXPECT_EQ(Done(&Stub::ListStaff, staff).staff_size(), 3);
  v1::ListSchoolsRequest schools;
  schools.set_page_size(1001);
  EXPECT_EQ(Refused(&Stub::ListSchools, schools), "INVALID_FIELD");
  schools.set_page_size(0);
  EXPECT_EQ(Done(&Stub::ListSchools, schools).schools_size(), 4);
  schools.set_page_token("nonsense");
  Refused(&Stub::ListSchools, schools);
  EXPECT_EQ(FieldOf(refused_), "page_token");
}

}  // namespace
}  // namespace pepline::registry
