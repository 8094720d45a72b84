#include "services/assessments/domain/sdq_return.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/domain/free_text.h"

namespace pepline::assessments {
namespace {

MaybeRefusal CheckForm(Informant informant, Form form, const std::string& document_reference) {
  if (InformantOf(form) != informant) {
    return Refuse(
        sdq_refusals::kFormOfAnotherInformant, "form",
        "this form is another informant's; give the form that was filled in, or record it "
        "with the SDQ of its own informant");
  }
  if (IsLongerThan(document_reference, kLongestReference)) {
    return Refuse(sdq_refusals::kTextTooLong, "document_reference",
                  absl::StrCat("give at most ", kLongestReference, " characters"));
  }
  return std::nullopt;
}

MaybeRefusal CheckImpact(Informant informant, const ImpactAnswers& impact) {
  const auto is_answer = [](int value) { return value >= kOpen && value <= 3; };
  const auto expected = static_cast<std::size_t>(CountedImpactQuestions(informant));
  if (!is_answer(impact.overall)) {
    return Refuse(sdq_refusals::kAnswerOutOfRange, "impact.overall",
                  "give 0 to 3, or -1 for a question that was left open");
  }
  if (impact.counted.size() != expected) {
    return Refuse(sdq_refusals::kImpactNotOfThisForm, "impact.counted",
                  absl::StrCat("this informant's supplement has ", expected,
                               " counted questions; give -1 for one that was left open"));
  }
  for (std::size_t i = 0; i < impact.counted.size(); ++i) {
    if (!is_answer(impact.counted[i])) {
      return Refuse(sdq_refusals::kAnswerOutOfRange, absl::StrCat("impact.counted[", i, "]"),
                    "give 0 to 3, or -1 for a question that was left open");
    }
  }
  return std::nullopt;
}

MaybeRefusal CheckRange(const std::optional<int>& score, int highest, const char* field) {
  if (!score || (*score >= 0 && *score <= highest)) return std::nullopt;
  return Refuse(sdq_refusals::kScoreOutOfRange, absl::StrCat("scores.", field),
                absl::StrCat("give 0 to ", highest, ", or leave it out where it is not known"));
}

MaybeRefusal CheckRanges(Informant informant, const SdqScores& scores) {
  const int impact = HighestScore(Scale::kImpact, informant);
  const struct {
    const std::optional<int>& score;
    int highest;
    const char* field;
  } rows[] = {
      {scores.emotional, 10, "emotional"},         {scores.conduct, 10, "conduct"},
      {scores.hyperactivity, 10, "hyperactivity"}, {scores.peer, 10, "peer"},
      {scores.prosocial, 10, "prosocial"},         {scores.total, 40, "total"},
      {scores.externalising, 20, "externalising"}, {scores.internalising, 20, "internalising"},
      {scores.impact, impact, "impact"},
  };
  for (const auto& row : rows) {
    if (auto no = CheckRange(row.score, row.highest, row.field)) return no;
  }
  return std::nullopt;
}

// What a score can be, given what is known: one value, or all that its parts leave open.
struct Range {
  int least = 0;
  int most = 0;
  bool Has(int score) const { return score >= least && score <= most; }
};
Range operator+(Range one, Range other) { return {one.least + other.least, one.most + other.most}; }
Range RangeOf(const std::optional<int>& score, Range open) {
  return score ? Range{*score, *score} : open;
}

MaybeRefusal CheckSum(const std::optional<int>& sum, Range possible, const char* field) {
  if (!sum || possible.Has(*sum)) return std::nullopt;
  return Refuse(sdq_refusals::kSumDiffers, absl::StrCat("scores.", field),
                "this is not the sum of its scales; check the scores, or leave the sum out");
}

MaybeRefusal CheckSums(const SdqScores& given) {
  constexpr Range kOpenScale{0, 10};
  const Range externalising =
      RangeOf(given.conduct, kOpenScale) + RangeOf(given.hyperactivity, kOpenScale);
  const Range internalising =
      RangeOf(given.emotional, kOpenScale) + RangeOf(given.peer, kOpenScale);
  if (auto no = CheckSum(given.externalising, externalising, "externalising")) return no;
  if (auto no = CheckSum(given.internalising, internalising, "internalising")) return no;
  return CheckSum(
      given.total,
      RangeOf(given.externalising, externalising) + RangeOf(given.internalising, internalising),
      "total");
}

}  // namespace

MaybeRefusal CheckReturn(Informant informant, const RecordSdqAnswers& command) {
  if (auto no = CheckForm(informant, command.form, command.document_reference)) return no;
  if (command.answers.size() != kItems) {
    return Refuse(sdq_refusals::kNotTwentyFiveAnswers, "answers",
                  "give 25 answers in the order of the form, -1 for an item that was left open");
  }
  for (std::size_t i = 0; i < command.answers.size(); ++i) {
    if (command.answers[i] < kOpen || command.answers[i] > 2) {
      return Refuse(sdq_refusals::kAnswerOutOfRange, absl::StrCat("answers[", i, "]"),
                    "give 0, 1 or 2, or -1 for an item that was left open");
    }
  }
  if (std::ranges::all_of(command.answers, [](int answer) { return answer == kOpen; })) {
    return Refuse(sdq_refusals::kNothingAnswered, "answers",
                  "no item is answered; propose that the SDQ be not obtained, with the reason");
  }
  if (command.impact) return CheckImpact(informant, *command.impact);
  return std::nullopt;
}

MaybeRefusal CheckReturn(Informant informant, const RecordSdqScores& command) {
  if (auto no = CheckForm(informant, command.form, command.document_reference)) return no;
  if (command.scores == SdqScores() && IsBlank(command.document_reference)) {
    return Refuse(sdq_refusals::kNothingRecorded, "scores",
                  "give a score, or where the document with the scores is kept");
  }
  if (auto no = CheckRanges(informant, command.scores)) return no;
  return CheckSums(command.scores);
}

}  // namespace pepline::assessments
