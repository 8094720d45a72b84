// Spans on their way to a collector: the protocol, and a collector that is slow, busy or away.
#include "shared/observability/otlp_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/process/config.h"
#include "tests/support/trace_collector.h"

namespace pepline {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kNotSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

class OtlpExporterTest : public testing::Test {
 protected:
  OtlpOptions Options(const std::string& endpoint) {
    return {.endpoint = endpoint,
            .service = "scheduling",
            .version = "1.2.3",
            .instance = "host:7",
            .interval = absl::Milliseconds(20),
            .longest_call = absl::Milliseconds(500),
            .shortest_pause = absl::Milliseconds(20),
            .longest_pause = absl::Seconds(2)};
  }
  double Dropped(std::string_view cause) {
    return metrics_.Value("pepline_trace_spans_dropped_total", {{"cause", cause}});
  }
  double Sent() { return metrics_.Value("pepline_trace_spans_sent_total"); }
  void TearDown() override { SetSpanSink(nullptr); }

  Metrics metrics_;
  TraceCollector collector_;
};

TEST_F(OtlpExporterTest, SaysWhatASpanIsAndWhoSendsIt) {
  OtlpExporter exporter(Options(collector_.endpoint() + "/"), metrics_);
  SetSpanSink(&exporter);
  std::string outer_id;
  {
    Span outer(SpanKind::kServer, "some.Service/Call", kParent);
    outer.Note(SpanNote::kRpc, "some.Service/Call");
    outer_id = outer.traceparent().substr(36, 16);
    Span inner(SpanKind::kClient, "commit", CurrentTraceparent());
    inner.Fail("UNAVAILABLE");
  }
  EXPECT_EQ(CurrentTraceparent(), "");
  ASSERT_TRUE(collector_.Await([](const auto& spans) { return spans.size() == 2; }));
  const auto spans = collector_.Spans();
  EXPECT_EQ(spans[0].name, "commit");
  EXPECT_EQ(spans[0].parent, outer_id);
  EXPECT_EQ(spans[0].failure, "UNAVAILABLE");
  EXPECT_EQ(spans[0].kind, 3);
  EXPECT_EQ(spans[1].name, "some.Service/Call");
  EXPECT_EQ(spans[1].id, outer_id);
  EXPECT_EQ(spans[1].parent, "00f067aa0ba902b7");
  EXPECT_EQ(spans[1].trace, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(spans[1].kind, 2);
  EXPECT_EQ(spans[1].failure, "");
  EXPECT_EQ(spans[1].attributes.at("rpc.method"), "some.Service/Call");
  EXPECT_LE(spans[1].start, spans[0].start);
  EXPECT_GE(spans[1].end, spans[0].end);
  EXPECT_EQ(collector_.resource(),
            (std::map<std::string, std::string>{{"service.name", "pepline-scheduling"},
                                                {"service.version", "1.2.3"},
                                                {"service.instance.id", "host:7"}}));
  EXPECT_EQ(collector_.mistakes(), 0);
}

TEST_F(OtlpExporterTest, LeavesOutWhatTheCallerDoesNotWantRecorded) {
  OtlpExporter exporter(Options(collector_.endpoint()), metrics_);
  SetSpanSink(&exporter);
  { Span span(SpanKind::kServer, "not sampled", kNotSampled); }
  { Span span(SpanKind::kServer, "sampled", kParent); }
  ASSERT_TRUE(collector_.Await([](const auto& spans) { return !spans.empty(); }));
  EXPECT_THAT(collector_.Spans(), SizeIs(1));
  EXPECT_EQ(collector_.Spans()[0].name, "sampled");
}

TEST_F(OtlpExporterTest, SendsABatchAgainToACollectorThatIsBusy) {
  collector_.AnswerNext({503, 429}, /*retry_after=*/1);
  const absl::Time start = absl::Now();
  OtlpExporter exporter(Options(collector_.endpoint()), metrics_);
  SetSpanSink(&exporter);
  { Span span(SpanKind::kInternal, "one", ""); }
  ASSERT_TRUE(collector_.Await([](const auto& spans) { return spans.size() == 1; }));
  EXPECT_GE(absl::Now() - start, absl::Seconds(2)) << "it said twice: after a second";
  EXPECT_EQ(collector_.calls(), 3);
  exporter.Stop(absl::Seconds(1));
  EXPECT_EQ(Sent(), 1);
}

TEST_F(OtlpExporterTest, CountsWhatACollectorWillNeverTake) {
  collector_.AnswerNext({400});
  OtlpExporter exporter(Options(collector_.endpoint()), metrics_);
  SetSpanSink(&exporter);
  { Span span(SpanKind::kInternal, "one", ""); }
  exporter.Stop(absl::Seconds(5));
  EXPECT_EQ(Dropped("refused"), 1);
  EXPECT_EQ(collector_.calls(), 1) << "it is not asked again";
}

TEST_F(OtlpExporterTest, CountsWhatACollectorTookInPart) {
  collector_.RejectOfNext(2);
  OtlpOptions options = Options(collector_.endpoint());
  options.interval = absl::Seconds(30);
  OtlpExporter exporter(options, metrics_);
  SetSpanSink(&exporter);
  for (int i = 0; i < 3; ++i) Span span(SpanKind::kInternal, "one", "");
  exporter.Stop(absl::Seconds(5));
  EXPECT_EQ(Sent(), 1);
  EXPECT_EQ(Dropped("rejected"), 2);
  EXPECT_EQ(collector_.calls(), 1) << "what it took must not come again";
}

TEST_F(OtlpExporterTest, SendsToThePathBelowTheEndpoint) {
  for (const char* below : {"", "/", "/tenant", "/tenant/"}) {
    OtlpExporter exporter(Options(collector_.endpoint() + below), metrics_);
    SetSpanSink(&exporter);
    { Span span(SpanKind::kInternal, "one", ""); }
    exporter.Stop(absl::Seconds(5));
  }
  EXPECT_EQ(Sent(), 4);
  EXPECT_EQ(collector_.mistakes(), 0);
}

TEST_F(OtlpExporterTest, NeverMakesAnybodyWaitForASlowCollector) {
  collector_.Hold(true);
  OtlpOptions options = Options(collector_.endpoint());
  options.queue = 100;
  options.batch = 10;
  OtlpExporter exporter(options, metrics_);
  SetSpanSink(&exporter);
  const absl::Time start = absl::Now();
  for (int i = 0; i < 1000; ++i) Span span(SpanKind::kInternal, "one", "");
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(400));
  EXPECT_GE(Dropped("queue-full"), 880) << "100 wait, at most 10 more are on their way";
  collector_.Hold(false);
  ASSERT_TRUE(collector_.Await([](const auto& spans) { return spans.size() >= 100; }))
      << "what was kept arrives when it is itself again";
}

TEST_F(OtlpExporterTest, StopsInTimeWhateverTheCollectorDoes) {
  collector_.Hold(true);
  OtlpOptions options = Options(collector_.endpoint());
  options.longest_call = absl::Seconds(30);
  OtlpExporter exporter(options, metrics_);
  SetSpanSink(&exporter);
  { Span span(SpanKind::kInternal, "one", ""); }
  const absl::Time start = absl::Now();
  exporter.Stop(absl::Milliseconds(300));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  EXPECT_EQ(Dropped("stopping"), 1);
}

TEST_F(OtlpExporterTest, SendsWhatIsQueuedBeforeItStops) {
  OtlpOptions options = Options(collector_.endpoint());
  options.interval = absl::Seconds(30);
  options.batch = 3;
  OtlpExporter exporter(options, metrics_);
  SetSpanSink(&exporter);
  for (int i = 0; i < 8; ++i) Span span(SpanKind::kInternal, "one", "");
  exporter.Stop(absl::Seconds(5));
  EXPECT_THAT(collector_.Spans(), SizeIs(8));
  EXPECT_EQ(Sent(), 8);
  { Span span(SpanKind::kInternal, "late", ""); }
  EXPECT_EQ(Dropped("stopping"), 1);
}

TEST_F(OtlpExporterTest, SaysNothingWorseThanACountWhenNobodyListens) {
  // A port that nobody listens on: that of a collector that has ended.
  std::string away;
  {
    TraceCollector gone;
    away = gone.endpoint();
  }
  OtlpExporter exporter(Options(away), metrics_);
  SetSpanSink(&exporter);
  { Span span(SpanKind::kInternal, "one", ""); }
  exporter.Stop(absl::Seconds(2));
  EXPECT_EQ(Sent(), 0);
  EXPECT_EQ(Dropped("stopping"), 1);
}

TEST(OtlpEndpoint, IsAnHttpAddressOfACollector) {
  for (const char* good : {"http://collector:4318", "https://traces.example.org",
                           "http://127.0.0.1:4318/", "https://[::1]:4318/tenant"}) {
    EXPECT_TRUE(CheckOtlpEndpoint(good).ok()) << good;
  }
  for (const char* bad : {"collector:4318", "grpc://collector:4317", "http://", "http://:4318",
                          "http:///v1/traces", "http://user:word@collector", "http://c/?a=b"}) {
    EXPECT_FALSE(CheckOtlpEndpoint(bad).ok()) << bad;
  }
  Settings settings(
      std::map<std::string, std::string>{{"PEPLINE_OTLP_ENDPOINT", "collector:4318"}});
  (void)ReadCommonConfig("scheduling", settings);
  EXPECT_THAT(std::string(settings.Check().message()),
              HasSubstr("PEPLINE_OTLP_ENDPOINT: give http://host:port"));
}

}  // namespace
}  // namespace pepline
