// What the posts of one person cost, and how many there may be.
#include <gmock/gmock.h>

#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "tests/unit/registry/importing.h"

namespace pepline::registry {
namespace {

using testing::HasSubstr;

constexpr char kStaffHeader[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";

class PersonBoundTest : public testing::Test {
 protected:
  void SetUp() override { importing_.Run(v1::IMPORT_KIND_SCHOOLS, ManySchools(kMostSchools + 1)); }

  static std::string Row(int school, const std::string& days) {
    return absl::StrCat("DT-1,Petra Sample,petra@trust.example,designated-teacher,",
                        200000 + school, ",,,", days, "\n");
  }
  // `count` appointments at one school that are over, a day each.
  static std::string Past(int from, int count) {
    std::string rows;
    for (int i = from; i < from + count; ++i) {
      const std::string day = FormatDate(absl::CivilDay(2020, 1, 1) + i);
      absl::StrAppend(&rows, Row(0, absl::StrCat(day, ",", day)));
    }
    return rows;
  }
  v1::ImportResponse Import(const std::string& rows) {
    auto response = importing_.importer.Run(
        importing_.JobOf(importing_.Options(v1::IMPORT_KIND_STAFF), kStaffHeader + rows));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportResponse());
  }
  StaffState Petra() {
    auto petra = importing_.facts.Find<StaffCodec>(
        importing_.ids.OfStaff(AuthorityCode("931"), "DT-1").text());
    EXPECT_TRUE(petra.ok()) << petra.status();
    return petra.value_or(StaffState());
  }
  // Puts appointments that are over beside those of the person, without a commit for each.
  void FillUpTo(int count) {
    StaffState petra = Petra();
    const Post post = petra.appointments.front().post;
    while (static_cast<int>(petra.appointments.size()) < count) {
      const absl::CivilDay day =
          absl::CivilDay(2020, 1, 1) + static_cast<int>(petra.appointments.size());
      petra.appointments.push_back({post, day, day, true, true});
    }
    const Target target = TargetOf<StaffCodec>(petra.details.staff.text());
    const int partition = PartitionOf(target.routing_id, importing_.memory.partitions());
    const auto loaded = importing_.memory.Load(partition, target.keys, "");
    ASSERT_TRUE(loaded.ok() && loaded->records.front());
    const auto& stored = *loaded->records.front();
    runtime::v1::AggregateRecord record;
    ASSERT_TRUE(record.ParseFromString(stored.bytes));
    record.set_state(StaffCodec::Encode(petra).front());
    Commit commit;
    commit.partition = partition;
    commit.writes = {{target.keys.front(), stored.revision, record.SerializeAsString()}};
    ASSERT_TRUE(importing_.memory.Apply(commit).ok());
  }

  Importing importing_;
};

TEST_F(PersonBoundTest, APersonAtMoreThanTwoHundredSchoolsIsRefusedByRowAndNothingIsWritten) {
  std::string rows;
  for (int i = 0; i <= kMostSchools; ++i) rows += Row(i, "2024-09-01,");
  const v1::ImportResponse response = Import(rows);
  ASSERT_EQ(response.total_errors(), 1);
  EXPECT_EQ(response.errors(0).row(), kMostSchools + 2);
  EXPECT_EQ(response.errors(0).column(), "school_urn");
  EXPECT_THAT(response.errors(0).message(), HasSubstr("posts at 200 schools"));
  EXPECT_EQ(Petra(), StaffState());
}

// Each appointment writes the person's record again: many cost the square of their number.
TEST_F(PersonBoundTest, AnAppointmentCostsNoMoreThanTheThousandthDoes) {
  EXPECT_EQ(Import(Past(0, 1)).created(), 1);
  ASSERT_NO_FATAL_FAILURE(FillUpTo(kMostAppointments - 1));
  const std::size_t before = importing_.store.bytes_written;
  EXPECT_EQ(Import(Past(kMostAppointments - 1, 1)).changed(), 1);
  const std::size_t last = importing_.store.bytes_written - before;
  EXPECT_GT(last, 40u * kMostAppointments) << "the whole record";
  const v1::ImportResponse refused = Import(Past(kMostAppointments, 300));
  EXPECT_EQ(refused.total_errors(), 300);
  EXPECT_EQ(refused.errors(0).row(), 2);
  EXPECT_EQ(refused.errors(0).column(), "own_id");
  EXPECT_THAT(refused.errors(0).message(), HasSubstr("1,000 appointments of this person"));
  EXPECT_EQ(importing_.store.bytes_written - before, last) << "what is refused writes nothing";
  EXPECT_EQ(Import(Past(kMostAppointments - 100, 100)).unchanged(), 100);
}

// A record of Kafka has 1 MB unless a broker is set to more, and a record of Redis should be no
// larger than what one of Kafka may be.
TEST_F(PersonBoundTest, TheLargestRecordOfAPersonIsFarBelowAMegabyte) {
  StaffState person;
  const std::string longest(800, 'x');  // 200 characters of four bytes
  person.details = {StaffId("stf-" + std::string(20, 'x')), AuthorityCode("931"), longest, longest,
                    longest};
  person.child = ChildId("chd-" + std::string(20, 'x'));
  const Post post{StaffRole::kIndependentReviewingOfficer, {}, {}, person.child};
  const absl::CivilDay first(2020, 1, 1);
  for (int i = 0; i < kMostAppointments; ++i) {
    person.appointments.push_back({post, first + i, first + i, true, true});
  }
  EXPECT_LT(StaffCodec::Encode(person).front().size(), 100'000u);
}

}  // namespace
}  // namespace pepline::registry
