// Under which law a child is looked after, and that no PEP is made under a series of short breaks
// (SI 2010/959 reg 48).
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;
using enum LegalStatus;
const std::string kWhy = "the series was keyed as an ordinary placement";

Machine<Child> InCare(std::optional<LegalStatus> status) {
  Machine<Child> child = KnownChild();
  child.Done(RecordCareStarted{Day("2025-08-01"), status});
  return child;
}
RecordChild Row(std::optional<LegalStatus> status) {
  return {Somebody(), RecordCareStarted{Day("2025-08-01"), status}, {}, {}};
}

TEST(ShortBreaks, NeedNoPep) {
  for (LegalStatus status : {kV3, kV4}) {
    Machine<Child> child = InCare(status);
    ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
    EXPECT_FALSE(child.All<ChildBecameLookedAfter>()[0].pep_required);
    EXPECT_TRUE(IsLookedAfter(child.state));
    child.Idle(Wake{});
  }
  for (const auto& status : std::vector<std::optional<LegalStatus>>{kV2, kC2, std::nullopt}) {
    EXPECT_TRUE(InCare(status).All<ChildBecameLookedAfter>()[0].pep_required);
  }
}

TEST(ShortBreaks, OfAChildWhoGrowsIntoTheAgeOfPepsNeedNoneEither) {
  Machine<Child> child = KnownChild("2025-08-01 09:00", "2022-12-01");
  child.Done(RecordCareStarted{Day("2025-07-01"), kV4});
  EXPECT_EQ(Child::NextWake(child.state, child.facts), std::nullopt);
  child.Until("2025-09-10 09:00");
  child.Idle(Wake{});
}

TEST(LegalStatus, CorrectedToShortBreaksTakesThePepAwayAndKeepsWhy) {
  Machine<Child> child = InCare(kV2);
  child.Done(CorrectLegalStatus{kV4, kWhy, "stf-v"});
  const auto became = child.All<ChildBecameLookedAfter>();
  ASSERT_EQ(became.size(), 2u);
  EXPECT_FALSE(became[1].pep_required);
  EXPECT_TRUE(became[1].corrected);
  EXPECT_EQ(became[1].started_on, Day("2025-08-01"));
  EXPECT_EQ(child.state.care->legal_status, kV4);
  ASSERT_EQ(child.state.corrections.size(), 1u);
  EXPECT_EQ(child.state.corrections[0].fact, CorrectedFact::kLegalStatus);
  EXPECT_EQ(child.state.corrections[0].old_status, kV2);
  EXPECT_EQ(child.state.corrections[0].reason, kWhy);
  EXPECT_EQ(child.state.corrections[0].by, "stf-v");
}

TEST(LegalStatus, CorrectedFromShortBreaksAsksForAPepSinceCareStarted) {
  Machine<Child> child = InCare(kV4);
  child.Done(CorrectLegalStatus{kC2, kWhy, "stf-v"});
  const auto became = child.All<ChildBecameLookedAfter>();
  ASSERT_EQ(became.size(), 2u);
  EXPECT_TRUE(became[1].pep_required);
  EXPECT_TRUE(became[1].corrected);
  child.Done(CorrectLegalStatus{kC1, kWhy, "stf-v"});
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u) << "nothing follows from that";
}

TEST(LegalStatus, OfCareThatCeasedCountsOnceTheEndIsTakenBack) {
  Machine<Child> child = InCare(kV2);
  child.Done(RecordCareCeased{Day("2025-08-20"), CareCeasedReason::kReturnedHome});
  child.Done(CorrectLegalStatus{kV4, kWhy, "stf-v"});
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  child.Done(CorrectCareEnd{{}, {}, kWhy, "stf-v"});
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_FALSE(child.All<ChildBecameLookedAfter>()[1].pep_required);
}

TEST(LegalStatus, OfAChildWhoGrewIntoTheAgeAsksForAPepFromNowOn) {
  Machine<Child> child = KnownChild("2025-09-01 09:00", "2022-05-03");
  child.Done(RecordCareStarted{Day("2024-08-01"), kV4});
  child.Done(CorrectLegalStatus{kV2, kWhy, "stf-v"});
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>()[1].pep_required);
  EXPECT_FALSE(child.All<ChildBecameLookedAfter>()[1].corrected);
}

TEST(LegalStatus, IsCorrectedWithAReasonAndOnlyWhereItIsAnother) {
  Machine<Child> never = KnownChild();
  EXPECT_EQ(never.Refused(CorrectLegalStatus{kV4, kWhy}, "child_id"), R::kNothingToCorrect);
  Machine<Child> child = InCare(kV2);
  EXPECT_EQ(child.Refused(CorrectLegalStatus{kV4, " "}, "reason"), R::kReasonRequired);
  EXPECT_EQ(child.Refused(CorrectLegalStatus{kV2, kWhy}, "legal_status"), R::kSameAsOnRecord);
}

TEST(LegalStatus, OfAFileIsTakenWhereNoPepFollowsOrEndsByIt) {
  Machine<Child> child = InCare({});
  child.Done(Row(kC1));
  ASSERT_EQ(child.latest.size(), 1u);
  EXPECT_EQ(child.All<LegalStatusRecorded>().size(), 1u);
  child.Done(Row(kC2));
  child.Idle(Row(kC2));
  child.Idle(Row({}));
  EXPECT_EQ(child.state.care->legal_status, kC2) << "an empty cell takes nothing away";
  EXPECT_EQ(child.Refused(Row(kV4), "legal_status"), R::kShortBreaksAreAnotherEpisode);
  Machine<Child> breaks = InCare(kV4);
  breaks.Done(Row(kV3));
  EXPECT_EQ(breaks.Refused(Row(kV2), "legal_status"), R::kShortBreaksAreAnotherEpisode);
}

TEST(LegalStatus, OfAnOldFileDoesNotUndoACorrection) {
  Machine<Child> child = InCare(kC1);
  child.Done(CorrectLegalStatus{kC2, kWhy, "stf-v"});
  EXPECT_EQ(child.Refused(Row(kC1), "legal_status"), R::kCorrectedSince);
  child.Idle(Row(kC2));
}

TEST(LegalStatus, OfShortBreaksThatBecomeOrdinaryCareIsThatOfAnotherEpisode) {
  Machine<Child> child = InCare(kV4);
  child.Done(RecordCareCeased{Day("2025-08-31"), CareCeasedReason::kOther});
  child.Done(RecordCareStarted{Day("2025-08-31"), kV2});
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>().back().pep_required);
  EXPECT_FALSE(child.All<ChildBecameLookedAfter>().back().corrected);
  EXPECT_EQ(child.state.care->legal_status, kV2);
}

TEST(LegalStatus, HasACodeEach) {
  for (const auto& [code, status] : kLegalStatuses) {
    EXPECT_EQ(LegalStatusCode(status), code);
    EXPECT_EQ(ParseLegalStatus(code), status);
  }
  EXPECT_EQ(LegalStatusCode({}), "");
  EXPECT_EQ(ParseLegalStatus("v4"), std::nullopt);
}

}  // namespace
}  // namespace pepline::registry
