#include "services/assessments/api/requests.h"

#include <utility>

#include "services/assessments/domain/fields.h"
#include "shared/engine/field_mapping.h"

namespace pepline::assessments {
namespace {

// Answers or scores; their form is all that may not be readable.
template <class Recorded>
Recorded ReadRecorded(const auto& request, Violations& violations) {
  FieldReader reader;
  auto recorded = ReadFields<Recorded>(request, reader);
  if (!reader.readable()) violations.push_back({"form", "name the form that was filled in"});
  return recorded;
}

}  // namespace

SdqKey ReadSdqId(const std::string& sdq_id, Violations& violations) {
  auto key = ParseSdqId(sdq_id);
  if (!key) {
    violations.push_back({"sdq_id", "give an SDQ's id: <pep id>.<purpose>.<informant>"});
  }
  return std::move(key).value_or(SdqKey());
}

void CheckPep(const std::string& child_id, const std::string& pep_id, Violations& violations) {
  CheckChildId(child_id, violations);
  if (pep_id.empty() || pep_id.rfind(child_id + ".", 0) == 0) return;
  violations.push_back({"pep_id", "give a PEP of this child, or leave it empty"});
}

SdqKey ReadKey(const v1::RequestSdqRequest& request, const ChildId& child, const PepId& pep,
               Violations& violations) {
  const auto purpose = KnownEnum<Purpose>(request.purpose());
  const auto informant = KnownEnum<Informant>(request.informant());
  if (!purpose) violations.push_back({"purpose", "say what the SDQ is for"});
  if (!informant) violations.push_back({"informant", "say who is to fill it in"});
  return {child, pep, purpose.value_or(Purpose::kPep), informant.value_or(Informant::kTeacher)};
}

ViewsOnRecord ReadRightViews(const v1::CorrectPupilViewsRequest& request, Violations& violations) {
  ViewsOnRecord views{ViewsStage::kCaptured, request.text(), request.document_reference(),
                      request.declined_reason()};
  const bool given = !views.text.empty() || !views.document_reference.empty();
  const bool declined = !views.declined_reason.empty();
  if (request.taken_back()) {
    views.stage = ViewsStage::kTakenBack;
    if (given || declined) {
      violations.push_back({"taken_back",
                            "what is taken back is on record no more; leave the "
                            "views and why there are none empty"});
    }
  } else if (declined) {
    views.stage = ViewsStage::kDeclined;
    if (given) {
      violations.push_back(
          {"declined_reason", "give the views, or why the child gave none, not both"});
    }
  }
  return views;
}

OutcomeKey ReadOutcomeId(const std::string& outcome_id, Violations& violations) {
  auto key = ParseOutcomeId(outcome_id);
  if (!key) violations.push_back({"outcome_id", "give an outcome's id: <pep id>.o<number>"});
  return std::move(key).value_or(OutcomeKey());
}

OutcomeContent ReadContent(const v1::OutcomeContent& content, Violations& violations) {
  if (!KnownEnum<OutcomeCategory>(content.category())) {
    violations.push_back({"content.category", "say what the outcome is about"});
  }
  if (content.cost() != v1::OUTCOME_COST_UNSPECIFIED && !KnownEnum<OutcomeCost>(content.cost())) {
    violations.push_back({"content.cost", "say costed or no cost, or leave it out"});
  }
  if (!content.due_on().empty()) ReadDay(content.due_on(), "content.due_on", violations);
  FieldReader checked;  // before, so that each is named
  return ReadFields<OutcomeContent>(content, checked);
}

SdqCommand ToCommand(const v1::MarkSdqSentRequest&, Violations&) { return MarkSdqSent{}; }

SdqCommand ToCommand(const v1::RecordSdqAnswersRequest& request, Violations& violations) {
  return ReadRecorded<RecordSdqAnswers>(request, violations);
}

SdqCommand ToCommand(const v1::RecordSdqScoresRequest& request, Violations& violations) {
  return ReadRecorded<RecordSdqScores>(request, violations);
}

SdqCommand ToCommand(const v1::CorrectSdqRequest& request, Violations& violations) {
  const bool has_answers = !request.answers().empty();
  if (has_answers && request.has_scores()) {
    violations.push_back({"scores", "give the answers or the scores, not both"});
  }
  if (!has_answers && !request.has_scores()) {
    violations.push_back({"answers", "give all answers as they are right, or all scores"});
  }
  if (!has_answers && request.has_impact()) {
    violations.push_back({"impact", "the supplement's answers are given with the 25 answers"});
  }
  CorrectSdq command{{}, request.reason()};
  if (has_answers) {
    command.to = ReadRecorded<RecordSdqAnswers>(request, violations);
  } else {
    command.to = ReadRecorded<RecordSdqScores>(request, violations);
  }
  return command;
}

SdqCommand ToCommand(const v1::ReviewSdqRequest& request, Violations&) {
  return ReviewSdq{request.strategies()};
}

SdqCommand ToCommand(const v1::RecordSdqNotObtainedRequest& request, Violations& violations) {
  const auto reason = KnownEnum<NotObtainedReason>(request.reason());
  if (!reason) violations.push_back({"reason", "say why there will be no SDQ"});
  return RecordSdqNotObtained{reason.value_or(NotObtainedReason::kSdq4), request.detail()};
}

SdqCommand ToCommand(const v1::ConfirmSdqNotObtainedRequest& request, Violations& violations) {
  ConfirmSdqNotObtained command{KnownEnum<NotObtainedReason>(request.reason()),
                                request.explanation()};
  if (!command.reason && request.reason() != v1::SDQ_NOT_OBTAINED_REASON_UNSPECIFIED) {
    violations.push_back({"reason", "name a reason, or leave it out to confirm the proposed one"});
  }
  return command;
}

}  // namespace pepline::assessments
