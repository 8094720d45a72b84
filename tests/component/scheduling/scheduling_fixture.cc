#include "tests/component/scheduling/scheduling_fixture.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/common/v1/refusal.pb.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

template <class Detail>
Detail DetailOf(const grpc::Status& status) {
  common::v1::RpcStatus details;
  Detail detail;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  for (const auto& any : details.details()) {
    if (absl::EndsWith(any.type_url(), absl::StrCat(".", Detail::descriptor()->name()))) {
      EXPECT_TRUE(detail.ParseFromString(any.value()));
    }
  }
  return detail;
}

}  // namespace

std::string ReasonOf(const grpc::Status& status) {
  const auto info = DetailOf<common::v1::ErrorInfo>(status);
  EXPECT_EQ(info.domain(), "scheduling.pepline");
  return info.reason();
}

std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<common::v1::BadRequest>(status);
  return bad.field_violations().empty() ? "" : bad.field_violations(0).field();
}

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
  // The development broker misses a killed member for a session, so sessions are short here; not
  // shorter than the three seconds that it lets a new group wait.
  environment.emplace("PEPLINE_KAFKA_SETTINGS",
                      "fetch.wait.max.ms=10,session.timeout.ms=4000,heartbeat.interval.ms=300");
  auto started = ServiceUnderTest::Start(
      {.service = "scheduling", .now = At(now), .environment = environment});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  stub_ = v1::SchedulingService::NewStub(service_->channel());
  store_ = RedisStore::Create({.port = service_->redis().port(), .service = "scheduling"}, nullptr);
  SayBankHolidays();
  SayTermDates();
  SayPolicy(UsualPolicy());
  Settle();
}

void SchedulingTest::BeginWithPep(std::map<std::string, std::string> environment) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00", std::move(environment)));
  SayInCare(kChild, "2019-03-01");
  Settle();
}

template <class Event>
void SchedulingTest::Publish(std::string_view topic, const std::string& key, const Event& event) {
  const absl::Status published = service_->Publish(std::string(topic), key, event);
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}
void SchedulingTest::Say(const std::string& key, const registry::v1::RegistryEvent& event) {
  Publish(kRegistryTopic, key, event);
}
void SchedulingTest::Say(const std::string& key, const assessments::v1::AssessmentsEvent& event) {
  Publish(kAssessmentsTopic, key, event);
}
void SchedulingTest::Say(const std::string& key, const funding::v1::FundingEvent& event) {
  Publish(kFundingTopic, key, event);
}
void SchedulingTest::SayBytes(std::string_view topic, const std::string& key,
                              const std::string& bytes) {
  const absl::Status published = service_->PublishBytes(std::string(topic), key, bytes, {});
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}

registry::v1::RegistryEvent SchedulingTest::RegistryEvent(const std::string& aggregate) {
  return events_.Next(aggregate, Now());
}
void SchedulingTest::SayBankHolidays() { Say("england-and-wales", events_.BankHolidays(Now())); }
void SchedulingTest::SayTermDates() { Say(kAuthority, events_.TermDates(Now())); }
void SchedulingTest::SayPolicy(const Policy& policy) {
  Say(kAuthority, events_.PolicyAdopted(policy, Now()));
}
void SchedulingTest::SayClosedDays(const std::string& school,
                                   const std::vector<std::string>& days) {
  Say(school, events_.ClosedDays(school, days, Now()));
}
void SchedulingTest::SayInCare(const std::string& child, std::string_view since,
                               const std::string& school) {
  Say(child, events_.InCare(child, since, Now()));
  Say(child, events_.Enrolled(child, school, since, Now()));
}
void SchedulingTest::SayMoved(const std::string& child, const std::string& from,
                              const std::string& to, std::string_view on) {
  Say(child, events_.Moved(child, from, to, on, Now()));
}
void SchedulingTest::SayCareCeased(const std::string& child, std::string_view on) {
  Say(child, events_.CareCeased(child, on, Now()));
}

void SchedulingTest::MoveClockTo(std::string_view at) {
  const absl::Status moved = service_->clock().Set(At(at));
  ASSERT_TRUE(moved.ok()) << moved;
  Settle();
}

void SchedulingTest::Settle() {
  const auto handled = [this](const std::string& topic) {
    double count = 0;
    for (const char* outcome : {"handled", "dead-letter"}) {
      count += service_->Metric(absl::StrCat("pepline_consumer_records_total{outcome=\"", outcome,
                                             "\",topic=\"", topic, "\"}"));
    }
    return count;
  };
  for (const auto& [topic, count] : published_) {
    EXPECT_TRUE(WaitUntil([&, &name = topic, wanted = count] { return handled(name) >= wanted; },
                          kPatience))
        << topic << ": " << handled(topic) << " of " << count << " records are handled";
  }
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto earliest = store_->EarliestAlarm();
        return earliest.ok() && (!earliest->has_value() || **earliest > service_->clock().Now());
      },
      kPatience))
      << "an alarm stays due";
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto depth = store_->MeasureOutbox();
        return depth.ok() && depth->entries == 0;
      },
      kPatience))
      << "the outbox does not empty";
}

void SchedulingTest::KillAndRestart() {
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  const absl::Status ready = service_->process().WaitReady(kPatience);
  ASSERT_TRUE(ready.ok()) << ready;
  published_.clear();
}

v1::Pep SchedulingTest::Pep(const std::string& child, const Actor& actor) {
  v1::GetPepRequest request;
  request.set_child_id(child);
  v1::GetPepResponse response;
  const grpc::Status status = Call(&Stub::GetPep, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.pep();
}

std::vector<v1::SchedulingEvent> SchedulingTest::Said(const std::string& child) {
  Settle();
  std::vector<v1::SchedulingEvent> events;
  auto records = service_->Events(kTopicOfScheduling);
  EXPECT_TRUE(records.ok()) << records.status();
  if (!records.ok()) return events;
  for (const ReadRecord& record : *records) {
    if (record.key != child) continue;
    v1::SchedulingEvent event;
    EXPECT_TRUE(event.ParseFromString(record.value));
    // What a killed relay said without hearing the answer is said again; as every consumer, pass it
    // over. Otherwise a child's events come in order and without a gap.
    if (event.header().aggregate_version() <= events.size()) continue;
    EXPECT_EQ(event.header().aggregate_version(), events.size() + 1);
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::SchedulingEvent> SchedulingTest::Saying(bool (v1::SchedulingEvent::*is)() const,
                                                        const std::string& child) {
  std::vector<v1::SchedulingEvent> events = Said(child);
  std::erase_if(events, [is](const v1::SchedulingEvent& event) { return !(event.*is)(); });
  return events;
}

double SchedulingTest::Refusals(std::string_view reason) const {
  return service_->Metric(absl::StrCat("pepline_refusals_total{aggregate=\"plan\",reason=\"",
                                       std::string(reason), "\"}"));
}

std::string SchedulingTest::NextRequestId() { return absl::StrCat("request-", ++requests_); }

}  // namespace pepline::scheduling
