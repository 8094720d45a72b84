// The rows of `pepctl sdq`, `pepctl views` and `pepctl outcome`.
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/rpc_command.h"

namespace pepline::pepctl {
namespace {

namespace v1 = assessments::v1;

const Argument kSdq = {"SDQ", "sdq_id", "the SDQ's id, e.g. chd-x.1.pep.teacher"};
const Argument kChild = {"CHILD", "child_id", "the child's id"};
const Argument kPep = {"--pep", "pep_id", "for this PEP; the current one when left out",
                       Need::kOptional};
const Argument kForm = {"--form", "form", "which form was filled in, with its ages"};
const Argument kFollowUp = {"--follow-up", "follow_up", "it was the form's follow-up version",
                            Need::kOptional};
const Argument kDocument = {"--document", "document_reference", "where the paper is kept",
                            Need::kOptional};

Argument Score(const char* scale, const char* help) {
  return {std::string("--") + scale, std::string("scores.") + scale, help, Need::kOptional};
}

const Argument kImpactOverall = {
    "--impact-overall", "impact.overall",
    "impact supplement: whether there are difficulties, 0 to 3; -1 left open", Need::kOptional};
const Argument kImpactCounted = {"--impact-counted", "impact.counted",
                                 "impact supplement: its counted questions, 0 to 3; -1 left open",
                                 Need::kOptional};

// Arguments of their own, and then the scores.
std::vector<Argument> WithScores(std::vector<Argument> arguments) {
  for (const Argument& score :
       {Score("total", "0 to 40"), Score("emotional", "0 to 10"), Score("conduct", "0 to 10"),
        Score("hyperactivity", "0 to 10"), Score("peer", "0 to 10"), Score("prosocial", "0 to 10"),
        Score("externalising", "0 to 20"), Score("internalising", "0 to 20"),
        Score("impact", "0 to 10, of teachers 0 to 6"), kFollowUp, kDocument}) {
    arguments.push_back(score);
  }
  return arguments;
}

std::vector<RpcCommand> SdqCommands() {
  return {
      Row<v1::RequestSdqRequest, v1::RequestSdqResponse>(
          "sdq", "request", "ask for an SDQ with the child's current PEP",
          {kChild,
           {"--purpose", "purpose", "what it is for"},
           {"--informant", "informant", "who fills it in"},
           kPep}),
      Row<v1::MarkSdqSentRequest, v1::MarkSdqSentResponse>(
          "sdq", "sent", "put on record that the questionnaire went out", {kSdq}),
      Row<v1::RecordSdqAnswersRequest, v1::RecordSdqAnswersResponse>(
          "sdq", "answers", "record the 25 coded answers and score them",
          {kSdq,
           kForm,
           {"--answers", "answers", "25 of 0, 1, 2 as marked, with commas; -1 for one left open"},
           kImpactOverall,
           kImpactCounted,
           kFollowUp,
           kDocument}),
      Row<v1::RecordSdqScoresRequest, v1::RecordSdqScoresResponse>(
          "sdq", "scores", "record scores that were worked out elsewhere",
          WithScores({kSdq, kForm})),
      Row<v1::CorrectSdqRequest, v1::CorrectSdqResponse>(
          "sdq", "correct",
          "put right what was keyed wrongly: all answers, or all scores; what stood there is kept",
          WithScores(
              {kSdq,
               kForm,
               {"--reason", "reason", "why; stays in assessments"},
               {"--answers", "answers",
                "25 of 0, 1, 2 as marked, with commas; -1 for one left open", Need::kOptional},
               kImpactOverall,
               kImpactCounted})),
      Row<v1::ReviewSdqRequest, v1::ReviewSdqResponse>(
          "sdq", "review", "put on record that the score was looked at",
          {kSdq,
           {"--strategies", "strategies",
            "what the PEP does about a raised score; stays in assessments", Need::kOptional}}),
      Row<v1::RecordSdqNotObtainedRequest, v1::RecordSdqNotObtainedResponse>(
          "sdq", "not-obtained", "propose, with a reason, that there will be no SDQ",
          {kSdq,
           {"--reason", "reason", "sdq1 to sdq5 as in the SSDA903 return, or the authority's own"},
           {"--detail", "detail", "required for sdq4 and local; stays in assessments",
            Need::kOptional}}),
      Row<v1::ConfirmSdqNotObtainedRequest, v1::ConfirmSdqNotObtainedResponse>(
          "sdq", "confirm-not-obtained",
          "settle that there will be no SDQ: the Virtual School or the social worker",
          {kSdq,
           {"--explanation", "explanation", "why that is right; stays in assessments"},
           {"--reason", "reason", "the proposed one when left out", Need::kOptional}}),
      Row<v1::GetSdqRequest, v1::GetSdqResponse>(
          "sdq", "show", "one SDQ with its answers, scores and bands", {kSdq}),
      ListRow<v1::ListSdqsRequest, v1::ListSdqsResponse>(
          "sdq", "SDQs without answers and scores; all given filters must hold",
          {{"--child", "child_id", "of this child", Need::kOptional},
           {"--pep", "pep_id", "of this PEP", Need::kOptional},
           {"--school", "school_urn", "of children at this school", Need::kOptional},
           {"--authority", "authority_code", "of children this authority looks after",
            Need::kOptional},
           {"--state", "state", "in this state", Need::kOptional},
           {"--purpose", "purpose", "for this purpose", Need::kOptional},
           {"--informant", "informant", "filled in by", Need::kOptional},
           {"--missing", "missing_only", "only those that are missing", Need::kOptional},
           {"--to-confirm", "to_confirm_only", "only those proposed as not to be had",
            Need::kOptional}},
          {"sdq_id", "purpose", "informant", "state", "required_by", "missing", "scored_at",
           "strategies_required", "not_obtained_proposed_at"}),
  };
}

std::vector<RpcCommand> ViewsCommands() {
  return {
      Row<v1::CapturePupilViewsRequest, v1::CapturePupilViewsResponse>(
          "views", "capture", "put the child's views for a PEP on record",
          {kChild,
           {"--text", "text", "in the child's words; stays in assessments", Need::kOptional},
           {"--document", "document_reference", "where a drawing, film or paper is kept",
            Need::kOptional},
           kPep}),
      Row<v1::DeclinePupilViewsRequest, v1::DeclinePupilViewsResponse>(
          "views", "decline", "put on record that the child gave no views",
          {kChild, {"--reason", "reason", "why; stays in assessments"}, kPep}),
      Row<v1::CorrectPupilViewsRequest, v1::CorrectPupilViewsResponse>(
          "views", "correct",
          "put right what is on record: other views, why there are none, or take it back",
          {kChild,
           {"--reason", "reason", "why what is on record is wrong; stays in assessments"},
           {"--text", "text", "the views, in the child's words", Need::kOptional},
           {"--document", "document_reference", "where a drawing, film or paper is kept",
            Need::kOptional},
           {"--declined", "declined_reason", "why the child gave no views", Need::kOptional},
           {"--taken-back", "taken_back", "it is of another PEP or child; it is not kept",
            Need::kOptional},
           kPep}),
      Row<v1::GetPupilViewsRequest, v1::GetPupilViewsResponse>(
          "views", "show", "the child's views for a PEP", {kChild, kPep}),
  };
}

const Argument kOutcome = {"OUTCOME", "outcome_id", "the outcome's id, e.g. chd-x.1.o1"};

Argument Written(const char* option, const char* field, const char* help) {
  return {option, std::string("content.") + field, help, Need::kOptional};
}

// Arguments of their own, and then what people write of an outcome.
std::vector<Argument> WithContent(std::vector<Argument> arguments) {
  arguments.push_back({"--category", "content.category", "what it is about"});
  arguments.push_back({"--description", "content.description",
                       "what exactly the child is to reach; stays in assessments"});
  for (const Argument& one :
       {Written("--measure", "measure", "by what it is measured"),
        Written("--baseline", "baseline", "where the child is"),
        Written("--target", "target", "where the child is to be"),
        Written("--due", "due_on", "by which day, YYYY-MM-DD"),
        Written("--responsible", "responsible", "who sees to it"),
        Written("--need", "need", "which need of the child it answers"),
        Written("--evidence", "evidence", "what shows that this is likely to work"),
        Written("--views-of", "views_of_pep_id", "it rests on the child's views for this PEP"),
        Written("--cost", "cost", "costed, or no-cost")}) {
    arguments.push_back(one);
  }
  return arguments;
}

// "dropped 2026-01-19 10:00: another one comes first"; "met ..." of one that was reviewed.
std::string EndInWords(const v1::Outcome& outcome, const std::string& words) {
  const bool reviewed = outcome.state() == v1::OUTCOME_STATE_REVIEWED;
  return absl::StrCat(
      reviewed ? client::EnumText(*v1::OutcomeResult_descriptor(), outcome.result()) : "dropped",
      " ", client::SpokenInstant(client::TimeOf(outcome.closed_at())), ": ", words);
}

RpcCommand ShowOutcomes() {
  RpcCommand row = Row<v1::GetOutcomesRequest, v1::GetOutcomesResponse>(
      "outcome", "show", "all outcomes of a PEP, and what each lacks", {kChild, kPep});
  row.text = OutcomesText;
  return row;
}

std::vector<RpcCommand> OutcomeCommands() {
  return {
      Row<v1::SetOutcomeRequest, v1::SetOutcomeResponse>(
          "outcome", "set", "put an outcome of a PEP on record; the answer says what it lacks",
          WithContent({kChild,
                       kPep,
                       {"--carried-from", "carried_from",
                        "the outcome of an earlier PEP that goes on here", Need::kOptional}})),
      Row<v1::RefineOutcomeRequest, v1::RefineOutcomeResponse>(
          "outcome", "refine", "write an outcome anew, whole, before its review",
          WithContent({kOutcome})),
      Row<v1::ReviewOutcomeRequest, v1::ReviewOutcomeResponse>(
          "outcome", "review", "put on record what became of an outcome",
          {kOutcome,
           {"--result", "result", "what became of it"},
           {"--words", "words", "what shows it; stays in assessments"}}),
      Row<v1::DropOutcomeRequest, v1::DropOutcomeResponse>(
          "outcome", "drop", "put on record that an outcome is not pursued",
          {kOutcome, {"--reason", "reason", "why; stays in assessments"}}),
      Row<v1::ReopenOutcomeRequest, v1::ReopenOutcomeResponse>(
          "outcome", "reopen", "take back that an outcome was reviewed or dropped",
          {kOutcome, {"--reason", "reason", "why; stays in assessments"}}),
      ShowOutcomes(),
  };
}

}  // namespace

// One block for each outcome, as a person reads a plan; a table would be wider than any screen.
std::string OutcomesText(const google::protobuf::Message& response) {
  const auto& answer = static_cast<const v1::GetOutcomesResponse&>(response);
  if (answer.outcomes().empty()) return "This PEP has no outcomes.\n";
  std::string text;
  for (const v1::WrittenOutcome& written : answer.outcomes()) {
    const v1::Outcome& outcome = written.outcome();
    const v1::OutcomeContent& content = written.content();
    const auto line = [&text](std::string_view what, std::string_view value) {
      if (!value.empty()) absl::StrAppendFormat(&text, "  %-12s %s\n", what, value);
    };
    absl::StrAppend(&text, text.empty() ? "" : "\n", outcome.outcome_id(), "  ",
                    client::EnumText(*v1::OutcomeCategory_descriptor(), outcome.category()), "\n");
    line("what", content.description());
    line("measured by", content.measure());
    line("from", content.baseline());
    line("to", content.target());
    line("due", content.due_on().empty() ? "" : client::SpokenDate(content.due_on()));
    line("responsible", content.responsible());
    line("need", content.need());
    line("evidence", content.evidence());
    line("views", content.views_of_pep_id().empty()
                      ? ""
                      : absl::StrCat("the child's own for PEP ", content.views_of_pep_id()));
    line("cost", client::EnumText(*v1::OutcomeCost_descriptor(), content.cost()));
    line("goes on from", outcome.carried_from());
    for (const v1::OutcomeGap& gap : outcome.gaps()) {
      line("lacks", absl::StrCat(client::EnumText(*v1::SmartPart_descriptor(), gap.part()), ": ",
                                 gap.advice()));
    }
    if (outcome.has_closed_at()) line("ended", EndInWords(outcome, written.closing_words()));
    for (const v1::ReopenedOutcome& reopened : written.reopened()) {
      line("reopened", absl::StrCat(client::SpokenInstant(client::TimeOf(reopened.reopened_at())),
                                    ": ", reopened.reason()));
    }
  }
  return text;
}

std::vector<RpcCommand> AssessmentsCommands() {
  std::vector<RpcCommand> rows = SdqCommands();
  for (const auto& more : {ViewsCommands(), OutcomeCommands()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace pepline::pepctl
