// Where a score lies in the published UK cut-offs: a support for decisions, never one.
// Two tables: the original three bands and the newer four. They are data with their provenance; a
// row is provisional until it is confirmed against its owner's scoring sheet, and says so wherever
// it is shown. Sources: docs/domain.md 3.4. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_BANDS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_BANDS_H_

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "services/assessments/domain/sdq_form.h"
#include "services/assessments/domain/sdq_scoring.h"
#include "shared/domain/profile/sdq_settings.h"

namespace pepline::assessments {

enum class BandTable { kOriginalThree, kFour };

struct CutOffs {
  BandTable table;
  Informant informant;
  Ages ages;
  Scale scale;
  // The score at which the second, third (and fourth) band begins: from there upwards, for the
  // strength (prosocial) from there downwards.
  std::array<int, 3> begins;
  bool provisional;
  std::string_view source;
};
std::span<const CutOffs> AllCutOffs();

int BandsOf(BandTable table);  // 3 or 4
// 0 (the unremarkable band) to BandsOf - 1.
int BandIndex(const CutOffs& row, int score);

struct Band {
  Scale scale;
  int score;
  std::string_view table;  // "original-three-bands", "four-bands"
  std::string_view name;   // "borderline", "very-high", ...
  bool provisional;
  std::string_view source;
  friend bool operator==(const Band&, const Band&) = default;
};
// Every known score in every table that has cut-offs for the form.
std::vector<Band> BandsFor(Form form, const SdqScores& scores);

// Whether the review must say what the PEP does about the score: a carer's total of 17 or more, or
// a total in a high or very high band of four or abnormal of the original three, or any total of a
// form without cut-offs: what no table judges, a person does. And, where the profile asks for it,
// one of the four difficulties or the impact in such a band.
bool NeedsStrategies(Form form, const SdqScores& scores, const SdqStrategies& asked_for);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_BANDS_H_
