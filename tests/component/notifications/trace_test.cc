// One trace from what scheduling said to the mail in somebody's inbox: in the headers of what
// notifications says, in the look-up at registry, and in the spans that a collector receives.
#include "shared/observability/trace.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/notifications/notifications_fixture.h"
#include "tests/support/trace_collector.h"

namespace pepline::notifications {
namespace {

using testing::IsEmpty;

constexpr char kMissedTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kMetTrace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string TraceOf(std::string_view traceparent) { return std::string(TraceIdOf(traceparent)); }
std::string SpanOf(const std::string& traceparent) { return traceparent.substr(36, 16); }

class NotificationsTraceTest : public NotificationsTest {
 protected:
  void BeginLate(const std::string& endpoint) {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00", {{"PEPLINE_OTLP_ENDPOINT", endpoint}}));
    EmitInCare(kChild, kSchool);
  }
  void EmitMissedInTrace() {
    auto missed = FromScheduling(kChild);
    missed.mutable_header()->set_traceparent(kMissedTrace);
    *missed.mutable_deadline_missed()->mutable_deadline() = Reference(kChild, UsualInstants());
    Emit(missed);
  }
  // The traceparents of what was said of the alert, by kind, in their order.
  std::vector<std::string> Traces(Event::EventCase kind) {
    std::vector<std::string> traces;
    for (const Event& event : Emitted()) {
      if (event.event_case() == kind) traces.push_back(event.header().traceparent());
    }
    return traces;
  }
  std::vector<CollectedSpan> Named(std::string_view name) {
    std::vector<CollectedSpan> found;
    for (const CollectedSpan& span : collector_.Spans()) {
      if (span.name == name) found.push_back(span);
    }
    return found;
  }
  bool AwaitSpans(std::string_view name, std::size_t count) {
    return Eventually([&] { return Named(name).size() >= count; });
  }

  const std::string alert_ = AlertIdOf(kChild);
  TraceCollector collector_;
};

TEST_F(NotificationsTraceTest, OfAMissedDeadlineGoesOnToTheMail) {
  ASSERT_NO_FATAL_FAILURE(BeginLate(collector_.endpoint()));
  EmitMissedInTrace();
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  const auto raised = Traces(Event::kAlertRaised);
  const auto delivered = Traces(Event::kAlertDelivered);
  ASSERT_EQ(raised.size(), 1u);
  ASSERT_EQ(delivered.size(), 2u);
  for (const std::string& one :
       {raised[0], delivered[0], delivered[1], registry_.LastTraceparent()}) {
    EXPECT_EQ(TraceOf(one), TraceOf(kMissedTrace)) << one;
  }

  // Each span is the child of what it followed from.
  ASSERT_TRUE(AwaitSpans("send mail", 2));
  ASSERT_TRUE(AwaitSpans("deliver alert", 1));
  std::vector<CollectedSpan> received;
  for (const CollectedSpan& span : Named(absl::StrCat("receive ", kTopicOfScheduling))) {
    if (span.id == SpanOf(raised[0])) received.push_back(span);
  }
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].parent, SpanOf(kMissedTrace));
  EXPECT_EQ(received[0].service, "pepline-notifications");
  EXPECT_EQ(received[0].attributes.at("cloudevents.event_type"),
            "pepline.scheduling.v1.DeadlineMissed");
  const auto deliver = Named("deliver alert");
  EXPECT_EQ(deliver[0].parent, received[0].id);
  EXPECT_EQ(deliver[0].id, SpanOf(delivered[0]));
  const auto looked_up = Named("pepline.registry.v1.RegistryService/LookUpContacts");
  ASSERT_EQ(looked_up.size(), 1u);
  EXPECT_EQ(looked_up[0].parent, deliver[0].id);
  EXPECT_EQ(looked_up[0].id, SpanOf(registry_.LastTraceparent()));
  for (const CollectedSpan& mail : Named("send mail")) {
    EXPECT_EQ(mail.parent, deliver[0].id);
    EXPECT_EQ(mail.trace, TraceOf(kMissedTrace));
    EXPECT_EQ(mail.attributes.at("pepline.outcome"), "accepted");
  }
  EXPECT_EQ(collector_.mistakes(), 0);
  for (const CollectedSpan& span : collector_.Spans()) {
    for (const auto& [key, value] : span.attributes) {
      for (const char* secret : {kChild, kTeacher, kDeputy, "school.example"}) {
        EXPECT_FALSE(absl::StrContains(value, secret)) << span.name << ": " << key;
      }
    }
  }
}

