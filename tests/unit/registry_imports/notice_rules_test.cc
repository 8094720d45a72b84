// The section of a policy profile that says who is told which news.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kProfile = ProfileWith(R"(notices:
  - {kind: pep-opened, recipients: [headteacher, social-worker]}
  - {kind: child-gone, disabled: true, reason: the schools tell each other}
)");

std::string With(std::string_view from, std::string_view to) {
  return Replaced(kProfile, from, to);
}

TEST(NoticeRules, SayWhoIsToldOfWhichKindAndWhyAKindIsOff) {
  const auto parsed = ParsePolicy(kProfile);
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  const auto& notices = parsed.rows[0].notices();
  ASSERT_EQ(notices.size(), 2);
  EXPECT_EQ(notices[0].kind(), "pep-opened");
  EXPECT_THAT(notices[0].recipients(), ElementsAre(common::v1::RECIPIENT_ROLE_HEADTEACHER,
                                                   common::v1::RECIPIENT_ROLE_SOCIAL_WORKER));
  EXPECT_FALSE(notices[0].disabled());
  EXPECT_EQ(notices[1].kind(), "child-gone");
  EXPECT_TRUE(notices[1].disabled());
  EXPECT_EQ(notices[1].reason(), "the schools tell each other");
}

TEST(NoticeRules, MayBeLeftOut) {
  const std::string without = kProfile.substr(0, kProfile.find("notices:"));
  const auto parsed = ParsePolicy(without);
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_TRUE(parsed.rows[0].notices().empty());
}

TEST(NoticeRules, RefuseWhatNobodyKnowsByRowAndField) {
  const std::vector<BadFile> files = {
      {With("kind: pep-opened", "kind: pep-open"), 18, "/notices/0/kind",
       "did you mean \"pep-opened\"?"},
      {With("kind: child-gone", "kind: pep-opened"), 19, "/notices/1/kind", "already"},
      {With("[headteacher, social-worker]", "[headmaster]"), 18, "/notices/0/recipients",
       "the value is not known"},
      {With("[headteacher, social-worker]", "[headteacher, headteacher]"), 18,
       "/notices/0/recipients", "already"},
      {With("[headteacher, social-worker]", "[]"), 18, "/notices/0/recipients", "not a list"},
      {With(", recipients: [headteacher, social-worker]", ""), 18, "/notices/0/recipients",
       "missing"},
      {With("[headteacher, social-worker]", "[headteacher], reason: x"), 18, "/notices/0/reason",
       "goes with `disabled: true`"},
      {With(", reason: the schools tell each other", ""), 19, "/notices/1/reason", "missing"},
      {With("child-gone, disabled: true", "child-gone, disabled: true, recipients: [headteacher]"),
       19, "/notices/1/recipients", "switched off"},
      {With("child-gone, disabled: true", "child-gone, disabled: perhaps"), 19,
       "/notices/1/disabled", "true or false"},
      {With("kind: child-gone", "kind: child-gone, channel: sms"), 19, "/notices/1/channel",
       "not known"},
      {With("kind: child-gone, ", ""), 19, "/notices/1/kind", "missing"},
  };
  for (const BadFile& file : files) {
    EXPECT_THAT(ParsePolicy(file.text).errors,
                ::testing::Contains(Reports(file.row, file.column, file.part)))
        << file.text.substr(file.text.find("notices:"));
    EXPECT_THAT(ParsePolicy(file.text).rows, IsEmpty());
  }
}

}  // namespace
}  // namespace pepline::registry::imports
