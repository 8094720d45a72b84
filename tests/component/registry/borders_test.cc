// Two authorities and schools with children of both: what one of them imports changes nothing of
// the other's, and what both share is an operator's.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kCalendarHeader[] = "school_urn,kind,first_day,last_day\n";

// 931 looks after C-1 and C-2 at its primary, C-3 at its secondary and C-9 at the school of 933;
// 933 looks after N-1 at its own school, N-2 at 931's primary and N-3 at 931's secondary. 931 has a
// Designated Teacher at its primary alone, 933 has none.
class BordersTest : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Begin());
    ASSERT_NO_FATAL_FAILURE(ImportEverything());
    Imported(v1::IMPORT_KIND_CHILDREN,
             absl::StrCat(kChildrenHeader,
                          "C-9,Ines,Test-Ivy,2012-05-03,,no,2024-02-06,,,123004,2023-09-04,,,\n"));
    ImportedBy("933", v1::IMPORT_KIND_CHILDREN,
               absl::StrCat(kChildrenHeader,
                            "N-1,Nia,Test-Nettle,2012-05-03,,no,2024-02-06,,,123004,2023-09-04,,,\n"
                            "N-2,Noor,Test-Nut,2012-06-03,,no,2024-02-06,,,123001,2023-09-04,,,\n"
                            "N-3,Nils,Test-Nard,2010-06-03,,no,2024-02-06,,,123002,2023-09-04,,,"
                            "\n"));
  }

  static Actor VirtualSchoolOf(const std::string& authority) {
    return OfAuthority(Role::kVirtualSchool, authority);
  }
  v1::ImportOptions OptionsOf(const std::string& authority, v1::ImportKind kind) {
    v1::ImportOptions options = Options(kind);
    options.set_authority_code(authority);
    return options;
  }
  v1::ImportResponse ImportBy(const std::string& authority, v1::ImportKind kind,
                              const std::string& bytes) {
    v1::ImportResponse response;
    const grpc::Status status =
        TryImport(OptionsOf(authority, kind), bytes, response, VirtualSchoolOf(authority));
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  v1::ImportResponse ImportedBy(const std::string& authority, v1::ImportKind kind,
                                const std::string& bytes) {
    v1::ImportResponse response = ImportBy(authority, kind, bytes);
    EXPECT_EQ(response.total_errors(), 0) << response.DebugString();
    return response;
  }
  // As the service that sends mail asks about a child.
  std::vector<std::string> TeachersOf(const std::string& authority, const std::string& own_id) {
    v1::ListChildrenRequest list;
    list.set_authority_code(authority);
    v1::LookUpContactsRequest request;
    request.set_authority_code(authority);
    request.add_roles(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
    const auto children = Done(&Stub::ListChildren, list, VirtualSchoolOf(authority));
    for (const auto& child : children.children()) {
      if (child.own_id() == own_id) request.set_child_id(child.child_id());
    }
    EXPECT_FALSE(request.child_id().empty()) << own_id;
    return Emails(request);
  }
  std::vector<std::string> TeachersAt(const std::string& authority, const std::string& urn) {
    v1::LookUpContactsRequest request;
    request.set_authority_code(authority);
    request.set_school_urn(urn);
    request.add_roles(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
    return Emails(request);
  }

 private:
  std::vector<std::string> Emails(const v1::LookUpContactsRequest& request) {
    std::vector<std::string> emails;
    const auto answer = Done(&Stub::LookUpContacts, request, PeplineService());
    for (const auto& contact : answer.contacts()) emails.push_back(contact.email());
    return emails;
  }
};

TEST_F(BordersTest, NoVirtualSchoolClosesOrTakesOverASchoolOrMovesBankHolidays) {
  const std::string closed =
      absl::StrReplaceAll(Schools(), {{"Primary School,1,2,", "Primary School,2,2,31-08-2025"}});
  const std::string taken = absl::StrReplaceAll(Schools(), {{"123001,931", "123001,933"}});
  const std::string holidays =
      R"({"division": "england-and-wales", "events": [{"date": "2025-11-05"}]})";
  v1::ImportResponse response;
  for (const std::string authority : {"931", "933"}) {
    for (const auto& [kind, bytes] : std::vector<std::pair<v1::ImportKind, std::string>>{
             {v1::IMPORT_KIND_SCHOOLS, closed},
             {v1::IMPORT_KIND_SCHOOLS, taken},
             {v1::IMPORT_KIND_BANK_HOLIDAYS, holidays}}) {
      grpc::Status status =
          TryImport(OptionsOf(authority, kind), bytes, response, VirtualSchoolOf(authority));
      EXPECT_EQ(FieldOf(status), "authority_code");
      status = TryImport(Options(kind), bytes, response, VirtualSchoolOf(authority));
      EXPECT_EQ(ReasonOf(status), "ROLE_NOT_ALLOWED");
      EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED);
      EXPECT_THAT(status.error_message(), HasSubstr("the role operator imports"));
    }
  }
  EXPECT_EQ(School(kPrimary).closed_on(), "");
  EXPECT_EQ(School(kPrimary).authority_code(), "931");
  v1::GetSchoolCalendarRequest request;
  request.set_school_urn(kPrimary);
  EXPECT_THAT(Done(&Stub::GetSchoolCalendar, request).bank_holidays(),
              testing::Contains("2025-12-25"));
}

TEST_F(BordersTest, AnOperatorImportsNothingOfAnAuthority) {
  v1::ImportResponse response;
  for (const auto& [kind, bytes] : std::vector<std::pair<v1::ImportKind, std::string>>{
           {v1::IMPORT_KIND_TERM_DATES, DataFile("oxfordshire-term-dates.csv")},
           {v1::IMPORT_KIND_SCHOOL_CALENDARS, std::string(kCalendarHeader) + "123001,none,,\n"},
           {v1::IMPORT_KIND_STAFF, Staff()},
           {v1::IMPORT_KIND_CHILDREN, Children()},
           {v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml")}}) {
    for (const Actor& actor : {Operator(), OfAuthority(Role::kOperator, "931")}) {
      const grpc::Status status = TryImport(Options(kind), bytes, response, actor);
      EXPECT_EQ(ReasonOf(status), "ROLE_NOT_ALLOWED") << v1::ImportKind_Name(kind);
    }
  }
}

TEST_F(BordersTest, TheCalendarOfAnotherAuthoritysSchoolIsRefusedByRow) {
  const std::string header = kCalendarHeader;
  const std::string ours = "123001,inset,2025-10-24,\n";
  const std::string theirs = "123004,inset,2025-10-23,\n";
  const v1::ImportResponse refused =
      ImportBy("931", v1::IMPORT_KIND_SCHOOL_CALENDARS, header + ours + theirs);
  ASSERT_EQ(refused.errors_size(), 1) << refused.DebugString();
  EXPECT_EQ(refused.errors(0).row(), 3);
  EXPECT_EQ(refused.errors(0).column(), "school_urn");
  EXPECT_THAT(refused.errors(0).message(), HasSubstr("another authority's"));
  EXPECT_TRUE(refused.nothing_written());
  ImportedBy("933", v1::IMPORT_KIND_SCHOOL_CALENDARS, header + theirs);
  const v1::ImportResponse both =
      ImportedBy("931", v1::IMPORT_KIND_SCHOOL_CALENDARS, header + ours + theirs);
  EXPECT_EQ(both.created(), 1);
  EXPECT_EQ(both.unchanged(), 1) << "their row repeats what is known";
}

TEST_F(BordersTest,
       AVacancyAtASchoolWhoseAuthorityHasNoProfileIsToldToWhoeverLooksAfterAChildThere) {
  // C-9 of 931 is at the school of 933, which has no profile.
  const auto of_neighbour = [](const auto& vacancy) { return vacancy.school_urn() == kNeighbour; };
  const Event began = AwaitEmitted(
      [&](const Event& event) { return of_neighbour(event.designated_teacher_vacancy_began()); });
  EXPECT_TRUE(began.designated_teacher_vacancy_began().of_caring_authority());
  EXPECT_EQ(began.designated_teacher_vacancy_began().authority_code(), "931");
  EXPECT_EQ(began.designated_teacher_vacancy_began().since_on(), "2025-09-01");
  EXPECT_GT(began.designated_teacher_vacancy_began().levels_size(), 0);
  ImportedBy("931", v1::IMPORT_KIND_STAFF,
             absl::StrCat(kStaffHeader,
                          "X-1,Xan Sample,xan@border.example,designated-teacher,123004,,,"
                          "2024-09-01,\n"));
  const Event ended = AwaitEmitted(
      [&](const Event& event) { return of_neighbour(event.designated_teacher_vacancy_ended()); });
  EXPECT_TRUE(ended.designated_teacher_vacancy_ended().appointed());
  EXPECT_EQ(ended.designated_teacher_vacancy_ended().authority_code(), "931");
}

TEST_F(BordersTest, ADesignatedTeacherNamedByAnotherAuthorityGetsNoMailOfItsChildren) {
  EXPECT_THAT(TeachersOf("931", "C-1"), ElementsAre("petra@meadow.example"));
  ImportedBy("933", v1::IMPORT_KIND_STAFF,
             absl::StrCat(kStaffHeader,
                          "X-1,Xan Sample,xan@elsewhere.example,designated-teacher,123001,,,"
                          "2024-09-01,\n"
                          "X-1,Xan Sample,xan@elsewhere.example,designated-teacher,123002,,,"
                          "2024-09-01,\n"));
  Settle();
  EXPECT_THAT(TeachersOf("931", "C-1"), ElementsAre("petra@meadow.example"));
  EXPECT_THAT(TeachersOf("931", "C-3"), IsEmpty());
  EXPECT_THAT(TeachersAt("931", kSecondary), IsEmpty());
  EXPECT_EQ(School(kSecondary).designated_teacher_staff_ids_size(), 0);
  EXPECT_EQ(School(kSecondary).designated_teacher_vacant_since(), "2025-09-01")
      << "the vacancy goes on";
  EXPECT_EQ(School(kPrimary).designated_teacher_staff_ids_size(), 1);
  // Its own children are its own business, where the school's authority has nobody.
  EXPECT_THAT(TeachersOf("933", "N-2"), ElementsAre("petra@meadow.example"));
  EXPECT_THAT(TeachersOf("933", "N-3"), ElementsAre("xan@elsewhere.example"));
}

TEST_F(BordersTest, TheContactAtASchoolElsewhereIsOnesOwnUntilTheSchoolsAuthorityHasOne) {
  ImportedBy("931", v1::IMPORT_KIND_STAFF,
             absl::StrCat(kStaffHeader,
                          "DT-9,Kit Sample,kit@border.example,designated-teacher,123004,,,"
                          "2024-09-01,\n"));
  EXPECT_THAT(TeachersOf("931", "C-9"), ElementsAre("kit@border.example"));
  EXPECT_THAT(TeachersOf("933", "N-1"), IsEmpty());
  ImportedBy("933", v1::IMPORT_KIND_STAFF,
             absl::StrCat(kStaffHeader,
                          "T-1,Kit Sample,k.sample@border.example,designated-teacher,123004,,,"
                          "2024-09-01,\n"));
  EXPECT_THAT(TeachersOf("931", "C-9"), ElementsAre("k.sample@border.example")) << "one mail";
  EXPECT_THAT(TeachersOf("933", "N-1"), ElementsAre("k.sample@border.example"));
}

}  // namespace
}  // namespace pepline::registry
