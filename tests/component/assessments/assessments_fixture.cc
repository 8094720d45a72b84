#include "tests/component/assessments/assessments_fixture.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/common/v1/refusal.pb.h"
#include "tools/stack/processes.h"

namespace pepline::assessments {
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
  EXPECT_EQ(info.domain(), "assessments.pepline");
  return info.reason();
}

std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<common::v1::BadRequest>(status);
  return bad.field_violations().empty() ? "" : bad.field_violations(0).field();
}

v1::RequestSdqRequest Requesting(v1::SdqInformant informant, v1::SdqPurpose purpose) {
  v1::RequestSdqRequest request;
  request.set_child_id(kChild);
  request.set_purpose(purpose);
  request.set_informant(informant);
  return request;
}

v1::MarkSdqSentRequest Sending(const std::string& sdq_id) {
  v1::MarkSdqSentRequest request;
  request.set_sdq_id(sdq_id);
  return request;
}

v1::RecordSdqAnswersRequest Answering(std::string_view digits, const std::string& sdq_id) {
  v1::RecordSdqAnswersRequest request;
  request.set_sdq_id(sdq_id);
  request.set_form(v1::SDQ_FORM_T4_10);
  for (int answer : Answers(digits)) request.add_answers(answer);
  return request;
}

v1::RecordSdqScoresRequest Scoring(int total, const std::string& sdq_id) {
  v1::RecordSdqScoresRequest request;
  request.set_sdq_id(sdq_id);
  request.set_form(v1::SDQ_FORM_T4_10);
  request.mutable_scores()->set_total(total);
  return request;
}

v1::ReviewSdqRequest Reviewing(const std::string& strategies, const std::string& sdq_id) {
  v1::ReviewSdqRequest request;
  request.set_sdq_id(sdq_id);
  request.set_strategies(strategies);
  return request;
}

v1::RecordSdqNotObtainedRequest NotObtaining(v1::SdqNotObtainedReason reason,
                                             const std::string& sdq_id) {
  v1::RecordSdqNotObtainedRequest request;
  request.set_sdq_id(sdq_id);
  request.set_reason(reason);
  return request;
}

v1::CapturePupilViewsRequest Capturing(const std::string& text) {
  v1::CapturePupilViewsRequest request;
  request.set_child_id(kChild);
  request.set_text(text);
  return request;
}

v1::DeclinePupilViewsRequest Declining(const std::string& reason) {
  v1::DeclinePupilViewsRequest request;
  request.set_child_id(kChild);
  request.set_reason(reason);
  return request;
}

void AssessmentsTest::Begin(std::string_view now) {
  // The development broker misses a killed member for a session, so sessions are short here; not
  // shorter than the three seconds that it lets a new group wait.
  auto started = ServiceUnderTest::Start(
      {.service = "assessments",
       .now = At(now),
       .environment = {
           {"PEPLINE_KAFKA_SETTINGS",
            "fetch.wait.max.ms=10,session.timeout.ms=4000,heartbeat.interval.ms=300"}}});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  stub_ = v1::AssessmentsService::NewStub(service_->channel());
  store_ =
      RedisStore::Create({.port = service_->redis().port(), .service = "assessments"}, nullptr);
}

void AssessmentsTest::BeginWithPep(std::string_view now) {
  ASSERT_NO_FATAL_FAILURE(Begin(now));
  SayInCare(kChild);
  SayPepOpened();
  Settle();
}

template <class Event>
void AssessmentsTest::Publish(std::string_view topic, const std::string& key, const Event& event) {
  const absl::Status published = service_->Publish(std::string(topic), key, event);
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}
void AssessmentsTest::Say(const std::string& key, const registry::v1::RegistryEvent& event) {
  Publish(kRegistryTopic, key, event);
}
void AssessmentsTest::Say(const std::string& key, const scheduling::v1::SchedulingEvent& event) {
  Publish(kSchedulingTopic, key, event);
}
void AssessmentsTest::SayBytes(std::string_view topic, const std::string& key,
                               const std::string& bytes) {
  const absl::Status published = service_->PublishBytes(std::string(topic), key, bytes, {});
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}

registry::v1::RegistryEvent AssessmentsTest::RegistryEvent(const std::string& child) {
  registry::v1::RegistryEvent event;
  const std::string aggregate = absl::StrCat("registry/child/", child);
  *event.mutable_header() =
      ServiceUnderTest::Header(aggregate, ++versions_[aggregate], service_->clock().Now());
  return event;
}

scheduling::v1::SchedulingEvent AssessmentsTest::SchedulingEvent(const std::string& child,
                                                                 int cycle) {
  scheduling::v1::SchedulingEvent event;
  const std::string aggregate = absl::StrCat("scheduling/plan/", child);
  *event.mutable_header() =
      ServiceUnderTest::Header(aggregate, ++versions_[aggregate], service_->clock().Now());
  event.mutable_pep()->set_pep_id(absl::StrCat(child, ".", cycle));
  event.mutable_pep()->set_child_id(child);
  event.mutable_pep()->set_school_urn(kSchool);
  event.mutable_pep()->set_authority_code(kAuthority);
  return event;
}

