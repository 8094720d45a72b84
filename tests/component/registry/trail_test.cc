// The audit trail of reads, on the real service.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/component/registry/registry_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::registry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RegistryTrailTest : public RegistryTest {
 protected:
  std::vector<std::string> Trail() {
    std::vector<std::string> lines;
    const auto log = ReadFile(service_->process().log_file());
    EXPECT_TRUE(log.ok());
    for (const absl::string_view line : absl::StrSplit(log.value_or(""), '\n')) {
      if (absl::StrContains(line, R"("audit":"personal-data-read")")) lines.emplace_back(line);
    }
    return lines;
  }
  std::string Last() {
    const std::vector<std::string> trail = Trail();
    return trail.empty() ? "" : trail.back();
  }
};

TEST_F(RegistryTrailTest, EveryReadOfAPersonIsOnItAndNobodysDataAre) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  v1::GetChildRequest get;
  get.set_child_id(ChildId("C-1"));
  const std::string of_child = absl::StrCat(R"("aggregate_id":")", get.child_id(), "\"");
  const std::size_t before = Trail().size();
  EXPECT_EQ(Done(&Stub::GetChild, get).child().family_name(), "Test-Alder");
  EXPECT_THAT(Last(), AllOf(HasSubstr(of_child), HasSubstr(R"("outcome":"answered")"),
                            HasSubstr(R"("role":"virtual-school")"),
                            HasSubstr(absl::StrCat(R"("subject":")", VirtualSchool().subject))));
  EXPECT_EQ(Refused(&Stub::GetChild, get, OfAuthority(Role::kAuditor, "933")), "NOT_FOUND");
  EXPECT_THAT(Last(), AllOf(HasSubstr(of_child), HasSubstr(R"("outcome":"denied")")));
  EXPECT_EQ(Refused(&Stub::GetChild, get, Finance()), "ROLE_NOT_ALLOWED");
  EXPECT_THAT(Last(), HasSubstr(R"("outcome":"denied")"));
  get.set_child_id("chd-00000000000000000000");
  EXPECT_EQ(Refused(&Stub::GetChild, get), "NOT_FOUND");
  EXPECT_THAT(Last(), HasSubstr(R"("outcome":"not-found")"));
  get.set_child_id("Amber Test-Alder");
  EXPECT_EQ(Refused(&Stub::GetChild, get), "NOT_FOUND");
  v1::ListChildrenRequest list;
  list.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::ListChildren, list).children_size(), 2);
  EXPECT_THAT(Last(), AllOf(HasSubstr(R"("count":"2")"), HasSubstr(R"("school":"123001")")));
  v1::ListStaffRequest staff;
  staff.set_authority_code("931");
  EXPECT_GT(Done(&Stub::ListStaff, staff).staff_size(), 0);
  v1::GetSchoolRequest school;  // says how many looked-after children are there
  school.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::GetSchool, school).school().looked_after_children(), 2);
  EXPECT_THAT(Last(), AllOf(HasSubstr("RegistryService/GetSchool\""),
                            HasSubstr(R"("school":"123001")"), HasSubstr(R"("count":"1")")));
  EXPECT_EQ(Done(&Stub::ListSchools, {}).schools_size(), 4);
  EXPECT_THAT(Last(), AllOf(HasSubstr("ListSchools"), HasSubstr(R"("count":"4")")));
  v1::GetSchoolCalendarRequest calendar;  // no secret, not on the trail
  calendar.set_school_urn(kPrimary);
  EXPECT_EQ(Done(&Stub::GetSchoolCalendar, calendar).school_urn(), kPrimary);
  EXPECT_EQ(Trail().size(), before + 9);
  EXPECT_EQ(service_->Metric("pepline_personal_data_reads_total{outcome=\"denied\"}"), 2);
  EXPECT_EQ(service_->Metric("pepline_personal_data_reads_total{outcome=\"not-found\"}"), 2);
  for (const std::string& line : Trail()) {
    for (const char* personal :
         {"Amber", "Alder", "Petra", "meadow.example", "T931000020001", "2015-05-03", "C-1"}) {
      EXPECT_THAT(line, Not(HasSubstr(personal)));
    }
  }
}

}  // namespace
}  // namespace pepline::registry
