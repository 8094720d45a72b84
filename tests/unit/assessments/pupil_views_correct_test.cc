// How what is on record of a child's views is put right, and taken back.
#include "services/assessments/domain/pupil_views.h"
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = pupil_views_refusals;

class CorrectedViews : public DeciderRunner<PupilViews>, public testing::Test {
 protected:
  CorrectedViews() {
    facts.now = At("2025-09-08 09:00");
    state.current_pep = PepStanding{PepId("chd-1.1"), true, std::nullopt};
  }
  void Capture(const std::string& text) {
    Done(CapturePupilViews{ChildId("chd-1"), PepId("chd-1.1"), text, ""});
  }
  void Decline() { Done(DeclinePupilViews{ChildId("chd-1"), PepId("chd-1.1"), "did not wish to"}); }
  void ExpectReproduced() {
    PupilViewsState begun;
    begun.current_pep = state.current_pep;
    EXPECT_EQ(Folded(begun), state);
  }
};

ViewsOnRecord Given(const std::string& text, const std::string& document = "") {
  return {ViewsStage::kCaptured, text, document};
}
ViewsOnRecord Declined(const std::string& reason) {
  return {.stage = ViewsStage::kDeclined, .declined_reason = reason};
}
const ViewsOnRecord kTakenBack = {ViewsStage::kTakenBack};
const char kWhy[] = "two papers were mixed up";

TEST_F(CorrectedViews, AreGivenInOtherWordsAndWhatStoodThereIsKept) {
  Capture("more time indoors");
  facts.now = At("2025-09-10 09:00");
  Done(CorrectPupilViews{Given("more time outdoors", "drawing 7"), kWhy});
  EXPECT_EQ(state.on_record, Given("more time outdoors", "drawing 7"));
  EXPECT_EQ(state.recorded_at, At("2025-09-08 09:00")) << "they were put on record then";
  EXPECT_EQ(state.corrections,
            (std::vector<PupilViewsCorrection>{{facts.now, kWhy, Given("more time indoors")}}));
  const auto& event = std::get<PupilViewsCorrected>(log.back().second);
  EXPECT_EQ(event.old_stage, ViewsStage::kCaptured);
  ExpectReproduced();
}

TEST_F(CorrectedViews, WereGivenAfterAllOrNotAtAll) {
  Decline();
  Done(CorrectPupilViews{Given("more time outdoors"), kWhy});
  EXPECT_EQ(state.on_record, Given("more time outdoors"));
  EXPECT_EQ(std::get<PupilViewsCorrected>(log.back().second).old_stage, ViewsStage::kDeclined);
  Done(CorrectPupilViews{Declined("was ill"), kWhy});
  EXPECT_EQ(state.on_record, Declined("was ill"));
  EXPECT_EQ(state.corrections.back().before, Given("more time outdoors"));
  EXPECT_EQ(state.recorded_at, At("2025-09-08 09:00"));
  ExpectReproduced();
}

TEST_F(CorrectedViews, ThatAreTakenBackLeaveNothingOfTheirContentAndAreAskedForAgain) {
  Capture("my brother hits me");
  Done(CorrectPupilViews{Given("my brother hits me often"), "a word was left out"});
  facts.now = At("2025-09-10 09:00");
  Done(CorrectPupilViews{kTakenBack, "it is another child's"});
  EXPECT_EQ(state.on_record, kTakenBack);
  EXPECT_EQ(state.recorded_at, facts.now);
  ASSERT_EQ(state.corrections.size(), 2u);
  for (const PupilViewsCorrection& one : state.corrections) {
    EXPECT_EQ(one.before, ViewsOnRecord{ViewsStage::kCaptured}) << "the words of another child";
  }
  facts.now = At("2025-09-12 09:00");
  Capture("more time outdoors");
  EXPECT_EQ(state.on_record, Given("more time outdoors"));
  EXPECT_EQ(state.recorded_at, facts.now);
  EXPECT_EQ(state.corrections.size(), 2u);
  ExpectReproduced();
}

TEST_F(CorrectedViews, ThatWereTakenBackInErrorAreOnRecordFromNowOn) {
  Capture("more time outdoors");
  Done(CorrectPupilViews{kTakenBack, kWhy});
  facts.now = At("2025-09-10 09:00");
  state.current_pep->open = false;
  Done(CorrectPupilViews{Given("more time outdoors"), "it was this child's"});
  EXPECT_EQ(state.on_record, Given("more time outdoors"));
  EXPECT_EQ(state.recorded_at, facts.now);
  EXPECT_EQ(std::get<PupilViewsCorrected>(log.back().second).old_stage, ViewsStage::kTakenBack);
}

TEST_F(CorrectedViews, NeedSomethingOnRecordAReasonAndADifference) {
  const CorrectPupilViews right{Given("more time outdoors"), kWhy};
  EXPECT_EQ(Refused(right, "pep_id"), R::kNoPupilViews);
  Capture("more time indoors");
  EXPECT_EQ(Refused(CorrectPupilViews{right.to, " "}, "reason"), R::kReasonRequired);
  EXPECT_EQ(Refused(CorrectPupilViews{right.to, std::string(501, 'x')}, "reason"), R::kTextTooLong);
  EXPECT_EQ(Refused(CorrectPupilViews{Given("more time indoors"), kWhy}, ""), R::kNothingCorrected);
  EXPECT_EQ(Refused(CorrectPupilViews{Given(" "), kWhy}, "text"), R::kNothingCaptured);
  EXPECT_EQ(Refused(CorrectPupilViews{Given(std::string(4001, 'x')), kWhy}, "text"),
            R::kTextTooLong);
  EXPECT_EQ(
      Refused(CorrectPupilViews{Given("", std::string(201, 'x')), kWhy}, "document_reference"),
      R::kTextTooLong);
  EXPECT_EQ(Refused(CorrectPupilViews{Declined(" "), kWhy}, "declined_reason"), R::kReasonRequired);
  EXPECT_EQ(Refused(CorrectPupilViews{Declined(std::string(501, 'x')), kWhy}, "declined_reason"),
            R::kTextTooLong);
  Done(CorrectPupilViews{kTakenBack, kWhy});
  EXPECT_EQ(Refused(CorrectPupilViews{kTakenBack, kWhy}, ""), R::kNothingCorrected);
}

TEST_F(CorrectedViews, KeepTheLatestTenCorrections) {
  Capture("0");
  for (int i = 1; i <= 11; ++i) Done(CorrectPupilViews{Given(std::to_string(i)), kWhy});
  ASSERT_EQ(state.corrections.size(), kMostViewsCorrections);
  EXPECT_EQ(state.corrections.front().before, Given("1"));
  EXPECT_EQ(state.corrections.back().before, Given("10"));
}

}  // namespace
}  // namespace pepline::assessments
