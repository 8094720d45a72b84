#include "tools/demo/words.h"

#include <gmock/gmock.h>

#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tools/demo/screen.h"

namespace pepline::demo {
namespace {

TEST(WordsTest, LinesAreBrokenBetweenWords) {
  EXPECT_THAT(Wrapped("one two three", 7), testing::ElementsAre("one two", "three"));
  EXPECT_THAT(Wrapped("longer-than-that", 5), testing::ElementsAre("longer-than-that"));
  EXPECT_THAT(Wrapped("", 5), testing::IsEmpty());
}

TEST(WordsTest, LongSchoolNamesAreShortened) {
  EXPECT_EQ(ShortSchool("Cheney School"), "Cheney School");
  EXPECT_EQ(ShortSchool("The Marlborough Church of England School"), "The Marlborough CofE");
  EXPECT_EQ(ShortSchool("Hill View Primary School"), "Hill View Primary");
}

TEST(WordsTest, AnAlertTellsWhatItIsAndHowFarItIs) {
  const std::string rule = "finalise-within-5-school-days";
  EXPECT_EQ(AlertText(rule, 0), "reminder: ePEP not yet finalised");
  EXPECT_EQ(AlertText(rule, 1), "ALERT: ePEP not finalised in 5 school days");
  EXPECT_EQ(AlertText(rule, 3), "ESCALATED (3): ePEP not finalised in 5 school days");
  EXPECT_EQ(AlertText("rule-of-tomorrow", 1), "ALERT: rule-of-tomorrow");
}

TEST(WordsTest, EveryRoleHasAWord) {
  const auto* roles = common::v1::RecipientRole_descriptor();
  for (int i = 1; i < roles->value_count(); ++i) {
    EXPECT_NE(RoleText(static_cast<common::v1::RecipientRole>(roles->value(i)->number())),
              "somebody")
        << roles->value(i)->name();
  }
}

TEST(WordsTest, OnlyViewsAndSdqAreCalledMissing) {
  google::protobuf::RepeatedField<int> items;
  EXPECT_EQ(MissingText(items), "");
  items.Add(scheduling::v1::READINESS_ITEM_INTERVENTIONS_COSTED);
  EXPECT_EQ(MissingText(items), "");
  items.Add(scheduling::v1::READINESS_ITEM_PUPIL_VIEWS);
  items.Add(scheduling::v1::READINESS_ITEM_SDQ);
  EXPECT_EQ(MissingText(items), " without SDQ and the child's views");
}

}  // namespace
}  // namespace pepline::demo
