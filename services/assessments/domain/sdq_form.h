// The questionnaires that exist: who fills them in and for which ages. Codes as in
// docs/domain.md 3.2. Does not: hold or know any wording; items are numbers. Threads: values and
// pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_FORM_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_FORM_H_

#include <array>
#include <optional>
#include <string_view>

namespace pepline::assessments {

// The numbers of these three are the contract's.
enum class Purpose { kPep = 1, kAnnualCarer = 2 };
constexpr Purpose LastOf(Purpose) { return Purpose::kAnnualCarer; }
enum class Informant { kTeacher = 1, kCarer = 2, kSelf = 3 };
constexpr Informant LastOf(Informant) { return Informant::kSelf; }
enum class Form {
  kP2_4 = 1,
  kP4_10 = 2,
  kP11_17 = 3,
  kT2_4 = 4,
  kT4_10 = 5,
  kT11_17 = 6,
  kS11_17 = 7,
};
constexpr Form LastOf(Form) { return Form::kS11_17; }
inline constexpr std::array kAllPurposes = {Purpose::kPep, Purpose::kAnnualCarer};
inline constexpr std::array kAllInformants = {Informant::kTeacher, Informant::kCarer,
                                              Informant::kSelf};
inline constexpr std::array kAllForms = {Form::kP2_4,  Form::kP4_10,  Form::kP11_17, Form::kT2_4,
                                         Form::kT4_10, Form::kT11_17, Form::kS11_17};

// The ages that a form is made for, in completed years, as its name says them.
struct AgeRange {
  int least;
  int most;
};

// Cut-offs exist for these age groups.
enum class Ages { kFrom2To4, kFrom4To17 };

Informant InformantOf(Form form);
AgeRange AgeRangeOf(Form form);
Ages AgesOf(Form form);
// How many questions of the impact supplement count: five, of teachers three.
int CountedImpactQuestions(Informant informant);

std::string_view PurposeName(Purpose purpose);        // "annual-carer"
std::string_view InformantName(Informant informant);  // "teacher"
std::optional<Purpose> ParsePurpose(std::string_view name);
std::optional<Informant> ParseInformant(std::string_view name);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_FORM_H_
