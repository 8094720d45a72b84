// What people in one role at one school cost, and how many there may be.
#include <gmock/gmock.h>

#include "tests/unit/registry/importing.h"

namespace pepline::registry {
namespace {

using testing::HasSubstr;

constexpr char kUrn[] = "200000";
constexpr char kStaffHeader[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";

class RoleBoundTest : public testing::Test {
 protected:
  void SetUp() override { importing_.Run(v1::IMPORT_KIND_SCHOOLS, ManySchools(2)); }

  // Rows of "DT-<from>" to "DT-<from + count - 1>", a person each.
  static std::string Teachers(int from, int count, const std::string& until_on = "") {
    std::string rows;
    for (int i = from; i < from + count; ++i) {
      absl::StrAppend(&rows, "DT-", i, ",Petra Sample,p", i, "@school.example,designated-teacher,",
                      kUrn, ",,,2024-09-01,", until_on, "\n");
    }
    return rows;
  }
  v1::ImportResponse Import(const std::string& rows, const std::string& authority = "931") {
    v1::ImportOptions options = importing_.Options(v1::IMPORT_KIND_STAFF);
    options.set_authority_code(authority);
    auto response = importing_.importer.Run(importing_.JobOf(options, kStaffHeader + rows));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportResponse());
  }
  std::size_t PeopleOnRecord(const std::string& authority = "931") {
    const Post post{StaffRole::kDesignatedTeacher, SchoolUrn(kUrn), {}, {}};
    auto people = importing_.facts.PeopleIn(post, AuthorityCode(authority));
    EXPECT_TRUE(people.ok()) << people.status();
    return people.ok() ? people->size() : 0;
  }
  // Bytes of records that the school reads when an appointment there wakes it.
  std::size_t ReadWhenWoken() {
    const std::size_t before = importing_.store.bytes_read;
    EXPECT_TRUE(HandleItem<SchoolCodec>(importing_.engine, importing_.facts,
                                        {kUrn, {{0, {SchoolCommand(Wake{})}}}}, "")
                    .ok());
    return importing_.store.bytes_read - before;
  }

  Importing importing_;
};

// Each appointment wakes the school, which reads all of them: many cost the square of their number.
TEST_F(RoleBoundTest, TheNextAppointmentAtASchoolCostsNoMoreThanOneAtAFullOne) {
  EXPECT_EQ(Import(Teachers(0, kMostInOneRole)).created(), kMostInOneRole);
  ReadWhenWoken();  // catches up
  const std::size_t when_full = ReadWhenWoken();
  for (int from = 100; from < 500; from += 100) {
    EXPECT_EQ(Import(Teachers(from, 100)).total_errors(), 100);
  }
  ReadWhenWoken();
  EXPECT_EQ(ReadWhenWoken(), when_full);
  EXPECT_EQ(PeopleOnRecord(), 20u);
}

TEST_F(RoleBoundTest, AFileWithTooManyInOneRoleIsRefusedByRowAndNothingOfItIsWritten) {
  const v1::ImportResponse response = Import(Teachers(0, 23));
  ASSERT_EQ(response.total_errors(), 3);
  EXPECT_EQ(response.errors(0).row(), 22);
  EXPECT_EQ(response.errors(0).column(), "role");
  EXPECT_THAT(response.errors(0).message(), HasSubstr("more than 20 people"));
  EXPECT_EQ(PeopleOnRecord(), 0u);
}

TEST_F(RoleBoundTest, WhoIsOnRecordCountsTogetherWithTheFile) {
  EXPECT_EQ(Import(Teachers(0, 15)).created(), 15);
  const v1::ImportResponse both = Import(Teachers(10, 12));  // five of them are known
  ASSERT_EQ(both.total_errors(), 2);
  EXPECT_EQ(both.errors(0).row(), 12);
  EXPECT_EQ(PeopleOnRecord(), 15u);
  EXPECT_EQ(Import(Teachers(10, 10)).created(), 5);
  const v1::ImportResponse one_more = Import(Teachers(20, 1));
  ASSERT_EQ(one_more.total_errors(), 1);
  EXPECT_EQ(one_more.errors(0).column(), "role");
  EXPECT_THAT(one_more.errors(0).message(), HasSubstr("20 people are on record in this role"));
  EXPECT_EQ(Import(Teachers(0, 20)).unchanged(), 20) << "the same again changes nothing";
}

TEST_F(RoleBoundTest, WhoLeavesMakesRoomAndThePastTakesNone) {
  EXPECT_EQ(Import(Teachers(0, 20)).created(), 20);
  EXPECT_EQ(Import(Teachers(100, 50, "2025-07-31")).created(), 50) << "they left long ago";
  EXPECT_EQ(Import(Teachers(0, 1, "2025-08-31")).changed(), 1);
  EXPECT_EQ(Import(Teachers(20, 1)).created(), 1);
  EXPECT_EQ(PeopleOnRecord(), 20u);
}

// Whoever is told of a child without a caseworker of its own is looked up among all of them.
TEST_F(RoleBoundTest, ARoleAtAnAuthorityHasTwoThousandPeopleAtMost) {
  const auto workers = [](int from, int count) {
    std::string rows;
    for (int i = from; i < from + count; ++i) {
      absl::StrAppend(&rows, "SW-", i, ",Sam Sample,s", i,
                      "@council.example,social-worker,,931,,2024-09-01,\n");
    }
    return rows;
  };
  const v1::ImportResponse too_many = Import(workers(0, 2001));
  ASSERT_EQ(too_many.total_errors(), 1);
  EXPECT_EQ(too_many.errors(0).row(), 2002);
  EXPECT_EQ(too_many.errors(0).column(), "role");
  EXPECT_THAT(too_many.errors(0).message(), HasSubstr("more than 2000 people"));
  EXPECT_EQ(Import(workers(0, 2000)).created(), 2000);
  const v1::ImportResponse one_more = Import(workers(2000, 1));
  ASSERT_EQ(one_more.total_errors(), 1);
  EXPECT_EQ(one_more.errors(0).column(), "role");
  EXPECT_THAT(one_more.errors(0).message(), HasSubstr("2,000 people are on record in this role"));
  EXPECT_EQ(Import(workers(0, 2000)).unchanged(), 2000);
}

// An authority that looks after a child writes down whom it knows at the child's school.
TEST_F(RoleBoundTest, OneAuthoritysPeopleTakeNoPlaceOfAnothers) {
  EXPECT_EQ(Import(Teachers(0, 20)).created(), 20);
  EXPECT_EQ(Import(Teachers(0, 20), "933").created(), 20);
  EXPECT_EQ(Import(Teachers(20, 1), "933").total_errors(), 1);
  EXPECT_EQ(PeopleOnRecord("933"), 20u);
}

}  // namespace
}  // namespace pepline::registry
