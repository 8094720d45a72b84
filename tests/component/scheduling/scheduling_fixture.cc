#include "tests/component/scheduling/scheduling_fixture.h"

#include "absl/strings/str_cat.h"

namespace pepline::scheduling {

v1::SchedulePepMeetingRequest Meeting(std::string_view at) {
  v1::SchedulePepMeetingRequest request;
  *request.mutable_meeting_at() = ToTimestamp(At(at));
  return request;
}

v1::ReschedulePepMeetingRequest MovedMeeting(std::string_view at) {
  v1::ReschedulePepMeetingRequest request;
  *request.mutable_meeting_at() = ToTimestamp(At(at));
  request.set_reason("the carer cannot come");
  return request;
}

v1::CancelPepMeetingRequest Cancelling() {
  v1::CancelPepMeetingRequest request;
  request.set_reason("the school is flooded");
  return request;
}

v1::CompleteReadinessItemRequest Ticking(v1::ReadinessItem item) {
  v1::CompleteReadinessItemRequest request;
  request.set_item(item);
  return request;
}

v1::HoldPepMeetingRequest Holding(std::string_view on) {
  v1::HoldPepMeetingRequest request;
  request.set_held_on(std::string(on));
  request.set_chair(v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  request.add_attendees(v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  request.add_attendees(v1::ATTENDEE_ROLE_CHILD);
  request.set_missing_pupil_views_reason("was ill in that week");
  request.set_missing_sdq_reason("did not come back");
  request.set_record_reason("the minutes came late");
  return request;
}

v1::Deadline DeadlineOf(const v1::Pep& pep, Rule rule) {
  for (const v1::Deadline& deadline : pep.deadlines()) {
    if (deadline.deadline().rule_id() == RuleId(rule)) return deadline;
  }
  ADD_FAILURE() << RuleId(rule) << " does not run";
  return {};
}

absl::Time ToTime(const google::protobuf::Timestamp& at) {
  return FromTimestamp(at).value_or(absl::InfinitePast());
}

void SchedulingTest::Begin(std::string_view now, std::map<std::string, std::string> environment) {
  ASSERT_NO_FATAL_FAILURE(StartService(At(now), std::move(environment)));
  EmitBankHolidays();
  EmitTermDates();
  EmitPolicy(UsualPolicy());
  Settle();
}

void SchedulingTest::BeginWithPep(std::map<std::string, std::string> environment) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00", std::move(environment)));
  EmitInCare(kChild, "2019-03-01");
  Settle();
}

void SchedulingTest::Emit(const std::string& key, const registry::v1::RegistryEvent& event) {
  EmitTo(kRegistryTopic, key, event);
}
void SchedulingTest::Emit(const std::string& key, const assessments::v1::AssessmentsEvent& event) {
  EmitTo(kAssessmentsTopic, key, event);
}
void SchedulingTest::Emit(const std::string& key, const funding::v1::FundingEvent& event) {
  EmitTo(kFundingTopic, key, event);
}

registry::v1::RegistryEvent SchedulingTest::RegistryEvent(const std::string& aggregate) {
  return events_.Next(aggregate, Now());
}
void SchedulingTest::EmitBankHolidays() { Emit("england-and-wales", events_.BankHolidays(Now())); }
void SchedulingTest::EmitTermDates() { Emit(kAuthority, events_.TermDates(Now())); }
void SchedulingTest::EmitPolicy(const Policy& policy) {
  Emit(kAuthority, events_.PolicyAdopted(policy, Now()));
}
void SchedulingTest::EmitClosedDays(const std::string& school,
                                    const std::vector<std::string>& days) {
  Emit(school, events_.ClosedDays(school, days, Now()));
}
void SchedulingTest::EmitInCare(const std::string& child, std::string_view since,
                                const std::string& school) {
  Emit(child, events_.InCare(child, since, Now()));
  Emit(child, events_.Enrolled(child, school, since, Now()));
}
void SchedulingTest::EmitMoved(const std::string& child, const std::string& from,
                               const std::string& to, std::string_view on) {
  Emit(child, events_.Moved(child, from, to, on, Now()));
}
void SchedulingTest::EmitSchoolOfChildMoved(const std::string& child, const std::string& school,
                                            const std::string& authority) {
  Emit(child, events_.SchoolOfChildMoved(child, school, authority, Now()));
}
void SchedulingTest::EmitTermDates(const std::string& authority,
                                   const std::vector<std::string>& parts) {
  Emit(authority, events_.TermDatesOf(authority, parts, Now()));
}
void SchedulingTest::EmitCareCeased(const std::string& child, std::string_view on) {
  Emit(child, events_.CareCeased(child, on, Now()));
}

void SchedulingTest::MoveClockTo(std::string_view at) { SettleAt(At(at)); }

v1::Pep SchedulingTest::Pep(const std::string& child, const Actor& actor) {
  v1::GetPepRequest request;
  request.set_child_id(child);
  v1::GetPepResponse response;
  const grpc::Status status = Call(&Stub::GetPep, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.pep();
}

std::vector<v1::SchedulingEvent> SchedulingTest::Emitted(const std::string& child) {
  std::vector<v1::SchedulingEvent> events =
      EmittedUnder<v1::SchedulingEvent>(kTopicOfScheduling, child);
  // A child's events are of its plan, and of the content of its ePEPs.
  std::map<std::string, std::uint64_t> last;
  for (const v1::SchedulingEvent& event : events) {
    const auto& header = event.header();
    EXPECT_EQ(header.aggregate_version(), ++last[header.aggregate_id()]) << header.aggregate_id();
  }
  return events;
}

std::vector<v1::SchedulingEvent> SchedulingTest::EmittedWith(bool (v1::SchedulingEvent::*is)()
                                                                 const,
                                                             const std::string& child) {
  std::vector<v1::SchedulingEvent> events = Emitted(child);
  std::erase_if(events, [is](const v1::SchedulingEvent& event) { return !(event.*is)(); });
  return events;
}

double SchedulingTest::Refusals(std::string_view reason) const {
  return service_->Metric(absl::StrCat("pepline_refusals_total{aggregate=\"plan\",reason=\"",
                                       std::string(reason), "\"}"));
}

}  // namespace pepline::scheduling
