#include "services/assessments/domain/sdq_bands.h"

#include <algorithm>

namespace pepline::assessments {
namespace {

constexpr std::string_view kGk = "general knowledge, to be confirmed on the owner's scoring sheet";
// Teachers, four bands.
constexpr std::string_view kQ7 = "pmc.ncbi.nlm.nih.gov PMC4830858, table 1";
// Parents, three bands, UK.
constexpr std::string_view kQ8 = "BMC Psychiatry, s12888-021-03218-x, table 2";
// Parents, ages 2 to 4, UK.
constexpr std::string_view kQ9 = "BMC Pediatrics, s12887-023-03837-1, table 2";

constexpr int kNone = -1;  // there is no fourth band
constexpr int kConcernOfCarer = 17;

using enum BandTable;
using enum Informant;
using enum Scale;
constexpr Ages kYoung = Ages::kFrom2To4;
constexpr Ages kAll = Ages::kFrom4To17;

constexpr CutOffs kRows[] = {
    {kOriginalThree, kCarer, kAll, kTotal, {14, 17, kNone}, false, kQ8},
    {kOriginalThree, kCarer, kAll, kEmotional, {4, 5, kNone}, false, kQ8},
    {kOriginalThree, kCarer, kAll, kConduct, {3, 4, kNone}, false, kQ8},
    {kOriginalThree, kCarer, kAll, kHyperactivity, {6, 7, kNone}, false, kQ8},
    {kOriginalThree, kCarer, kAll, kPeer, {3, 4, kNone}, false, kQ8},
    {kOriginalThree, kCarer, kAll, kProsocial, {5, 4, kNone}, true, kGk},
    {kOriginalThree, kCarer, kAll, kImpact, {1, 2, kNone}, true, kGk},

    {kOriginalThree, kTeacher, kAll, kTotal, {12, 16, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kEmotional, {5, 6, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kConduct, {3, 4, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kHyperactivity, {6, 7, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kPeer, {4, 5, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kProsocial, {5, 4, kNone}, true, kGk},
    {kOriginalThree, kTeacher, kAll, kImpact, {1, 2, kNone}, true, kGk},

    {kOriginalThree, kSelf, kAll, kTotal, {16, 20, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kEmotional, {6, 7, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kConduct, {4, 5, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kHyperactivity, {6, 7, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kPeer, {4, 6, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kProsocial, {5, 4, kNone}, true, kGk},
    {kOriginalThree, kSelf, kAll, kImpact, {1, 2, kNone}, true, kGk},

    // For ages 2 to 4 only the carer's two raised levels were found; none of teachers.
    {kOriginalThree, kCarer, kYoung, kTotal, {13, 16, kNone}, false, kQ9},
    {kOriginalThree, kCarer, kYoung, kEmotional, {3, 4, kNone}, false, kQ9},
    {kOriginalThree, kCarer, kYoung, kConduct, {4, 5, kNone}, false, kQ9},
    {kOriginalThree, kCarer, kYoung, kHyperactivity, {6, 7, kNone}, false, kQ9},
    {kOriginalThree, kCarer, kYoung, kPeer, {3, 4, kNone}, false, kQ9},
    {kOriginalThree, kCarer, kYoung, kProsocial, {6, 5, kNone}, false, kQ9},

    {kFour, kCarer, kAll, kTotal, {14, 17, 20}, true, kGk},
    {kFour, kCarer, kAll, kEmotional, {4, 5, 7}, true, kGk},
    {kFour, kCarer, kAll, kConduct, {3, 4, 6}, true, kGk},
    {kFour, kCarer, kAll, kHyperactivity, {6, 8, 9}, true, kGk},
    {kFour, kCarer, kAll, kPeer, {3, 4, 5}, true, kGk},
    {kFour, kCarer, kAll, kProsocial, {7, 6, 5}, true, kGk},
    {kFour, kCarer, kAll, kImpact, {1, 2, 3}, true, kGk},

    {kFour, kTeacher, kAll, kTotal, {12, 16, 19}, false, kQ7},
    {kFour, kTeacher, kAll, kEmotional, {4, 5, 6}, false, kQ7},
    {kFour, kTeacher, kAll, kConduct, {3, 4, 5}, false, kQ7},
    {kFour, kTeacher, kAll, kHyperactivity, {6, 8, 9}, false, kQ7},
    {kFour, kTeacher, kAll, kPeer, {3, 5, 6}, false, kQ7},
    {kFour, kTeacher, kAll, kProsocial, {5, 4, 3}, false, kQ7},
    {kFour, kTeacher, kAll, kImpact, {1, 2, 3}, true, kGk},

    {kFour, kSelf, kAll, kTotal, {15, 18, 20}, true, kGk},
    {kFour, kSelf, kAll, kEmotional, {5, 6, 7}, true, kGk},
    {kFour, kSelf, kAll, kConduct, {4, 5, 6}, true, kGk},
    {kFour, kSelf, kAll, kHyperactivity, {6, 7, 8}, true, kGk},
    {kFour, kSelf, kAll, kPeer, {3, 4, 5}, true, kGk},
    {kFour, kSelf, kAll, kProsocial, {6, 5, 4}, true, kGk},
    {kFour, kSelf, kAll, kImpact, {1, 2, 3}, true, kGk},
};

std::string_view TableName(BandTable table) {
  switch (table) {
    case BandTable::kOriginalThree:
      return "original-three-bands";
    case BandTable::kFour:
      return "four-bands";
  }
  return "";
}

std::string_view BandName(const CutOffs& row, int index) {
  static constexpr std::string_view kThree[] = {"normal", "borderline", "abnormal"};
  static constexpr std::string_view kRaised[] = {"close-to-average", "slightly-raised", "high",
                                                 "very-high"};
  static constexpr std::string_view kLowered[] = {"close-to-average", "slightly-lowered", "low",
                                                  "very-low"};
  if (row.table == BandTable::kOriginalThree) return kThree[index];
  return row.scale == Scale::kProsocial ? kLowered[index] : kRaised[index];
}

bool AsksFor(Scale scale, const SdqStrategies& asked_for) {
  switch (scale) {
    case Scale::kTotal:
      return true;
    case Scale::kEmotional:
    case Scale::kConduct:
    case Scale::kHyperactivity:
    case Scale::kPeer:
      return asked_for.scales;
    case Scale::kImpact:
      return asked_for.impact;
    case Scale::kProsocial:
      return false;
  }
  return false;
}

bool IsOf(const CutOffs& row, Form form) {
  return row.informant == InformantOf(form) && row.ages == AgesOf(form);
}

}  // namespace

std::span<const CutOffs> AllCutOffs() { return kRows; }

int BandsOf(BandTable table) { return table == BandTable::kFour ? 4 : 3; }

int BandIndex(const CutOffs& row, int score) {
  int index = 0;
  for (int band = 1; band < BandsOf(row.table); ++band) {
    const int begin = row.begins[static_cast<std::size_t>(band - 1)];
    if (row.scale == Scale::kProsocial ? score <= begin : score >= begin) index = band;
  }
  return index;
}

std::vector<Band> BandsFor(Form form, const SdqScores& scores) {
  std::vector<Band> bands;
  for (const CutOffs& row : kRows) {
    const auto score = ScoreOf(scores, row.scale);
    if (!score || !IsOf(row, form)) continue;
    bands.push_back({row.scale, *score, TableName(row.table), BandName(row, BandIndex(row, *score)),
                     row.provisional, row.source});
  }
  return bands;
}

bool NeedsStrategies(Form form, const SdqScores& scores, const SdqStrategies& asked_for) {
  if (!scores.total) return false;
  if (InformantOf(form) == Informant::kCarer && *scores.total >= kConcernOfCarer) return true;
  bool total_judged = false;
  for (const CutOffs& row : kRows) {
    if (!IsOf(row, form)) continue;
    total_judged = total_judged || row.scale == Scale::kTotal;
    const auto score = ScoreOf(scores, row.scale);
    // The third band is "high" of four and "abnormal" of three.
    if (AsksFor(row.scale, asked_for) && score && BandIndex(row, *score) >= 2) return true;
  }
  return !total_judged;
}

}  // namespace pepline::assessments
