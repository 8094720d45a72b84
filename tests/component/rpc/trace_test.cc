// A call's trace goes on in the event that it causes: in the event's header and in Kafka's.
#include "shared/observability/trace.h"

#include "pepline/funding/v1/funding_events.pb.h"
#include "tests/component/rpc/rpc_server_fixture.h"

namespace pepline {
namespace {

constexpr char kTopic[] = "pepline.funding.events.v1";
constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class RpcTraceTest : public RpcTest {
 protected:
  // Opens a fund line; what its event says of the trace, the same in both headers.
  std::string TraceOfAnOpenedLine(const std::string& year, const std::string& traceparent) {
    funding::v1::OpenFundLineRequest request;
    request.set_request_id(year);
    request.set_authority_code("931");
    request.set_financial_year(year);
    request.set_amount_pence(100);
    funding::v1::OpenFundLineResponse response;
    const auto context = service_->Context(Finance());
    if (!traceparent.empty()) context->AddMetadata("traceparent", traceparent);
    const grpc::Status status = stub_->OpenFundLine(context.get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    funding::v1::FundingEvent event;
    const auto record = service_->AwaitEvent(kTopic, [&](const ReadRecord& candidate) {
      return event.ParseFromString(candidate.value) &&
             event.fund_line_opened().financial_year() == year;
    });
    EXPECT_TRUE(record.ok()) << record.status();
    if (!record.ok()) return "";
    EXPECT_THAT(record->headers,
                testing::Contains(testing::Pair("traceparent", event.header().traceparent())));
    return event.header().traceparent();
  }
};

TEST_F(RpcTraceTest, OfACallGoesOnInItsEvent) {
  Begin();
  const std::string given = TraceOfAnOpenedLine("2025-26", kParent);
  EXPECT_TRUE(IsTraceparent(given)) << given;
  EXPECT_EQ(given.substr(0, 36), std::string(kParent).substr(0, 36));
  const std::string own = TraceOfAnOpenedLine("2026-27", "");
  EXPECT_TRUE(IsTraceparent(own)) << own;
  EXPECT_NE(own.substr(3, 32), given.substr(3, 32));
}

}  // namespace
}  // namespace pepline
