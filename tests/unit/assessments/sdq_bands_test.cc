// The cut-off tables against the tables of docs/domain.md 3.4, written as they are printed there.
#include "services/assessments/domain/sdq_bands.h"

#include <map>
#include <set>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

using enum Informant;
using enum Scale;
constexpr Ages kOld = Ages::kFrom4To17;
constexpr Ages kYoung = Ages::kFrom2To4;
constexpr BandTable kThree = BandTable::kOriginalThree;
constexpr BandTable kFour = BandTable::kFour;

struct Printed {
  BandTable table;
  Informant informant;
  Ages ages;
  Scale scale;
  const char* ranges;  // from the unremarkable band on: "0-13 14-16 17-40"
  bool provisional;    // [GK] in the domain page
};

constexpr Printed kPrinted[] = {
    {kThree, kCarer, kOld, kTotal, "0-13 14-16 17-40", false},
    {kThree, kCarer, kOld, kEmotional, "0-3 4 5-10", false},
    {kThree, kCarer, kOld, kConduct, "0-2 3 4-10", false},
    {kThree, kCarer, kOld, kHyperactivity, "0-5 6 7-10", false},
    {kThree, kCarer, kOld, kPeer, "0-2 3 4-10", false},
    {kThree, kCarer, kOld, kProsocial, "6-10 5 0-4", true},
    {kThree, kCarer, kOld, kImpact, "0 1 2-10", true},
    {kThree, kTeacher, kOld, kTotal, "0-11 12-15 16-40", true},
    {kThree, kTeacher, kOld, kEmotional, "0-4 5 6-10", true},
    {kThree, kTeacher, kOld, kConduct, "0-2 3 4-10", true},
    {kThree, kTeacher, kOld, kHyperactivity, "0-5 6 7-10", true},
    {kThree, kTeacher, kOld, kPeer, "0-3 4 5-10", true},
    {kThree, kTeacher, kOld, kProsocial, "6-10 5 0-4", true},
    {kThree, kTeacher, kOld, kImpact, "0 1 2-6", true},
    {kThree, kSelf, kOld, kTotal, "0-15 16-19 20-40", true},
    {kThree, kSelf, kOld, kEmotional, "0-5 6 7-10", true},
    {kThree, kSelf, kOld, kConduct, "0-3 4 5-10", true},
    {kThree, kSelf, kOld, kHyperactivity, "0-5 6 7-10", true},
    {kThree, kSelf, kOld, kPeer, "0-3 4-5 6-10", true},
    {kThree, kSelf, kOld, kProsocial, "6-10 5 0-4", true},
    {kThree, kSelf, kOld, kImpact, "0 1 2-10", true},
    {kThree, kCarer, kYoung, kTotal, "0-12 13-15 16-40", false},
    {kThree, kCarer, kYoung, kEmotional, "0-2 3 4-10", false},
    {kThree, kCarer, kYoung, kConduct, "0-3 4 5-10", false},
    {kThree, kCarer, kYoung, kHyperactivity, "0-5 6 7-10", false},
    {kThree, kCarer, kYoung, kPeer, "0-2 3 4-10", false},
    {kThree, kCarer, kYoung, kProsocial, "7-10 6 0-5", false},
    {kFour, kCarer, kOld, kTotal, "0-13 14-16 17-19 20-40", true},
    {kFour, kCarer, kOld, kEmotional, "0-3 4 5-6 7-10", true},
    {kFour, kCarer, kOld, kConduct, "0-2 3 4-5 6-10", true},
    {kFour, kCarer, kOld, kHyperactivity, "0-5 6-7 8 9-10", true},
    {kFour, kCarer, kOld, kPeer, "0-2 3 4 5-10", true},
    {kFour, kCarer, kOld, kProsocial, "8-10 7 6 0-5", true},
    {kFour, kCarer, kOld, kImpact, "0 1 2 3-10", true},
    {kFour, kTeacher, kOld, kTotal, "0-11 12-15 16-18 19-40", false},
    {kFour, kTeacher, kOld, kEmotional, "0-3 4 5 6-10", false},
    {kFour, kTeacher, kOld, kConduct, "0-2 3 4 5-10", false},
    {kFour, kTeacher, kOld, kHyperactivity, "0-5 6-7 8 9-10", false},
    {kFour, kTeacher, kOld, kPeer, "0-2 3-4 5 6-10", false},
    {kFour, kTeacher, kOld, kProsocial, "6-10 5 4 0-3", false},
    {kFour, kTeacher, kOld, kImpact, "0 1 2 3-6", true},
    {kFour, kSelf, kOld, kTotal, "0-14 15-17 18-19 20-40", true},
    {kFour, kSelf, kOld, kEmotional, "0-4 5 6 7-10", true},
    {kFour, kSelf, kOld, kConduct, "0-3 4 5 6-10", true},
    {kFour, kSelf, kOld, kHyperactivity, "0-5 6 7 8-10", true},
    {kFour, kSelf, kOld, kPeer, "0-2 3 4 5-10", true},
    {kFour, kSelf, kOld, kProsocial, "7-10 6 5 0-4", true},
    {kFour, kSelf, kOld, kImpact, "0 1 2 3-10", true},
};

