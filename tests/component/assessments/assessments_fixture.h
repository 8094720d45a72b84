// assessments as a process, and the short words its tests use: what registry and scheduling say,
// what people ask for, and what assessments said.
//   BeginWithPep();
//   EmitMeeting("2025-09-16");
//   const v1::Sdq sdq = Done(&Stub::RecordSdqAnswers, Answering()).sdq();
// Promises: after Settle everything published is handled, no alarm is due and nothing waits for
// Kafka. Instants are written as the clock of London shows them. Threads: one at a time, but Call.
#ifndef PEPLINE_TESTS_COMPONENT_ASSESSMENTS_ASSESSMENTS_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_ASSESSMENTS_ASSESSMENTS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/assessments/inbound.h"
#include "shared/rpc/request_fields.h"
#include "tests/component/support/rpc_fixture.h"
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {

inline constexpr char kChild[] = "chd-abcdefghij0123456789";
inline constexpr char kSibling[] = "chd-bcdefghijk0123456789";
inline constexpr char kSchool[] = "123240";
inline constexpr char kOtherSchool[] = "123241";
inline constexpr char kAuthority[] = "931";
inline constexpr char kPep[] = "chd-abcdefghij0123456789.1";
inline constexpr char kTeachersSdq[] = "chd-abcdefghij0123456789.1.pep.teacher";
inline constexpr char kTopicOfAssessments[] = "pepline.assessments.events.v1";

using Stub = v1::AssessmentsService::Stub;

// Requests without the request_id, which Complete fills in.
v1::RequestSdqRequest Requesting(v1::SdqInformant informant,
                                 v1::SdqPurpose purpose = v1::SDQ_PURPOSE_PEP);
v1::MarkSdqSentRequest Sending(const std::string& sdq_id = kTeachersSdq);
v1::RecordSdqAnswersRequest Answering(std::string_view digits = kAllNought,
                                      const std::string& sdq_id = kTeachersSdq);
v1::RecordSdqScoresRequest Scoring(int total, const std::string& sdq_id = kTeachersSdq);
v1::ReviewSdqRequest Reviewing(const std::string& strategies,
                               const std::string& sdq_id = kTeachersSdq);
v1::RecordSdqNotObtainedRequest NotObtaining(v1::SdqNotObtainedReason reason,
                                             const std::string& sdq_id = kTeachersSdq);
// Of the reason that was proposed, unless another one is given.
v1::ConfirmSdqNotObtainedRequest Confirming(
    const std::string& explanation, const std::string& sdq_id = kTeachersSdq,
    v1::SdqNotObtainedReason reason = v1::SDQ_NOT_OBTAINED_REASON_UNSPECIFIED);
v1::CapturePupilViewsRequest Capturing(const std::string& text);
v1::DeclinePupilViewsRequest Declining(const std::string& reason);

class AssessmentsTest : public RpcFixture<Stub> {
 protected:
  AssessmentsTest() : RpcFixture("assessments", {.caller = DesignatedTeacher(kSchool)}) {}

  void Begin(std::string_view now = "2025-09-08 09:00");
  // A child at the school, whose first PEP is open.
  void BeginWithPep(std::string_view now = "2025-09-08 09:00");

  // What other services say. Every event is the next of its aggregate.
  registry::v1::RegistryEvent RegistryEvent(const std::string& child);
  scheduling::v1::SchedulingEvent SchedulingEvent(const std::string& child, int cycle = 1);
  void Emit(const std::string& key, const registry::v1::RegistryEvent& event);
  void Emit(const std::string& key, const scheduling::v1::SchedulingEvent& event);
  void EmitInCare(const std::string& child, const std::string& school = kSchool);
  void EmitMovedSchool(const std::string& child, const std::string& to);
  void EmitPepOpened(const std::string& child = kChild, int cycle = 1);
  // A meeting whose SDQ is wanted by the end of that day.
  void EmitMeeting(std::string_view required_on, const std::string& child = kChild);
  void EmitMeetingMoved(std::string_view required_on, const std::string& child = kChild);
  void EmitMeetingCancelled(const std::string& child = kChild);
  void EmitDeadlineSet(const std::string& rule, std::string_view due_on);
  void EmitDeadlineRecalculated(const std::string& rule, std::string_view due_on);
  void EmitPepClosed(const std::string& child = kChild, int cycle = 1);
  void MoveClockTo(std::string_view at);  // and settles

  v1::GetSdqResponse Content(const std::string& sdq_id = kTeachersSdq,
                             const Actor& actor = VirtualSchool());
  // Ids over all pages, in text order; `pages` counts them.
  std::vector<std::string> Listed(v1::ListSdqsRequest request, const Actor& actor = VirtualSchool(),
                                  int* pages = nullptr);

  // What assessments said of a child so far, each aggregate's events in order and without a gap.
  std::vector<v1::AssessmentsEvent> Emitted(const std::string& child = kChild);
  // The same, of one kind: EmittedWith(&v1::AssessmentsEvent::has_sdq_became_missing).
  std::vector<v1::AssessmentsEvent> EmittedWith(bool (v1::AssessmentsEvent::*is)() const,
                                                const std::string& child = kChild);
};

}  // namespace pepline::assessments

#endif  // PEPLINE_TESTS_COMPONENT_ASSESSMENTS_ASSESSMENTS_FIXTURE_H_
