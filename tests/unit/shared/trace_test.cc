// W3C trace context: what is one, and what is passed on.
#include "shared/observability/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

TEST(Trace, NamesWhatAllItsSpansShare) {
  EXPECT_EQ(TraceIdOf(kParent), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(TraceIdOf("nonsense"), "");
}

// Keeps what it is given.
class Keeping : public SpanSink {
 public:
  Keeping() { SetSpanSink(this); }
  ~Keeping() override { SetSpanSink(nullptr); }
  void Take(FinishedSpan span) override { spans.push_back(std::move(span)); }
  std::vector<FinishedSpan> spans;
};

TEST(Spans, AreWhatTheirThreadDoesNow) {
  EXPECT_EQ(CurrentTraceparent(), "");
  {
    const Span outer(SpanKind::kServer, "outer", kParent);
    EXPECT_EQ(CurrentTraceparent(), outer.traceparent());
    EXPECT_EQ(TraceIdOf(outer.traceparent()), TraceIdOf(kParent));
    {
      const Span inner(SpanKind::kClient, "inner", "");
      EXPECT_EQ(CurrentTraceparent(), inner.traceparent());
      EXPECT_NE(TraceIdOf(inner.traceparent()), TraceIdOf(kParent)) << "a trace of its own";
    }
    EXPECT_EQ(CurrentTraceparent(), outer.traceparent());
    std::thread([] { EXPECT_EQ(CurrentTraceparent(), ""); }).join();
  }
  EXPECT_EQ(CurrentTraceparent(), "");
}

TEST(Spans, ReachTheSinkWithTheirNotesOnceTheyAreOver) {
  Keeping sink;
  {
    Span span(SpanKind::kConsumer, "receive", kParent);
    span.Note(SpanNote::kTopic, "a.topic");
    span.Fail("UNAVAILABLE");
    EXPECT_TRUE(sink.spans.empty());
  }
  ASSERT_EQ(sink.spans.size(), 1u);
  EXPECT_EQ(sink.spans[0].name, "receive");
  EXPECT_EQ(sink.spans[0].kind, SpanKind::kConsumer);
  EXPECT_EQ(sink.spans[0].parent, kParent);
  EXPECT_EQ(sink.spans[0].failure, "UNAVAILABLE");
  EXPECT_LE(sink.spans[0].start, sink.spans[0].end);
  EXPECT_THAT(sink.spans[0].notes,
              testing::ElementsAre(testing::Pair(SpanNote::kTopic, std::string("a.topic"))));
}

TEST(Spans, ThatBeganBeforeThereWasASinkAreLeftOut) {
  auto before = std::make_unique<Span>(SpanKind::kInternal, "before", "");
  Keeping sink;
  before.reset();
  EXPECT_TRUE(sink.spans.empty());
}

}  // namespace
}  // namespace pepline
