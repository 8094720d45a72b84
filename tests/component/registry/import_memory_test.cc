// What the largest allowed file of each kind costs: the process stays far below the memory of its
// pod.
// Measured is the peak of the process's resident set (VmHWM), which the kernel keeps; the stack's
// Redis and broker are processes of their own. Where the machine lets us, the service runs in a
// cgroup with the memory of its pod besides, and nothing of it may be killed. The file, its rows
// and what they would do are all in memory when it has been checked, and carrying them out adds the
// row at hand; so the register, by far the largest, is carried out whole, and people, whose rows
// take several commits each, are previewed.
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/bounds.h"
#include "tests/component/registry/registry_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::registry {
namespace {

// kMostInOneRole of services/registry/domain/staff.h, whose struct Staff and the fixture's function
// of that name do not go together.
constexpr int kInOneRole = 20;
// The most that any of these files took when it was last measured, and a third of that above it. A
// register that is whole in memory before it is read takes more.
constexpr int kMeasuredMebibytes = 134;
constexpr int kMostMebibytes = kMeasuredMebibytes * 4 / 3;
static_assert(kMostMebibytes < kPodsMebibytes);
constexpr int kRowsOfASchool = 10;  // of its calendar

class RegistryImportMemoryTest : public RegistryTest {
 protected:
  void SetUp() override {
    if (!kMemoryIsTheProgramsOwn) GTEST_SKIP() << "a sanitizer's memory is not the program's";
    RunInPod();
    ASSERT_NO_FATAL_FAILURE(Begin());
  }
  void TearDown() override {
    if (!service_) return;
    RecordProperty("peak_mebibytes", PeakMebibytes());
    EXPECT_GT(PeakMebibytes(), 0);
    EXPECT_LE(PeakMebibytes(), kMostMebibytes);
    EXPECT_TRUE(service_->process().Running());
    ExpectNoKillInPod();
    RegistryTest::TearDown();
  }

  // How many rows were new. So many commits take their time on a busy machine.
  int New(const v1::ImportOptions& options, const std::string& file) {
    v1::ImportResponse response;
    const grpc::Status status = TryImport(options, file, response, absl::Seconds(270));
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.total_errors(), 0) << response.DebugString().substr(0, 2000);
    return response.created();
  }

  int Previewed(v1::ImportKind kind, const std::string& file) {
    v1::ImportOptions options = Options(kind);
    options.set_dry_run(true);
    return New(options, file);
  }

  // Of the service's process since it began.
  int PeakMebibytes() {
    std::ifstream status(absl::StrCat("/proc/", service_->process().pid(), "/status"));
    for (std::string line; std::getline(status, line);) {
      int kilobytes = 0;
      if (absl::StartsWith(line, "VmHWM:") &&
          absl::SimpleAtoi(line.substr(6, line.find("kB") - 6), &kilobytes)) {
        return kilobytes / 1024;
      }
    }
    return 0;
  }

