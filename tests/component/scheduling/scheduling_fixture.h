// scheduling as a process, the authority's real calendar in it, and the short words its tests use:
// what other services say, what people ask for, and what scheduling said.
//   EmitInCare(kChild, "2019-03-01");
//   Settle();
//   const v1::Pep pep = Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
// Promises: after Settle everything published is handled, no alarm is due and nothing waits for
// Kafka. Instants are written as the clock of London shows them. Threads: one at a time, but Call
// with a token of its own.
#ifndef PEPLINE_TESTS_COMPONENT_SCHEDULING_SCHEDULING_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_SCHEDULING_SCHEDULING_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/storage/conversions.h"
#include "tests/component/scheduling/emitted_events.h"
#include "tests/component/support/rpc_fixture.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {

inline constexpr char kChild[] = "chd-abcdefghij0123456789";
inline constexpr char kSchool[] = "123240";
inline constexpr char kOtherSchool[] = "123241";
inline constexpr char kTopicOfScheduling[] = "pepline.scheduling.events.v1";

using Stub = v1::SchedulingService::Stub;

// Requests without the fields that Complete fills in.
v1::SchedulePepMeetingRequest Meeting(std::string_view at);
v1::ReschedulePepMeetingRequest MovedMeeting(std::string_view at);
v1::CancelPepMeetingRequest Cancelling();
v1::CompleteReadinessItemRequest Ticking(v1::ReadinessItem item);
// With a reason for missing views, one for a missing SDQ, and one for another day.
v1::HoldPepMeetingRequest Holding(std::string_view on);

// The PEP's deadline of this rule; a failure when it has none.
v1::Deadline DeadlineOf(const v1::Pep& pep, Rule rule);
absl::Time ToTime(const google::protobuf::Timestamp& at);

class SchedulingTest : public RpcFixture<Stub> {
 protected:
  SchedulingTest()
      : RpcFixture("scheduling", {.caller = DesignatedTeacher(kSchool), .child_id = kChild}) {}

  // The service with bank holidays, Oxfordshire's terms and the policy, at this time of its clock.
  void Begin(std::string_view now, std::map<std::string, std::string> environment = {});

  // What other services say. Every event is the next of its aggregate.
  registry::v1::RegistryEvent RegistryEvent(const std::string& aggregate);
  void Emit(const std::string& key, const registry::v1::RegistryEvent& event);
  void Emit(const std::string& key, const assessments::v1::AssessmentsEvent& event);
  void Emit(const std::string& key, const funding::v1::FundingEvent& event);
  void EmitBankHolidays();
  void EmitTermDates();
  void EmitPolicy(const Policy& policy);
  void EmitClosedDays(const std::string& school, const std::vector<std::string>& days);
  void EmitInCare(const std::string& child, std::string_view since,
                  const std::string& school = kSchool);
  void EmitMoved(const std::string& child, const std::string& from, const std::string& to,
                 std::string_view on);
  void EmitSchoolOfChildMoved(const std::string& child, const std::string& school,
                              const std::string& authority);
  void EmitTermDates(const std::string& authority, const std::vector<std::string>& parts);
  void EmitCareCeased(const std::string& child, std::string_view on);

  // A child at the school, whose PEP of the autumn of 2025 is due.
  void BeginWithPep(std::map<std::string, std::string> environment = {});
  void MoveClockTo(std::string_view at);  // and settles

  // The PEP of a command's answer.
  template <class Request, class Response>
  v1::Pep Done(Rpc<Request, Response> rpc, const std::type_identity_t<Request>& request,
               const std::optional<Actor>& actor = {}) {
    return RpcFixture::Done(rpc, request, actor).pep();
  }
  v1::Pep Pep(const std::string& child = kChild, const Actor& actor = VirtualSchool());

  // What scheduling said of a child so far, in order.
  std::vector<v1::SchedulingEvent> Emitted(const std::string& child = kChild);
  // The same, of one kind: EmittedWith(&v1::SchedulingEvent::has_deadline_missed).
  std::vector<v1::SchedulingEvent> EmittedWith(bool (v1::SchedulingEvent::*is)() const,
                                               const std::string& child = kChild);
  double Refusals(std::string_view reason) const;

  absl::Time Now() const { return service_->clock().Now(); }

  EmittedEvents events_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_TESTS_COMPONENT_SCHEDULING_SCHEDULING_FIXTURE_H_