void AssessmentsTest::SayInCare(const std::string& child, const std::string& school) {
  auto in_care = RegistryEvent(child);
  in_care.mutable_child_became_looked_after()->set_child_id(child);
  in_care.mutable_child_became_looked_after()->set_authority_code(kAuthority);
  in_care.mutable_child_became_looked_after()->set_became_looked_after_on("2019-03-01");
  Say(child, in_care);
  auto enrolled = RegistryEvent(child);
  enrolled.mutable_child_enrolled()->set_child_id(child);
  enrolled.mutable_child_enrolled()->set_school_urn(school);
  enrolled.mutable_child_enrolled()->set_school_authority_code(kAuthority);
  Say(child, enrolled);
}

void AssessmentsTest::SayMovedSchool(const std::string& child, const std::string& to) {
  auto moved = RegistryEvent(child);
  moved.mutable_child_moved_school()->set_child_id(child);
  moved.mutable_child_moved_school()->set_to_school_urn(to);
  moved.mutable_child_moved_school()->set_to_school_authority_code(kAuthority);
  Say(child, moved);
}

void AssessmentsTest::SayPepOpened(const std::string& child, int cycle) {
  auto event = SchedulingEvent(child, cycle);
  event.mutable_pep_cycle_opened()->set_kind(scheduling::v1::PEP_CYCLE_KIND_TERMLY);
  Say(child, event);
}

void AssessmentsTest::SayMeeting(std::string_view required_on, const std::string& child) {
  auto event = SchedulingEvent(child);
  *event.mutable_pep_meeting_scheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf(required_on));
  Say(child, event);
}

void AssessmentsTest::SayMeetingMoved(std::string_view required_on, const std::string& child) {
  auto event = SchedulingEvent(child);
  *event.mutable_pep_meeting_rescheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf(required_on));
  Say(child, event);
}

void AssessmentsTest::SayMeetingCancelled(const std::string& child) {
  auto event = SchedulingEvent(child);
  event.mutable_pep_meeting_cancelled();
  Say(child, event);
}

void AssessmentsTest::SayDeadlineRecalculated(const std::string& rule, std::string_view due_on) {
  auto event = SchedulingEvent(kChild);
  auto& deadline = *event.mutable_deadline_recalculated()->mutable_deadline();
  deadline.set_rule_id(rule);
  *deadline.mutable_due_at() = ToTimestamp(EndOf(due_on));
  Say(kChild, event);
}

void AssessmentsTest::SayPepClosed(const std::string& child, int cycle) {
  auto event = SchedulingEvent(child, cycle);
  event.mutable_pep_cycle_closed()->set_outcome(scheduling::v1::PEP_CYCLE_OUTCOME_NOT_COMPLETED);
  Say(child, event);
}

void AssessmentsTest::MoveClockTo(std::string_view at) {
  const absl::Status moved = service_->clock().Set(At(at));
  ASSERT_TRUE(moved.ok()) << moved;
  Settle();
}

void AssessmentsTest::Settle() {
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

void AssessmentsTest::KillAndRestart() {
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  const absl::Status ready = service_->process().WaitReady(kPatience);
  ASSERT_TRUE(ready.ok()) << ready;
  published_.clear();
}

v1::GetSdqResponse AssessmentsTest::Content(const std::string& sdq_id, const Actor& actor) {
  v1::GetSdqRequest request;
  request.set_sdq_id(sdq_id);
  v1::GetSdqResponse response;
  const grpc::Status status = Call(&Stub::GetSdq, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

std::vector<std::string> AssessmentsTest::Listed(v1::ListSdqsRequest request, const Actor& actor) {
  std::vector<std::string> ids;
  do {
    v1::ListSdqsResponse response;
    const grpc::Status status = Call(&Stub::ListSdqs, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::Sdq& sdq : response.sdqs()) ids.push_back(sdq.sdq_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<v1::AssessmentsEvent> AssessmentsTest::Said(const std::string& child) {
  Settle();
  std::vector<v1::AssessmentsEvent> events;
  std::map<std::string, std::uint64_t> heard;  // by aggregate
  auto records = service_->Events(kTopicOfAssessments);
  EXPECT_TRUE(records.ok()) << records.status();
  if (!records.ok()) return events;
  for (const ReadRecord& record : *records) {
    if (record.key != child) continue;
    v1::AssessmentsEvent event;
    EXPECT_TRUE(event.ParseFromString(record.value));
    // What a killed relay said without hearing the answer is said again; as every consumer, pass it
    // over. Otherwise an aggregate's events come in order and without a gap.
    std::uint64_t& version = heard[event.header().aggregate_id()];
    if (event.header().aggregate_version() <= version) continue;
    EXPECT_EQ(event.header().aggregate_version(), ++version) << event.header().aggregate_id();
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::AssessmentsEvent> AssessmentsTest::Saying(bool (v1::AssessmentsEvent::*is)() const,
                                                          const std::string& child) {
  std::vector<v1::AssessmentsEvent> events = Said(child);
  std::erase_if(events, [is](const v1::AssessmentsEvent& event) { return !(event.*is)(); });
  return events;
}

std::string AssessmentsTest::NextRequestId() { return absl::StrCat("request-", ++requests_); }

}  // namespace pepline::assessments
