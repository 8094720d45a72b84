// The actions of a school around the PEP and its meeting.
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/client/text_forms.h"
#include "tools/story/runner.h"

namespace pepline::story {
namespace {

namespace v1 = scheduling::v1;

google::protobuf::Timestamp InLondon(absl::CivilSecond at) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(absl::FromCivil(at, London())));
}

grpc::Status FindPeps(client::Caller& caller, const Actor& actor, const std::string& child_id,
                      v1::GetPepResponse& now) {
  v1::GetPepRequest request;
  request.set_child_id(child_id);
  return caller.Call(actor, request, now);
}

}  // namespace

grpc::Status Runner::Do(const SchedulePep& action, const Scene& scene) {
  v1::SchedulePepMeetingRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  *request.mutable_meeting_at() = InLondon(action.meeting_at);
  v1::SchedulePepMeetingResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const ReschedulePep& action, const Scene& scene) {
  v1::ReschedulePepMeetingRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  *request.mutable_meeting_at() = InLondon(action.meeting_at);
  request.set_reason(action.reason);
  v1::ReschedulePepMeetingResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const CancelPep& action, const Scene& scene) {
  v1::CancelPepMeetingRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_reason(action.reason);
  v1::CancelPepMeetingResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const DraftEpep&, const Scene& scene) {
  v1::CompleteReadinessItemRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_item(v1::READINESS_ITEM_EPEP_DRAFT);
  v1::CompleteReadinessItemResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const HoldPep& action, const Scene& scene) {
  v1::GetPepResponse now;
  const grpc::Status found = FindPeps(caller_, scene.at_school, scene.child_id, now);
  if (!found.ok()) return found;
  v1::HoldPepMeetingRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  // The day for which it was set.
  const absl::Time meeting_at = absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(now.pep().meeting_at()));
  request.set_held_on(absl::FormatCivilTime(absl::ToCivilDay(meeting_at, London())));
  request.set_chair(action.deputy_chairs ? v1::ATTENDEE_ROLE_DEPUTY_DESIGNATED_TEACHER
                                         : v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  request.add_attendees(request.chair());
  request.add_attendees(v1::ATTENDEE_ROLE_SOCIAL_WORKER);
  request.add_attendees(v1::ATTENDEE_ROLE_CARER);
  if (action.missing_views_reason.empty()) request.add_attendees(v1::ATTENDEE_ROLE_CHILD);
  request.set_missing_pupil_views_reason(action.missing_views_reason);
  request.set_missing_sdq_reason(action.missing_sdq_reason);
  v1::HoldPepMeetingResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const FinaliseEpep&, const Scene& scene) {
  v1::GetPepResponse now;
  const grpc::Status found = FindPeps(caller_, scene.at_school, scene.child_id, now);
  if (!found.ok()) return found;
  v1::FinaliseEpepRequest request;
  // One that was held and that the next term's followed comes first.
  for (const v1::Pep& pep : now.earlier()) {
    if (pep.state() == v1::PEP_STATE_HELD) request.set_pep_id(pep.reference().pep_id());
  }
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  v1::FinaliseEpepResponse response;
  return caller_.Call(scene.at_school, request, response);
}

}  // namespace pepline::story
