// The section of a policy profile that says at which hours people are told.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kProfile = ProfileWith(R"(mail_hours:
  from_hour: 7
  until_hour: 20
  any_day: true
  at_once: [pep-open, child-gone]
  no_digest: true
)");

std::string With(std::string_view from, std::string_view to) {
  return Replaced(kProfile, from, to);
}

TEST(MailHours, AreTheHoursAndDaysAndWhatWaitsForNone) {
  const auto parsed = ParsePolicy(kProfile);
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  const auto& hours = parsed.rows[0].mail_hours();
  EXPECT_EQ(hours.from_hour(), 7);
  EXPECT_EQ(hours.until_hour(), 20);
  EXPECT_TRUE(hours.any_day());
  EXPECT_THAT(hours.at_once(), ElementsAre("pep-open", "child-gone"));
  EXPECT_TRUE(hours.no_digest());
}

TEST(MailHours, MayBeLeftOutWhollyOrInPart) {
  const auto without = ParsePolicy(kProfile.substr(0, kProfile.find("mail_hours:")));
  EXPECT_THAT(without.errors, IsEmpty());
  ASSERT_THAT(without.rows, SizeIs(1));
  EXPECT_FALSE(without.rows[0].has_mail_hours());
  const auto part = ParsePolicy(With("  from_hour: 7\n  until_hour: 20\n  any_day: true\n", ""));
  EXPECT_THAT(part.errors, IsEmpty());
  ASSERT_THAT(part.rows, SizeIs(1));
  EXPECT_FALSE(part.rows[0].mail_hours().has_from_hour());
  EXPECT_FALSE(part.rows[0].mail_hours().any_day());
  const auto digest = ParsePolicy(With("  no_digest: true\n", ""));
  ASSERT_THAT(digest.rows, SizeIs(1));
  EXPECT_FALSE(digest.rows[0].mail_hours().no_digest());
}

TEST(MailHours, RefuseWhatIsNoHourAndWhatNobodyKnowsByField) {
  const std::vector<BadFile> files = {
      {With("from_hour: 7", "from_hour: 24"), 18, "/mail_hours/from_hour", "a full hour, 0 to 23"},
      {With("until_hour: 20", "until_hour: 25"), 19, "/mail_hours/until_hour", "1 to 24"},
      {With("until_hour: 20", "until_hour: 7"), 19, "/mail_hours/until_hour", "before they begin"},
      {With("any_day: true", "any_day: sometimes"), 20, "/mail_hours/any_day", "true or false"},
      {With("child-gone", "child-went"), 21, "/mail_hours/at_once", "no deadline has this id"},
      {With("child-gone", "pep-open"), 21, "/mail_hours/at_once", "already"},
      {With("[pep-open, child-gone]", "[]"), 21, "/mail_hours/at_once", "not a list"},
      {With("no_digest: true", "no_digest: never"), 22, "/mail_hours/no_digest", "true or false"},
      {With("any_day", "every_day"), 20, "/mail_hours/every_day", "not known"},
  };
  for (const BadFile& file : files) {
    EXPECT_THAT(ParsePolicy(file.text).errors,
                ::testing::Contains(Reports(file.row, file.column, file.part)))
        << file.text.substr(file.text.find("mail_hours:"));
    EXPECT_THAT(ParsePolicy(file.text).rows, IsEmpty());
  }
}

}  // namespace
}  // namespace pepline::registry::imports
