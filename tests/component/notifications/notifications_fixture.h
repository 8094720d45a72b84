// notifications as a process, with a registry that the test answers for, a real mail sink, and the
// short words its tests use: what other services say, what time it is, what notifications said.
//   Begin("2025-10-20 09:00");
//   EmitMissed(kDeadline);
//   ASSERT_TRUE(AwaitMails(2));
// Promises: every event that is said has the next version of its sender's aggregate, in order.
// Instants are written as the clock of London shows them. Threads: one.
#ifndef PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_NOTIFICATIONS_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_NOTIFICATIONS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_service.grpc.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tests/component/notifications/fake_registry.h"
#include "tests/component/support/rpc_fixture.h"
#include "tests/unit/notifications/alert_story.h"
#include "tools/stack/processes.h"
#include "tools/stack/running_clock.h"

namespace pepline::notifications {

inline constexpr char kRule[] = "finalise-within-5-school-days";
inline constexpr char kFundingRequest[] = "req-93125k3v09xq2m41hdz7";
inline constexpr char kFundingRule[] = "funding-decided";
inline constexpr char kOwnTopic[] = "pepline.notifications.events.v1";
inline constexpr char kTopicOfScheduling[] = "pepline.scheduling.events.v1";
inline constexpr char kTopicOfFunding[] = "pepline.funding.events.v1";
inline constexpr char kTopicOfRegistry[] = "pepline.registry.events.v1";

using Event = v1::NotificationsEvent;
using Stub = v1::NotificationsService::Stub;

struct ReceivedMail {
  std::map<std::string, std::string> headers;  // names in lower case
  std::string text;                            // decoded
};

ReceivedMail ReadMail(const std::string& raw);

class NotificationsTest : public RpcFixture<Stub> {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  NotificationsTest() : RpcFixture("notifications", {.caller = VirtualSchool()}) {}
  // The service before those whom it calls, and after whoever moves its clock.
  ~NotificationsTest() override {
    running_clock_.reset();
    service_.reset();
  }

  void Begin(std::string_view now, std::map<std::string, std::string> environment = {});

  // The usual people: a Designated Teacher and a deputy, caseworker and head of the Virtual School,
  // a headteacher, a school office.
  void AppointTheUsual();

  // registry's words.
  registry::v1::RegistryEvent FromRegistry(const std::string& aggregate);
  void Emit(const registry::v1::RegistryEvent& event, const std::string& key);
  void EmitInCare(const std::string& child, const std::string& school);
  void EmitMoved(const std::string& child, const std::string& to_school);
  void EmitVacancy(const std::string& school, std::string_view since,
                   const std::vector<LevelInstant>& levels,
                   const std::string& authority = kAuthority, bool of_caring_authority = false,
                   bool estimated = false);
  void EmitVacancyEnded(const std::string& school, std::string_view since);
  void EmitAppointed(const std::string& school);

  // scheduling's words. Each takes the next version of the child's plan.
  scheduling::v1::SchedulingEvent FromScheduling(const std::string& child);
  void Emit(const scheduling::v1::SchedulingEvent& event);
  common::v1::DeadlineReference Reference(const std::string& child, const Instants& instants);
  void EmitReminder(const std::string& child, const Instants& instants);
  void EmitMissed(const std::string& child, const Instants& instants);
  void EmitMet(const std::string& child, const Instants& instants, bool late);
  void EmitWithdrawn(const std::string& child, const Instants& instants);
  void EmitWaived(const std::string& child, const Instants& instants);
  void EmitMoved(const std::string& child, const Instants& instants, bool miss_withdrawn);

  // funding's words, of a request of the child's. Each takes the next version of the request.
  funding::v1::FundingEvent FromFunding(const std::string& child);
  void Emit(const funding::v1::FundingEvent& event);
  common::v1::DeadlineReference FundingReference(const Instants& instants);

  void MoveClockTo(std::string_view at);
  std::string Today() const;  // in London, as events write days
  // Waits for the condition, while the clock runs on; `ticking` lets it fly, for what is put off.
  bool Eventually(const std::function<bool()>& condition);
  bool EventuallyTicking(const std::function<bool()>& condition);

  // Every event once, however often a killed relay put its record on the topic.
  std::vector<Event> Emitted();
  // "raised 1", "delivered 1 designated-teacher", ... of one alert, in their order; who was told of
  // one level side by side, in the order of roles.
  std::vector<std::string> StoryOf(const std::string& alert_id);
  bool AwaitStory(const std::string& alert_id, const std::vector<std::string>& story);
  bool TickUntilStory(const std::string& alert_id, const std::vector<std::string>& story);
  std::vector<ReceivedMail> Mails();
  // So many mails arrived, and the service has said so: what is published after this call comes
  // after their delivery.
  bool AwaitMails(std::size_t count);
  // Everything said to the service so far was handled.
  bool AwaitHandled();
  // So many messages of the alert are on record as delivered.
  bool AwaitDelivered(const std::string& alert_id, int count);

  v1::Alert GetAlert(const std::string& alert_id, const Actor& actor = VirtualSchool());

  FakeRegistry registry_;
  std::unique_ptr<RunningClock> running_clock_;
  int published_ = 0;
};

std::string AlertIdOf(const std::string& child);

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_NOTIFICATIONS_FIXTURE_H_
