// The actions around the SDQ, the child's views and the outcomes of the PEP.
#include <functional>

#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/domain/calendar.h"
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

// Invented, and such as schools write; a child has one of them by its own id.
v1::OutcomeContent OutcomeOf(const std::string& own_id, absl::CivilDay on, bool smart) {
  struct Text {
    v1::OutcomeCategory category;
    const char *description, *measure, *baseline, *target, *responsible, *need, *evidence;
  };
  static constexpr Text kTexts[] = {
      {v1::OUTCOME_CATEGORY_ACADEMIC, "reads a chapter aloud without help",
       "pages read aloud in the weekly reading session", "2 pages", "10 pages", "the class teacher",
       "reads below the level expected for the age", "paired reading helped in the spring term"},
      {v1::OUTCOME_CATEGORY_SOCIAL_EMOTIONAL_MENTAL_HEALTH,
       "asks for time out before leaving a lesson", "lessons left without asking, in a week",
       "4 lessons", "none of 25 lessons", "the key adult", "finds changes of plan hard",
       "a time-out card, tried for two weeks"},
      {v1::OUTCOME_CATEGORY_ATTENDANCE, "is in school on time for the first lesson",
       "mornings on time, by the register", "3 of 5 mornings", "5 of 5 mornings",
       "the head of year", "travels far since the last move",
       "a taxi was on time where the bus was not"},
      {v1::OUTCOME_CATEGORY_ACADEMIC, "solves two-step word problems",
       "marks in the fortnightly test", "4 of 12", "9 of 12", "the tutor",
       "missed half a term of mathematics", "one-to-one tuition, six weeks at a time"},
  };
  constexpr int kTwelveWeeks = 84;
  const Text& text = kTexts[std::hash<std::string>{}(own_id) % std::size(kTexts)];
  v1::OutcomeContent content;
  content.set_category(text.category);
  content.set_description(text.description);
  content.set_measure(text.measure);
  content.set_responsible(text.responsible);
  content.set_need(text.need);
  content.set_evidence(text.evidence);
  content.set_cost(v1::OUTCOME_COST_NO_COST);
  if (!smart) return content;
  content.set_baseline(text.baseline);
  content.set_target(text.target);
  content.set_due_on(FormatDate(on + kTwelveWeeks));
  return content;
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

grpc::Status Runner::Do(const SetOutcome& action, const Scene& scene) {
  v1::SetOutcomeRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  *request.mutable_content() = OutcomeOf(scene.own_id, scene.on, action.smart);
  v1::SetOutcomeResponse response;
  return caller_.Call(scene.at_school, request, response);
}

grpc::Status Runner::Do(const RefineOutcome&, const Scene& scene) {
  v1::GetOutcomesRequest asked;
  asked.set_child_id(scene.child_id);
  v1::GetOutcomesResponse outcomes;
  if (grpc::Status status = caller_.Call(scene.at_school, asked, outcomes); !status.ok()) {
    return status;
  }
  if (outcomes.outcomes().empty()) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "the PEP has no outcome to refine"};
  }
  v1::RefineOutcomeRequest request;
  request.set_request_id(scene.request_id);
  request.set_outcome_id(outcomes.outcomes(0).outcome().outcome_id());
  *request.mutable_content() = OutcomeOf(scene.own_id, scene.on, /*smart=*/true);
  v1::RefineOutcomeResponse response;
  return caller_.Call(scene.at_school, request, response);
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