TEST_F(NotificationsTraceTest, OfALevelReachedByTimeIsItsOwnAndThatOfAResolutionItsCauses) {
  ASSERT_NO_FATAL_FAILURE(BeginLate(collector_.endpoint()));
  EmitMissedInTrace();
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  MoveClockTo("2025-10-21 08:00");
  ASSERT_TRUE(AwaitDelivered(alert_, 3));
  const auto escalated = Traces(Event::kAlertEscalated);
  ASSERT_EQ(escalated.size(), 1u);
  EXPECT_TRUE(IsTraceparent(escalated[0]));
  EXPECT_NE(TraceOf(escalated[0]), TraceOf(kMissedTrace)) << "nobody asked for it: a new trace";
  EXPECT_EQ(TraceOf(Traces(Event::kAlertDelivered)[2]), TraceOf(escalated[0]));

  auto met = FromScheduling(kChild);
  met.mutable_header()->set_traceparent(kMetTrace);
  *met.mutable_deadline_met()->mutable_deadline() = Reference(kChild, UsualInstants());
  met.mutable_deadline_met()->set_late(true);
  Emit(met);
  ASSERT_TRUE(Eventually([this] { return Traces(Event::kAlertResolved).size() == 1; }));
  EXPECT_EQ(TraceOf(Traces(Event::kAlertResolved)[0]), TraceOf(kMetTrace));
  ASSERT_TRUE(AwaitSpans("alarm alert", 1));
  EXPECT_EQ(Named("alarm alert")[0].parent, "");
}

TEST_F(NotificationsTraceTest, OutlivesTheProcessThatRaisedTheAlert) {
  ASSERT_NO_FATAL_FAILURE(BeginLate(collector_.endpoint()));
  registry_.FailWith(grpc::StatusCode::UNAVAILABLE);
  EmitMissedInTrace();
  ASSERT_TRUE(Eventually([this] { return Traces(Event::kAlertRaised).size() == 1; }));
  ASSERT_TRUE(Eventually([this] {
    const auto log = ReadFile(service_->process().log_file());
    return log.ok() && absl::StrContains(*log, absl::StrCat("\"trace\":\"", TraceOf(kMissedTrace)));
  })) << "what could not be done is logged with its trace";
  service_->process().Kill();
  registry_.FailWith(grpc::StatusCode::OK);
  ASSERT_TRUE(service_->process().Restart().ok());
  ASSERT_TRUE(EventuallyTicking([this] { return Traces(Event::kAlertDelivered).size() == 2; }));
  for (const std::string& one : Traces(Event::kAlertDelivered)) {
    EXPECT_EQ(TraceOf(one), TraceOf(kMissedTrace));
  }
}

TEST_F(NotificationsTraceTest, IsNotMissedByAnybodyWhenTheCollectorIsAwayOrSlow) {
  collector_.Hold(true);
  ASSERT_NO_FATAL_FAILURE(BeginLate(collector_.endpoint()));
  EmitMissedInTrace();
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  EXPECT_EQ(GetAlert(alert_).reference().child_id(), kChild);
  EXPECT_THAT(Named("send mail"), IsEmpty()) << "it was held all the time";
  collector_.Hold(false);
  EXPECT_TRUE(AwaitSpans("send mail", 2)) << "and has them when it is itself again";
}

}  // namespace
}  // namespace pepline::notifications