// Which printed range holds the score; -1: none.
int PrintedIndex(const Printed& row, int score) {
  const std::vector<std::string> ranges = absl::StrSplit(row.ranges, ' ');
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::vector<std::string> ends = absl::StrSplit(ranges[i], '-');
    int low = 0;
    int high = 0;
    EXPECT_TRUE(absl::SimpleAtoi(ends.front(), &low) && absl::SimpleAtoi(ends.back(), &high));
    if (score >= low && score <= high) return static_cast<int>(i);
  }
  return -1;
}

const CutOffs* Find(const Printed& row) {
  for (const CutOffs& cut : AllCutOffs()) {
    if (cut.table == row.table && cut.informant == row.informant && cut.ages == row.ages &&
        cut.scale == row.scale) {
      return &cut;
    }
  }
  return nullptr;
}

TEST(SdqBands, AreThoseOfThePrintedTablesAtEveryScore) {
  int scores = 0;
  for (const Printed& row : kPrinted) {
    const CutOffs* cut = Find(row);
    ASSERT_NE(cut, nullptr) << row.ranges;
    EXPECT_EQ(cut->provisional, row.provisional) << row.ranges;
    for (int score = 0; score <= HighestScore(row.scale, row.informant); ++score, ++scores) {
      EXPECT_EQ(BandIndex(*cut, score), PrintedIndex(row, score)) << row.ranges << " at " << score;
    }
  }
  EXPECT_EQ(AllCutOffs().size(), std::size(kPrinted)) << "a row that nobody printed";
  EXPECT_GT(scores, 500);
}

TEST(SdqBands, SayWhereTheyComeFromAndWhenThatIsNotConfirmed) {
  std::set<std::tuple<BandTable, Informant, Ages, Scale>> seen;
  for (const CutOffs& cut : AllCutOffs()) {
    EXPECT_TRUE(seen.insert({cut.table, cut.informant, cut.ages, cut.scale}).second) << "twice";
    EXPECT_FALSE(cut.source.empty());
    EXPECT_EQ(cut.provisional, cut.source.find("general knowledge") == 0) << cut.source;
  }
}

std::map<std::pair<Scale, std::string_view>, std::string_view> Names(Form form,
                                                                     const SdqScores& scores) {
  std::map<std::pair<Scale, std::string_view>, std::string_view> names;
  for (const Band& band : BandsFor(form, scores)) names[{band.scale, band.table}] = band.name;
  return names;
}

