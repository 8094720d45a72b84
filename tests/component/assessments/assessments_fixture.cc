#include "tests/component/assessments/assessments_fixture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace pepline::assessments {

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

v1::ConfirmSdqNotObtainedRequest Confirming(const std::string& explanation,
                                            const std::string& sdq_id,
                                            v1::SdqNotObtainedReason reason) {
  v1::ConfirmSdqNotObtainedRequest request;
  request.set_sdq_id(sdq_id);
  request.set_explanation(explanation);
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
  ASSERT_NO_FATAL_FAILURE(StartService(At(now)));
}

void AssessmentsTest::BeginWithPep(std::string_view now) {
  ASSERT_NO_FATAL_FAILURE(Begin(now));
  EmitInCare(kChild);
  EmitPepOpened();
  Settle();
}

void AssessmentsTest::Emit(const std::string& key, const registry::v1::RegistryEvent& event) {
  EmitTo(kRegistryTopic, key, event);
}
void AssessmentsTest::Emit(const std::string& key, const scheduling::v1::SchedulingEvent& event) {
  EmitTo(kSchedulingTopic, key, event);
}

registry::v1::RegistryEvent AssessmentsTest::RegistryEvent(const std::string& child) {
  registry::v1::RegistryEvent event;
  const std::string aggregate = absl::StrCat("registry/child/", child);
  *event.mutable_header() = NextHeader(aggregate);
  return event;
}

scheduling::v1::SchedulingEvent AssessmentsTest::SchedulingEvent(const std::string& child,
                                                                 int cycle) {
  scheduling::v1::SchedulingEvent event;
  const std::string aggregate = absl::StrCat("scheduling/plan/", child);
  *event.mutable_header() = NextHeader(aggregate);
  event.mutable_pep()->set_pep_id(absl::StrCat(child, ".", cycle));
  event.mutable_pep()->set_child_id(child);
  event.mutable_pep()->set_school_urn(kSchool);
  event.mutable_pep()->set_authority_code(kAuthority);
  return event;
}

void AssessmentsTest::EmitInCare(const std::string& child, const std::string& school) {
  auto in_care = RegistryEvent(child);
  in_care.mutable_child_became_looked_after()->set_child_id(child);
  in_care.mutable_child_became_looked_after()->set_authority_code(kAuthority);
  in_care.mutable_child_became_looked_after()->set_became_looked_after_on("2019-03-01");
  Emit(child, in_care);
  auto enrolled = RegistryEvent(child);
  enrolled.mutable_child_enrolled()->set_child_id(child);
  enrolled.mutable_child_enrolled()->set_school_urn(school);
  enrolled.mutable_child_enrolled()->set_school_authority_code(kAuthority);
  Emit(child, enrolled);
}

void AssessmentsTest::EmitMovedSchool(const std::string& child, const std::string& to) {
  auto moved = RegistryEvent(child);
  moved.mutable_child_moved_school()->set_child_id(child);
  moved.mutable_child_moved_school()->set_to_school_urn(to);
  moved.mutable_child_moved_school()->set_to_school_authority_code(kAuthority);
  Emit(child, moved);
}

void AssessmentsTest::EmitPepOpened(const std::string& child, int cycle) {
  auto event = SchedulingEvent(child, cycle);
  event.mutable_pep_cycle_opened()->set_kind(scheduling::v1::PEP_CYCLE_KIND_TERMLY);
  Emit(child, event);
}

void AssessmentsTest::EmitMeeting(std::string_view required_on, const std::string& child) {
  auto event = SchedulingEvent(child);
  *event.mutable_pep_meeting_scheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf(required_on));
  Emit(child, event);
}

void AssessmentsTest::EmitMeetingMoved(std::string_view required_on, const std::string& child) {
  auto event = SchedulingEvent(child);
  *event.mutable_pep_meeting_rescheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf(required_on));
  Emit(child, event);
}

void AssessmentsTest::EmitMeetingCancelled(const std::string& child) {
  auto event = SchedulingEvent(child);
  event.mutable_pep_meeting_cancelled();
  Emit(child, event);
}

void AssessmentsTest::EmitDeadlineSet(const std::string& rule, std::string_view due_on) {
  auto event = SchedulingEvent(kChild);
  auto& deadline = *event.mutable_deadline_set()->mutable_deadline();
  deadline.set_rule_id(rule);
  *deadline.mutable_due_at() = ToTimestamp(EndOf(due_on));
  Emit(kChild, event);
}

void AssessmentsTest::EmitDeadlineRecalculated(const std::string& rule, std::string_view due_on) {
  auto event = SchedulingEvent(kChild);
  auto& deadline = *event.mutable_deadline_recalculated()->mutable_deadline();
  deadline.set_rule_id(rule);
  *deadline.mutable_due_at() = ToTimestamp(EndOf(due_on));
  Emit(kChild, event);
}

void AssessmentsTest::EmitPepClosed(const std::string& child, int cycle) {
  auto event = SchedulingEvent(child, cycle);
  event.mutable_pep_cycle_closed()->set_outcome(scheduling::v1::PEP_CYCLE_OUTCOME_NOT_COMPLETED);
  Emit(child, event);
}

void AssessmentsTest::MoveClockTo(std::string_view at) { SettleAt(At(at)); }

v1::GetSdqResponse AssessmentsTest::Content(const std::string& sdq_id, const Actor& actor) {
  v1::GetSdqRequest request;
  request.set_sdq_id(sdq_id);
  v1::GetSdqResponse response;
  const grpc::Status status = Call(&Stub::GetSdq, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

std::vector<std::string> AssessmentsTest::Listed(v1::ListSdqsRequest request, const Actor& actor,
                                                 int* pages) {
  std::vector<std::string> ids;
  do {
    v1::ListSdqsResponse response;
    const grpc::Status status = Call(&Stub::ListSdqs, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::Sdq& sdq : response.sdqs()) ids.push_back(sdq.sdq_id());
    request.set_page_token(response.next_page_token());
    if (pages != nullptr) ++*pages;
  } while (!request.page_token().empty());
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<v1::AssessmentsEvent> AssessmentsTest::Emitted(const std::string& child) {
  return EmittedUnder<v1::AssessmentsEvent>(kTopicOfAssessments, child);
}

std::vector<v1::AssessmentsEvent> AssessmentsTest::EmittedWith(bool (v1::AssessmentsEvent::*is)()
                                                                   const,
                                                               const std::string& child) {
  std::vector<v1::AssessmentsEvent> events = Emitted(child);
  std::erase_if(events, [is](const v1::AssessmentsEvent& event) { return !(event.*is)(); });
  return events;
}

}  // namespace pepline::assessments
