#include "services/assessments/domain/sdq_form.h"

#include <cstddef>
#include <iterator>

namespace pepline::assessments {

Informant InformantOf(Form form) {
  switch (form) {
    case Form::kP2_4:
    case Form::kP4_10:
    case Form::kP11_17:
      return Informant::kCarer;
    case Form::kT2_4:
    case Form::kT4_10:
    case Form::kT11_17:
      return Informant::kTeacher;
    case Form::kS11_17:
      return Informant::kSelf;
  }
  return Informant::kCarer;
}

AgeRange AgeRangeOf(Form form) {
  // In the order of kAllForms.
  static constexpr AgeRange kRanges[] = {{2, 4},  {4, 10},  {11, 17}, {2, 4},
                                         {4, 10}, {11, 17}, {11, 17}};
  static_assert(std::size(kRanges) == kAllForms.size());
  return kRanges[static_cast<std::size_t>(form) - 1];
}

Ages AgesOf(Form form) {
  switch (form) {
    case Form::kP2_4:
    case Form::kT2_4:
      return Ages::kFrom2To4;
    case Form::kP4_10:
    case Form::kP11_17:
    case Form::kT4_10:
    case Form::kT11_17:
    case Form::kS11_17:
      return Ages::kFrom4To17;
  }
  return Ages::kFrom4To17;
}

int CountedImpactQuestions(Informant informant) { return informant == Informant::kTeacher ? 3 : 5; }

std::string_view PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kPep:
      return "pep";
    case Purpose::kAnnualCarer:
      return "annual-carer";
  }
  return "";
}

std::string_view InformantName(Informant informant) {
  switch (informant) {
    case Informant::kTeacher:
      return "teacher";
    case Informant::kCarer:
      return "carer";
    case Informant::kSelf:
      return "self";
  }
  return "";
}

std::optional<Purpose> ParsePurpose(std::string_view name) {
  for (Purpose one : kAllPurposes) {
    if (PurposeName(one) == name) return one;
  }
  return std::nullopt;
}

std::optional<Informant> ParseInformant(std::string_view name) {
  for (Informant one : kAllInformants) {
    if (InformantName(one) == name) return one;
  }
  return std::nullopt;
}

}  // namespace pepline::assessments
