// One service of Pepline as its own process between a real Redis, the development broker and a mail
// sink, on a simulated clock: what a component test of a service needs.
//   auto started = ServiceUnderTest::Start({.service = "scheduling", .now = kMonday});
//   ASSERT_TRUE(started.ok()) << started.status();
//   auto stub = scheduling::v1::SchedulingService::NewStub((*started)->channel());
//   auto context = (*started)->Context(VirtualSchool());
//   stub->GetPep(context.get(), request, &response);
// Promises: ready when Start returns; everything is in a temporary folder and ends with the object.
// Tokens follow the machine's clock, rules the simulated one. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_UNDER_TEST_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_UNDER_TEST_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "pepline/common/v1/event_header.pb.h"
#include "shared/base/clock.h"
#include "shared/domain/authorisation.h"
#include "shared/kafka/kafka_client.h"
#include "shared/security/auth.h"
#include "tests/support/topic_reader.h"
#include "tools/stack/servers/dev_broker.h"
#include "tools/stack/servers/redis_server.h"
#include "tools/stack/servers/smtp_sink.h"
#include "tools/stack/service_process.h"

namespace pepline {

// The persons of tests, of authority 931 where none is named; none exists.
Actor VirtualSchool();
Actor DesignatedTeacher(const std::string& urn);
Actor SocialWorker();
Actor Finance();
Actor PeplineService();
Actor Operator();  // of no authority
// Somebody of no school, of the authority with this code; of none for "".
Actor OfAuthority(Role role, const std::string& code);

struct ServiceUnderTestOptions {
  std::string service;  // "scheduling"
  absl::Time now;       // what the simulated clock shows at first
  // Added to (and stronger than) what the service is given anyhow, which is everything that
  // CommonConfig reads and, for notifications, the mail sink and the signing key.
  std::map<std::string, std::string> environment = {};
  std::string program_folder = {};  // of pepline-<service>; empty: where FindProgram finds it
};

class ServiceUnderTest {
 public:
  // NotFound when the program is not built.
  static absl::StatusOr<std::unique_ptr<ServiceUnderTest>> Start(ServiceUnderTestOptions options);
  ~ServiceUnderTest();

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  // A context of one call with the actor's token and a deadline.
  std::unique_ptr<grpc::ClientContext> Context(const Actor& actor,
                                               absl::Duration deadline = absl::Seconds(10));

  // Says an event of another service. `event` is a whole message of its topic's type, such as
  // registry::v1::RegistryEvent with its header filled; the CloudEvents headers are made from it.
  // OK when the broker has it.
  template <class Event>
  absl::Status Publish(const std::string& topic, const std::string& key, const Event& event) {
    return PublishBytes(topic, key, event.SerializeAsString(), HeadersOf(event, event.header()));
  }
  // Any bytes and headers, for what cannot be decoded.
  absl::Status PublishBytes(const std::string& topic, const std::string& key,
                            const std::string& value,
                            const std::vector<std::pair<std::string, std::string>>& headers);
  // A header for Publish: event id, aggregate ("<service>/<kind>/<id>"), version and instant.
  static common::v1::EventHeader Header(const std::string& aggregate_id, std::uint64_t version,
                                        absl::Time occurred_at);

  // Every record of the topic so far.
  absl::StatusOr<std::vector<ReadRecord>> Events(const std::string& topic);
  // The first record of the topic that fits. DeadlineExceeded, with the types that are there.
  absl::StatusOr<ReadRecord> AwaitEvent(const std::string& topic,
                                        const std::function<bool(const ReadRecord&)>& fits,
                                        absl::Duration deadline = absl::Seconds(15));
  // The same, decoded, by the message type of the topic.
  template <class Event>
  absl::StatusOr<Event> AwaitEventOf(const std::string& topic,
                                     const std::function<bool(const Event&)>& fits,
                                     absl::Duration deadline = absl::Seconds(15)) {
    Event found;
    auto record = AwaitEvent(
        topic,
        [&](const ReadRecord& candidate) {
          return found.ParseFromString(candidate.value) && fits(found);
        },
        deadline);
    if (!record.ok()) return record.status();
    return found;
  }

  // The text of /metrics; and one sample of it, e.g. Metric("pepline_refusals_total{...}"), 0 when
  // it is not there.
  absl::StatusOr<std::string> MetricsText() const { return process_->Metrics(); }
  static double MetricIn(const std::string& text, const std::string& sample);
  double Metric(const std::string& sample) const {
    return MetricIn(MetricsText().value_or(""), sample);
  }

  SimulatedClock& clock() { return *clock_; }
  RedisServer& redis() { return *redis_; }
  DevBroker& broker() { return *broker_; }         // Kill: it does not come back
  ServiceProcess& process() { return *process_; }  // Kill, Restart, WaitReady, log_file
  SmtpSink& mail() { return *mail_; }              // of notifications only
  const std::string& bootstrap() const { return broker_->bootstrap(); }
  const std::string& folder() const { return folder_.path(); }
  const TokenSigner& signer() const { return *signer_; }                  // of people's tokens
  const TokenSigner& service_signer() const { return *service_signer_; }  // of services' own
  const std::string& jwks_file() const { return jwks_file_; }

 private:
  ServiceUnderTest() = default;
  absl::Status Launch(const ServiceUnderTestOptions& options);
  static std::vector<std::pair<std::string, std::string>> HeadersOf(
      const google::protobuf::Message& event, const common::v1::EventHeader& header);

  TemporaryFolder folder_;
  std::string jwks_file_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<TokenSigner> service_signer_;
  std::unique_ptr<SimulatedClock> clock_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<DevBroker> broker_;
  std::unique_ptr<SmtpSink> mail_;
  std::unique_ptr<ServiceProcess> process_;
  std::shared_ptr<grpc::Channel> channel_;
  KafkaHandle producer_;                                         // once something was said
  std::map<std::string, std::unique_ptr<TopicReader>> readers_;  // by topic
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_UNDER_TEST_H_