TEST(SdqBands, AreNamedForDifficultiesAndForTheStrength) {
  SdqScores scores;
  scores.total = 18;
  scores.prosocial = 4;
  auto names = Names(Form::kT11_17, scores);
  EXPECT_EQ(names.size(), 4u) << "only scores that are known have bands";
  EXPECT_EQ((names[{Scale::kTotal, "original-three-bands"}]), "abnormal");
  EXPECT_EQ((names[{Scale::kTotal, "four-bands"}]), "high");
  EXPECT_EQ((names[{Scale::kProsocial, "original-three-bands"}]), "abnormal");
  EXPECT_EQ((names[{Scale::kProsocial, "four-bands"}]), "low");
  scores.total = 14;
  scores.prosocial = 10;
  names = Names(Form::kP4_10, scores);
  EXPECT_EQ((names[{Scale::kTotal, "original-three-bands"}]), "borderline");
  EXPECT_EQ((names[{Scale::kTotal, "four-bands"}]), "slightly-raised");
  EXPECT_EQ((names[{Scale::kProsocial, "four-bands"}]), "close-to-average");
  scores.prosocial = 7;
  EXPECT_EQ((Names(Form::kP4_10, scores)[{Scale::kProsocial, "four-bands"}]), "slightly-lowered");
}

TEST(SdqBands, ExistForCarersOfTheYoungestAndNotForTheirTeachers) {
  const SdqScores scores = ScoreAnswers(Answers(kAllNought), std::nullopt);
  EXPECT_EQ(BandsFor(Form::kP2_4, scores).size(), 6u);
  EXPECT_TRUE(BandsFor(Form::kT2_4, scores).empty());
}

TEST(SdqStrategies, AreNeededFromTheScoreThatEachInformantsTotalIsHighAt) {
  const std::map<Form, int> from = {{Form::kP2_4, 16},  {Form::kP4_10, 17},  {Form::kP11_17, 17},
                                    {Form::kT4_10, 16}, {Form::kT11_17, 16}, {Form::kS11_17, 18},
                                    {Form::kT2_4, 0}};  // no cut-offs: a person looks
  for (const auto& [form, least] : from) {
    for (int total = 0; total <= 40; ++total) {
      SdqScores scores;
      scores.total = total;
      EXPECT_EQ(NeedsStrategies(form, scores, {}), total >= least)
          << static_cast<int>(form) << " " << total;
    }
    EXPECT_FALSE(NeedsStrategies(form, SdqScores(), {}));
  }
}

TEST(SdqStrategies, AreNeededForOneHighDifficultyOrForTheImpactUnlessTheProfileAsksForLess) {
  struct Row {
    std::optional<int> SdqScores::*scale;
    int least;  // of a teacher's form, in either table
    bool is_impact;
  };
  for (const Row& row : {Row{&SdqScores::emotional, 5, false}, Row{&SdqScores::conduct, 4, false},
                         Row{&SdqScores::hyperactivity, 7, false}, Row{&SdqScores::peer, 5, false},
                         Row{&SdqScores::impact, 2, true}}) {
    for (int score = 0; score <= 6 || (!row.is_impact && score <= 10); ++score) {
      SdqScores scores;
      scores.total = 10;
      scores.*row.scale = score;
      const bool high = score >= row.least;
      EXPECT_EQ(NeedsStrategies(Form::kT4_10, scores, {}), high) << row.least << " " << score;
      EXPECT_EQ(NeedsStrategies(Form::kT4_10, scores, {.scales = false, .impact = true}),
                high && row.is_impact);
      EXPECT_EQ(NeedsStrategies(Form::kT4_10, scores, {.scales = true, .impact = false}),
                high && !row.is_impact);
      EXPECT_FALSE(NeedsStrategies(Form::kT4_10, scores, {.scales = false, .impact = false}));
    }
  }
}

TEST(SdqStrategies, AreNotNeededForALowStrength) {
  SdqScores scores;
  scores.total = 10;
  scores.prosocial = 0;
  EXPECT_FALSE(NeedsStrategies(Form::kT4_10, scores, {}));
}

}  // namespace
}  // namespace pepline::assessments
