// The actions around the SDQ and the child's views.
#include <functional>

#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/story/runner.h"

namespace pepline::story {
namespace {

namespace v1 = assessments::v1;

constexpr int kItems = 25;
constexpr int kOlderForm = 11;  // years

int AgeOn(const registry::v1::Child& child, absl::CivilDay day) {
  absl::CivilDay born;
  if (!absl::ParseCivilTime(child.date_of_birth(), &born)) return kOlderForm;
  int age = static_cast<int>(day.year() - born.year());
  if (day.month() < born.month() || (day.month() == born.month() && day.day() < born.day())) --age;
  return age;
}

// Invented answers; the same for a child on every run.
std::vector<int> AnswersOf(const std::string& own_id) {
  std::vector<int> answers;
  std::uint32_t seed = 17;
  for (const char letter : own_id) seed = seed * 31 + static_cast<unsigned char>(letter);
  for (int item = 0; item < kItems; ++item) {
    seed = seed * 1664525 + 1013904223;
    answers.push_back(static_cast<int>((seed >> 16) % 3));
  }
  return answers;
}

}  // namespace

grpc::Status Runner::SdqIdOf(const Scene& scene, std::string& sdq_id) {
  scheduling::v1::GetPepRequest which;
  which.set_child_id(scene.child_id);
  scheduling::v1::GetPepResponse now;
  const grpc::Status found = caller_.Call(scene.at_school, which, now);
  // The teacher's, which is asked for with every PEP.
  sdq_id = absl::StrCat(now.pep().reference().pep_id(), ".pep.teacher");
  return found;
}

grpc::Status Runner::Do(const SendSdq&, const Scene& scene) {
  v1::MarkSdqSentRequest request;
  request.set_request_id(scene.request_id);
  if (grpc::Status found = SdqIdOf(scene, *request.mutable_sdq_id()); !found.ok()) return found;
  v1::MarkSdqSentResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const ReturnSdq&, const Scene& scene) {
  v1::RecordSdqAnswersRequest request;
  request.set_request_id(scene.request_id);
  if (grpc::Status found = SdqIdOf(scene, *request.mutable_sdq_id()); !found.ok()) return found;
  const registry::v1::Child* child = people_.ChildByOwnId(scene.own_id);
  const bool older = child == nullptr || AgeOn(*child, scene.on) >= kOlderForm;
  request.set_form(older ? v1::SDQ_FORM_T11_17 : v1::SDQ_FORM_T4_10);
  for (const int answer : AnswersOf(scene.own_id)) request.add_answers(answer);
  v1::RecordSdqAnswersResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const GiveUpSdq& action, const Scene& scene) {
  v1::RecordSdqNotObtainedRequest request;
  request.set_request_id(scene.request_id);
  if (grpc::Status found = SdqIdOf(scene, *request.mutable_sdq_id()); !found.ok()) return found;
  request.set_reason(v1::SDQ_NOT_OBTAINED_REASON_LOCAL);
  request.set_detail(action.reason);
  v1::RecordSdqNotObtainedResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const ConfirmSdqGivenUp& action, const Scene& scene) {
  v1::ConfirmSdqNotObtainedRequest request;
  request.set_request_id(scene.request_id);
  if (grpc::Status found = SdqIdOf(scene, *request.mutable_sdq_id()); !found.ok()) return found;
  request.set_explanation(action.explanation);
  v1::ConfirmSdqNotObtainedResponse response;
  return caller_.Call(VirtualSchool(), request, response);
}

grpc::Status Runner::Do(const CaptureViews&, const Scene& scene) {
  v1::CapturePupilViewsRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_text("I like it here. I would like more help with writing.");
  v1::CapturePupilViewsResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const DeclineViews& action, const Scene& scene) {
  v1::DeclinePupilViewsRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_reason(action.reason);
  v1::DeclinePupilViewsResponse response;
  return caller_.Call(scene.at_school, request, response);
}

}  // namespace pepline::story
