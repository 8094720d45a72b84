// W3C trace context: what is one, and what is passed on.
#include "shared/runtime/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pepline {
namespace {

constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, KnowsATraceparentFromAnythingElse) {
  EXPECT_TRUE(IsTraceparent(kParent));
  for (const char* other : {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(IsTraceparent(other)) << other;
  }
}

TEST(Trace, PassesTheTraceOnWithASpanOfItsOwn) {
  const std::string child = ChildTraceparent(kParent);
  EXPECT_TRUE(IsTraceparent(child)) << child;
  EXPECT_EQ(child.substr(0, 36), std::string(kParent).substr(0, 36));
  EXPECT_NE(child.substr(36, 16), std::string(kParent).substr(36, 16));
  EXPECT_EQ(child.substr(52), "-01");
}

TEST(Trace, BeginsANewOneWhereThereIsNone) {
  const std::string first = ChildTraceparent("");
  const std::string second = ChildTraceparent("nonsense");
  EXPECT_TRUE(IsTraceparent(first)) << first;
  EXPECT_TRUE(IsTraceparent(second)) << second;
  EXPECT_NE(first.substr(3, 32), second.substr(3, 32));
}

}  // namespace
}  // namespace pepline
