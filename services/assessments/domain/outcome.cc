#include "services/assessments/domain/outcome.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/assessments/domain/free_text.h"

namespace pepline::assessments {
namespace {

// One word or two name a subject and no outcome.
constexpr std::size_t kFewestWords = 3;

std::vector<std::string> WordsOf(std::string_view text) {
  return absl::StrSplit(absl::AsciiStrToLower(absl::string_view(text.data(), text.size())),
                        absl::ByAnyChar(" \t\r\n.,;:!?()/\"'-"), absl::SkipEmpty());
}

// Numbers in words, how often, and the levels that schools assess by.
constexpr std::array kNumbersAndLevels = {
    "one",    "two",       "three",   "four",  "five",   "six",      "seven",
    "eight",  "nine",      "ten",     "once",  "twice",  "half",     "every",
    "all",    "daily",     "weekly",  "never", "always", "emerging", "expected",
    "secure", "exceeding", "mastery", "depth", "pass",   "merit",    "distinction"};

bool HasNumberOrLevel(std::string_view text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return absl::ascii_isdigit(c); })) {
    return true;
  }
  return std::ranges::any_of(WordsOf(text), [](const std::string& word) {
    return std::ranges::find(kNumbersAndLevels, word) != kNumbersAndLevels.end();
  });
}

}  // namespace

OutcomeId IdOf(const PepId& pep, int number) {
  return OutcomeId(absl::StrCat(pep.text(), ".o", number));
}

std::optional<OutcomeKey> ParseOutcomeId(std::string_view id) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(id.data(), id.size()), '.');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  OutcomeKey key{ChildId(parts[0]), PepId(absl::StrCat(parts[0], ".", parts[1]))};
  const bool numbered = parts[2].starts_with('o') &&
                        absl::SimpleAtoi(absl::string_view(parts[2]).substr(1), &key.number);
  // As IdOf writes it, so that one outcome has one id.
  if (!numbered || key.number < 1 || IdOf(key.pep, key.number).text() != id) return std::nullopt;
  return key;
}

std::vector<OutcomeGap> GapsIn(const OutcomeContent& content, absl::CivilDay stated_on) {
  using enum SmartPart;
  std::vector<OutcomeGap> gaps;
  const auto missing = [&](bool is_missing, SmartPart part, std::string_view field,
                           std::string_view advice) {
    if (is_missing) gaps.push_back({part, field, advice});
  };
  missing(WordsOf(content.description).size() < kFewestWords, kSpecific, "description",
          "say in a sentence what exactly the child is to reach");
  missing(IsBlank(content.measure), kMeasurable, "measure", "say by what it is measured");
  missing(IsBlank(content.baseline), kMeasurable, "baseline", "say where the child is now");
  missing(IsBlank(content.target), kMeasurable, "target", "say where the child is to be");
  missing(!IsBlank(content.target) && !HasNumberOrLevel(content.target) &&
              !HasNumberOrLevel(content.measure),
          kMeasurable, "target", "give a number or a level, so that it can be seen to be reached");
  missing(IsBlank(content.responsible), kAchievable, "responsible", "name who sees to it");
  missing(!content.cost, kAchievable, "cost", "say whether it is costed or needs no money");
  missing(IsBlank(content.need), kRelevant, "need", "say which need of the child it answers");
  missing(IsBlank(content.evidence), kRelevant, "evidence",
          "say what shows that this is likely to work");
  missing(!content.due_on, kTimeBound, "due_on", "say by which day");
  missing(content.due_on &&
              (*content.due_on <= stated_on || *content.due_on > stated_on + kMostDaysAhead),
          kTimeBound, "due_on", "give a day of the coming year, within which the plan is reviewed");
  return gaps;
}

std::vector<SmartPart> PartsOf(const std::vector<OutcomeGap>& gaps) {
  std::vector<SmartPart> parts;
  for (const OutcomeGap& gap : gaps) {
    if (parts.empty() || parts.back() != gap.part) parts.push_back(gap.part);
  }
  return parts;
}

}  // namespace pepline::assessments
