// The register's links from closed schools to those that go on with them.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Links(std::initializer_list<std::string_view> rows) {
  return "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n" + Lines(rows);
}

TEST(SchoolLinks, AreTheRowsThatNameASuccessor) {
  const auto parsed = ParseSchoolLinks(DataFile("examples/school-links.csv"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 4);
  ASSERT_THAT(parsed.rows, SizeIs(3));
  EXPECT_EQ(parsed.rows[0].row, 2);
  EXPECT_EQ(parsed.rows[0].urn, "900001");
  EXPECT_EQ(parsed.rows[0].successor_urn, "900002");
  EXPECT_EQ(parsed.rows[0].on, absl::CivilDay(2025, 9, 1));
  EXPECT_EQ(parsed.rows[2].successor_urn, "900005");
}

TEST(SchoolLinks, NeedNoDayAndNoName) {
  const auto parsed =
      ParseSchoolLinks("LinkType,URN,LinkURN\nSuccessor - amalgamated,900001,900002\n");
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].on, std::nullopt);
}

TEST(SchoolLinks, NameWhatIsWrongByRowAndColumn) {
  EXPECT_THAT(
      ParseSchoolLinks(Links({
                           ",900002,,Successor,01-09-2025",
                           "900001,9,,Successor,01-09-2025",
                           "900001,900002,,Successor,2025-09-01",
                           "900001,900002,,,01-09-2025",
                           "900001,900001,,Successor,01-09-2025",
                           "900001,9,,Predecessor,soon",
                       }))
          .errors,
      ElementsAre(Reports(2, "URN", "missing"), Reports(3, "LinkURN", "digits"),
                  Reports(4, "LinkEstablishedDate", "DD-MM-YYYY"),
                  Reports(5, "LinkType", "missing"), Reports(6, "LinkURN", "its own successor")));
  EXPECT_THAT(ParseSchoolLinks(Links({"900001,900002,,successor,01-09-2025"})).errors,
              ElementsAre(Reports(0, "LinkType", "no row names a successor")));
  EXPECT_THAT(ParseSchoolLinks("URN,LinkURN\n1,2\n").errors,
              ElementsAre(Reports(1, "LinkType", "the column is missing")));
}

}  // namespace
}  // namespace pepline::registry::imports
