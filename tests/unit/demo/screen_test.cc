#include "tools/demo/screen.h"

#include <gmock/gmock.h>

namespace pepline::demo {
namespace {

TEST(ScreenTest, WidthCountsCharactersAndNotBytes) {
  EXPECT_EQ(Width(""), 0);
  EXPECT_EQ(Width("\u00a3960"), 4);
  EXPECT_EQ(Width("Chlo\u00e9"), 5);
}

TEST(ScreenTest, FitCutsBetweenCharactersAndFillsUp) {
  EXPECT_EQ(Fit("Chlo\u00e9 T", 5), "Chlo\u00e9");
  EXPECT_EQ(Fit("Chlo\u00e9", 7), "Chlo\u00e9  ");
  EXPECT_EQ(Fit("abc", 0), "");
}

TEST(ScreenTest, WithoutATerminalThereIsNoEscapeCodeAndNoBar) {
  testing::internal::CaptureStdout();
  Screen screen;
  screen.Bar(0.5, "half");
  screen.Line(screen.Paint(Colour::kRed, "late"));
  screen.EndBar();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "late\n");
}

}  // namespace
}  // namespace pepline::demo
