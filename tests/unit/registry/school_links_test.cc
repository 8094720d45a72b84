// The register's links from closed schools to those that go on with them, through the importer:
// posts and children follow, and a broken-off import is finished by repeating it.
#include "tests/unit/registry/importing.h"

namespace pepline::registry {
namespace {

using testing::SizeIs;

constexpr char kHeader[] = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n";

class SchoolLinksTest : public testing::Test {
 protected:
  // Schools 200000 to 200004, of which a teacher and a child are at the first.
  void SetUp() override {
    importing_.Run(v1::IMPORT_KIND_SCHOOLS, ManySchools(5));
    importing_.Run(v1::IMPORT_KIND_STAFF,
                   "own_id,name,email,role,school_urn,from_on\n"
                   "DT-1,Petra Sample,petra@meadow.example,designated-teacher,200000,2020-09-01\n"
                   "DT-1,Petra Sample,petra@meadow.example,school-office,200000,2020-09-01\n");
    importing_.Run(v1::IMPORT_KIND_CHILDREN, kChildren);
  }
  // These have closed on 31 August 2025.
  void Close(const std::set<int>& closed) {
    std::string file = kSchoolsHeader;
    for (int i = 0; i < 5; ++i) {
      const bool over = closed.contains(i);
      absl::StrAppend(&file, 200000 + i, ",931,Test School ", i, over ? ",2" : ",1", ",2,",
                      over ? "31-08-2025" : "", "\n");
    }
    importing_.Run(v1::IMPORT_KIND_SCHOOLS, file);
  }
  v1::ImportResponse Links(const std::string& rows) {
    return importing_.Run(v1::IMPORT_KIND_SCHOOL_LINKS, kHeader + rows);
  }
  ChildState Child() {
    return *importing_.facts.Find<ChildCodec>(
        importing_.ids.OfChild(AuthorityCode("931"), "C-1").text());
  }
  StaffState Teacher() {
    return *importing_.facts.Find<StaffCodec>(
        importing_.ids.OfStaff(AuthorityCode("931"), "DT-1").text());
  }

  static constexpr char kChildren[] =
      "own_id,given_name,family_name,date_of_birth,location_restricted,became_looked_after_on,"
      "school_urn,enrolled_on\n"
      "C-1,Amber,Test-Alder,2013-05-03,no,2025-02-03,200000,2023-09-04\n";
  Importing importing_;
};

TEST_F(SchoolLinksTest, CarryChildrenAndPostsToTheSuccessor) {
  Close({0});
  const v1::ImportResponse response = Links(
      "200000,200001,Test School 1,Successor,01-09-2025\n"
      "200001,200000,Test School 0,Predecessor,01-09-2025\n");
  EXPECT_EQ(response.rows(), 2);
  EXPECT_EQ(response.changed(), 1);
  EXPECT_EQ(response.unchanged(), 1);
  EXPECT_EQ(Child().enrolment->school, SchoolUrn("200001"));
  EXPECT_EQ(Child().enrolment->enrolled_on, absl::CivilDay(2023, 9, 4));
  const auto role_at = [&](StaffRole role, const char* urn) {
    return Teacher().IsIn({role, SchoolUrn(urn), {}, {}});
  };
  for (StaffRole role : {StaffRole::kDesignatedTeacher, StaffRole::kSchoolOffice}) {
    EXPECT_TRUE(role_at(role, "200001"));
    EXPECT_FALSE(role_at(role, "200000"));
  }
  EXPECT_EQ((*importing_.facts.Find<SchoolCodec>("200000")).successor->school, SchoolUrn("200001"));
  EXPECT_EQ(Links("200000,200001,,Successor,01-09-2025\n").changed(), 0);
  // The council's file has the old number still.
  EXPECT_EQ(importing_.Run(v1::IMPORT_KIND_CHILDREN, kChildren).unchanged(), 1);
}

TEST_F(SchoolLinksTest, GoThroughSeveralSuccessorsToTheOneThatIsOpen) {
  Close({0, 1});
  Links("200000,200001,,Successor,01-09-2024\n200001,200002,,Successor - merged,01-09-2025\n");
  EXPECT_EQ(Child().enrolment->school, SchoolUrn("200002"));
}

TEST_F(SchoolLinksTest, OfSchoolsThatBecameOneAllLeadThere) {
  Close({0, 3, 4});
  const v1::ImportResponse merged = Links(
      "200003,200001,,Successor - amalgamated,01-09-2025\n"
      "200000,200001,,Successor - amalgamated,01-09-2025\n"
      "200004,200001,,Successor - amalgamated,01-09-2025\n");
  EXPECT_EQ(merged.changed(), 3);
  EXPECT_EQ(merged.total_notes(), 0);
  EXPECT_EQ(Child().enrolment->school, SchoolUrn("200001"));
}

TEST_F(SchoolLinksTest, OfASchoolThatWasSplitOrLeadsNowhereAreNotedWhereSomebodyIsThere) {
  Close({0, 3});
  const v1::ImportResponse split = Links(
      "200000,200001,,Successor - Split School,01-09-2025\n"
      "200000,200002,,Successor - Split School,01-09-2025\n"
      "200003,200001,,Successor - Split School,01-09-2025\n"
      "200003,200002,,Successor - Split School,01-09-2025\n");
  EXPECT_EQ(split.changed(), 0);
  ASSERT_THAT(split.notes(), SizeIs(1)) << "nobody is at 200003";
  EXPECT_EQ(split.notes(0).row(), 2);
  EXPECT_EQ(split.notes(0).column(), "LinkURN");
  EXPECT_THAT(Links("200000,299999,,Successor,01-09-2025\n").notes(), SizeIs(1));
  EXPECT_THAT(Links("200000,200003,,Successor,\n200003,200000,,Successor,\n").notes(), SizeIs(1))
      << "a ring";
  EXPECT_EQ(Child().enrolment->school, SchoolUrn("200000"));
}

TEST_F(SchoolLinksTest, OfASchoolThatIsOpenOrOfADayAheadWait) {
  EXPECT_EQ(Links("200000,200001,,Successor,01-09-2025\n").changed(), 0);
  Close({0});
  EXPECT_EQ(Links("200000,200001,,Successor,02-09-2025\n").changed(), 0);
  EXPECT_EQ(Links("299998,200001,,Successor,01-09-2025\n").changed(), 0);
  EXPECT_EQ(Child().enrolment->school, SchoolUrn("200000"));
}

TEST_F(SchoolLinksTest, BrokenOffAnywhereAreFinishedByTheNextImport) {
  Close({0});
  const std::string file = absl::StrCat(kHeader, "200000,200001,,Successor,01-09-2025\n");
  for (int stop_at = 1; Child().enrolment->school != SchoolUrn("200001"); ++stop_at) {
    ASSERT_LT(stop_at, 1000);
    Importer::Job job = importing_.JobOf(importing_.Options(v1::IMPORT_KIND_SCHOOL_LINKS), file);
    std::atomic<int> asked = 0;
    job.given_up = [&asked, stop_at] { return ++asked > stop_at; };
    (void)importing_.importer.Run(std::move(job));
  }
  Links("200000,200001,,Successor,01-09-2025\n");
  EXPECT_TRUE(Teacher().IsIn({StaffRole::kDesignatedTeacher, SchoolUrn("200001"), {}, {}}));
  EXPECT_TRUE((*importing_.facts.Find<SchoolCodec>("200000")).successor.has_value());
}

}  // namespace
}  // namespace pepline::registry
