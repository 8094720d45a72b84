// What every answer carries: the trace that it belongs to.
#include "shared/observability/trace.h"
#include "tests/unit/calls/calls_fixture.h"

namespace pepline {
namespace {

using testing::SizeIs;

constexpr char kTheirs[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class AnswersTest : public CallsTest {
 protected:
  static std::string TraceIn(const Answered& answered) {
    const auto found = answered.trailing.find("traceresponse");
    return found == answered.trailing.end() ? "" : std::string(TraceIdOf(found->second));
  }
};

TEST_F(AnswersTest, EveryAnswerSaysItsTraceAndAnErrorDoesInItsDetailsToo) {
  const Answered fine = Ask(kGetPep, "");
  EXPECT_TRUE(fine.status.ok());
  EXPECT_THAT(TraceIn(fine), SizeIs(32));

  backend_->handler = [](const Call&) { return DeniedStatus("scheduling.pepline"); };
  const Answered refused = Ask(kGetPep, "");
  EXPECT_EQ(ReasonOf(refused.status), "NOT_FOUND");
  EXPECT_THAT(TraceIn(refused), SizeIs(32));
  EXPECT_EQ(DetailOf<common::v1::RequestInfo>(refused.status).request_id(), TraceIn(refused));
  EXPECT_NE(TraceIn(refused), TraceIn(fine));

  // An answer without details of its own.
  backend_->handler = [](const Call&) { return grpc::Status(grpc::CANCELLED, "given up"); };
  const Answered bare = Ask(kGetPep, "");
  EXPECT_EQ(DetailOf<common::v1::RequestInfo>(bare.status).request_id(), TraceIn(bare));

  const Answered nobody = AskBare(kGetPep, "");
  EXPECT_EQ(nobody.status.error_code(), grpc::UNAUTHENTICATED);
  EXPECT_THAT(TraceIn(nobody), SizeIs(32));
}

TEST_F(AnswersTest, TheCallersTraceIsGoneOnWith) {
  EXPECT_EQ(TraceIn(Ask(kGetPep, "", {{"traceparent", kTheirs}})), TraceIdOf(kTheirs));
  pool_.Stop();
  const Answered busy = Ask(kGetPep, "", {{"traceparent", kTheirs}});
  EXPECT_EQ(ReasonOf(busy.status), "OVERLOADED");
  EXPECT_EQ(TraceIn(busy), TraceIdOf(kTheirs));
}

}  // namespace
}  // namespace pepline