  // The header and as many rows as the kind may have, filled up to its bytes by `Fill` of the last
  // column that a row of the kind may make long.
  static std::string Filled(const imports::Bounds& bounds, const std::string& header,
                            const std::function<std::string(int row, std::size_t fill)>& row,
                            std::size_t most_fill) {
    const std::size_t each = bounds.bytes / static_cast<std::size_t>(bounds.rows + 1);
    std::string file = header;
    for (int i = 0; i < bounds.rows; ++i) {
      const std::size_t bare = row(i, 0).size();
      file += row(i, std::min(most_fill, bare < each ? each - bare : 0));
    }
    EXPECT_LE(file.size(), bounds.bytes);
    return file;
  }
  static std::string LargestRegister() {
    const std::string header =
        "URN,LA (code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation (code),"
        "CloseDate,Others\n";
    std::string file = Filled(
        imports::kSchoolsBounds, header,
        [](int i, std::size_t fill) {
          return absl::StrCat(100000 + i, ",931,Test School of a Name of Ordinary Length ", i,
                              ",1,2,,", std::string(fill, 'x'), "\n");
        },
        2000);
    EXPECT_GT(file.size(), imports::kSchoolsBounds.bytes * 9 / 10);
    return file;
  }
  static std::string LargestStaff(int schools) {
    return Filled(
        imports::kStaffBounds, kStaffHeader,
        [schools](int i, std::size_t fill) {
          return absl::StrCat("DT-", i, ",Petra Sample", std::string(fill, 'x'), ",p", i,
                              "@school.example,headteacher,", 200000 + i % schools,
                              ",,,2024-09-01,\n");
        },
        180);
  }
  // Of a hundred schools, with a team.
  static std::string LargestChildren() {
    return Filled(
        imports::kChildrenBounds, kChildrenHeader,
        [](int i, std::size_t fill) {
          return absl::StrCat("C-", i, ",Amber,Test-Alder", std::string(fill, 'x'),
                              ",2012-05-03,,no,2025-02-06,,,", 200000 + i % 100,
                              ",2024-09-03,VS-1,SW-1,IRO-1\n");
        },
        85);
  }
  static std::string Team() {
    return absl::StrCat(
        kStaffHeader,
        "VS-1,Sam Sample,sam@council.example,virtual-school-caseworker,,931,,2024-09-01,\n"
        "SW-1,Vic Sample,vic@council.example,social-worker,,931,,2024-09-01,\n"
        "IRO-1,Will Sample,will@council.example,independent-reviewing-officer,,931,,"
        "2024-09-01,\n");
  }
  // What costs most to look at of a policy, and is none.
  static std::string LargestPolicy() {
    std::string policy = "source:\n";
    for (int i = 0; i < 9'990; ++i) policy += "- xxxxxxxxxxxxxxxxxxxxxx\n";
    return policy;
  }
  static std::string Aliases() {
    std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c <= 'z'; ++c) {
      absl::StrAppend(&aliases, std::string(1, c), ": &", std::string(1, c), " [*",
                      std::string(1, static_cast<char>(c - 1)), ",*",
                      std::string(1, static_cast<char>(c - 1)), "]\n");
    }
    return aliases;
  }
  // Sixty closed days a row.
  static std::string LargestCalendars() {
    std::string calendars = "school_urn,kind,first_day,last_day\n";
    for (int i = 0; i < imports::kSchoolCalendarsBounds.rows; ++i) {
      const absl::CivilDay first(2020 + i % kRowsOfASchool, 3, 1);
      absl::StrAppend(&calendars, 200000 + i / kRowsOfASchool, ",closed,", FormatDate(first), ",",
                      FormatDate(first + 59), "\n");
    }
    return calendars;
  }

  static std::string Register(int schools) {
    std::string file = kSchoolsHeader;
    for (int i = 0; i < schools; ++i) {
      absl::StrAppend(&file, 200000 + i, ",931,Test School ", i, ",1,2,\n");
    }
    return file;
  }
};

TEST_F(RegistryImportMemoryTest, TheLargestRegisterIsImportedWithinThePodsMemory) {
  EXPECT_EQ(New(Options(v1::IMPORT_KIND_SCHOOLS), LargestRegister()), imports::kSchoolsBounds.rows);
}

TEST_F(RegistryImportMemoryTest,
       TheLargestFilesOfCalendarsAndPolicyAreImportedWithinThePodsMemory) {
  Imported(v1::IMPORT_KIND_SCHOOLS,
           Register(imports::kSchoolCalendarsBounds.rows / kRowsOfASchool));
  EXPECT_EQ(Imported(v1::IMPORT_KIND_SCHOOL_CALENDARS, LargestCalendars()).created(),
            imports::kSchoolCalendarsBounds.rows / kRowsOfASchool);

  std::string holidays = R"({"division":"england-and-wales","events":[)";
  absl::CivilDay day(1900, 1, 1);
  while (holidays.size() < imports::kBankHolidaysBounds.bytes - 60 && day.year() < 2200) {
    absl::StrAppend(&holidays, R"({"title":"","date":")", FormatDate(day++), R"("},)");
  }
  holidays.back() = ']';
  Imported(v1::IMPORT_KIND_BANK_HOLIDAYS, holidays + "}");

  EXPECT_GT(Import(v1::IMPORT_KIND_POLICY, LargestPolicy()).total_errors(), 0);
  EXPECT_EQ(Import(v1::IMPORT_KIND_POLICY, Aliases()).errors(0).row(), 2);
}

TEST_F(RegistryImportMemoryTest, TheLargestFileOfStaffIsCheckedWithinThePodsMemory) {
  constexpr int kSchools = imports::kStaffBounds.rows / kInOneRole;
  Imported(v1::IMPORT_KIND_SCHOOLS, Register(kSchools));
  EXPECT_EQ(Previewed(v1::IMPORT_KIND_STAFF, LargestStaff(kSchools)), imports::kStaffBounds.rows);
}

TEST_F(RegistryImportMemoryTest, TheLargestFileOfChildrenIsCheckedWithinThePodsMemory) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Register(100));
  Imported(v1::IMPORT_KIND_STAFF, Team());
  EXPECT_EQ(Previewed(v1::IMPORT_KIND_CHILDREN, LargestChildren()), imports::kChildrenBounds.rows);
}

}  // namespace
}  // namespace pepline::registry
