// Mending what was put on record about a child wrongly.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;
constexpr auto kHome = CareCeasedReason::kReturnedHome;
const std::string kWhy = "the placement agreement has another date";

CorrectCareStart Start(std::string_view day) { return {Day(day), kWhy, "stf-v"}; }
CorrectCareEnd End(std::string_view day) { return {Day(day), std::nullopt, kWhy, "stf-v"}; }
CorrectCareEnd NoEnd() { return {std::nullopt, std::nullopt, kWhy, "stf-v"}; }
CorrectEnrolment AtSchool(const SchoolUrn& school, std::string_view day = "") {
  CorrectEnrolment command{school, std::nullopt, kWhy, "stf-v"};
  if (!day.empty()) command.enrolled_on = Day(day);
  return command;
}

Machine<Child> InCare() {
  Machine<Child> child = KnownChild();
  child.Done(RecordCareStarted{Day("2025-08-01")});
  return child;
}
Machine<Child> OutOfCare() {
  Machine<Child> child = InCare();
  child.Done(RecordCareCeased{Day("2025-08-20"), kHome});
  return child;
}

TEST(CorrectCareStart, MovesTheStartOfTheSameEpisodeAndKeepsWhy) {
  Machine<Child> child = InCare();
  child.Done(Start("2025-07-28"));
  ASSERT_EQ(child.latest.size(), 1u) << "no other episode opens";
  const auto corrected = child.All<CareStartCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].correction.old_day, Day("2025-08-01"));
  EXPECT_EQ(corrected[0].correction.new_day, Day("2025-07-28"));
  EXPECT_EQ(child.state.care->started_on, Day("2025-07-28"));
  EXPECT_TRUE(IsLookedAfter(child.state));
  ASSERT_EQ(child.state.corrections.size(), 1u);
  EXPECT_EQ(child.state.corrections[0].reason, kWhy);
  EXPECT_EQ(child.state.corrections[0].by, "stf-v");
  EXPECT_EQ(child.state.corrections[0].at, At("2025-09-01 09:00"));
}

TEST(CorrectCareStart, IsRefusedForWhatNeverWasForWhatIsTheSameAndWithoutAReason) {
  Machine<Child> nobody;
  EXPECT_EQ(nobody.Refused(Start("2025-07-28"), "child_id"), R::kUnknownChild);
  Machine<Child> never = KnownChild();
  EXPECT_EQ(never.Refused(Start("2025-07-28"), "child_id"), R::kNothingToCorrect);
  Machine<Child> child = InCare();
  EXPECT_EQ(child.Refused(Start("2025-08-01"), "became_looked_after_on"), R::kSameAsOnRecord);
  EXPECT_EQ(child.Refused(CorrectCareStart{Day("2025-07-28"), ""}, "reason"), R::kReasonRequired);
  EXPECT_EQ(child.Refused(CorrectCareStart{Day("2025-07-28"), " \n"}, "reason"),
            R::kReasonRequired);
  std::string reason;
  for (int i = 0; i < 500; ++i) reason += "é";
  EXPECT_EQ(child.Refused(CorrectCareStart{Day("2025-07-28"), reason + "x"}, "reason"),
            R::kReasonTooLong);
  child.Done(CorrectCareStart{Day("2025-07-28"), reason});
}

TEST(CorrectCareStart, IsRefusedWhereTheDayBreaksAnotherFact) {
  const std::string field = "became_looked_after_on";
  Machine<Child> child = OutOfCare();
  EXPECT_EQ(child.Refused(Start("2013-05-02"), field), R::kBeforeBirth);
  EXPECT_EQ(child.Refused(Start("2025-09-02"), field), R::kInTheFuture);
  EXPECT_EQ(child.Refused(Start("2025-08-21"), field), R::kCeasedBeforeStarted);
  child.Done(Start("2025-08-20"));
  child.Done(RecordCareStarted{Day("2025-08-25")});
  EXPECT_EQ(child.Refused(Start("2025-08-19"), field), R::kCareOverlapsTheLast);
  child.Done(Start("2025-08-20"));
  Machine<Child> grown = KnownChild("2025-09-01 09:00", "2007-08-31");
  grown.Done(RecordCareStarted{Day("2025-08-01")});
  EXPECT_EQ(grown.Refused(Start("2025-08-31"), field), R::kNoLongerAChild);
}

TEST(CorrectCareEnd, TakenBackCareGoesOnInTheSameEpisode) {
  Machine<Child> child = OutOfCare();
  child.Done(NoEnd());
  ASSERT_EQ(child.latest.size(), 1u);
  EXPECT_TRUE(IsLookedAfter(child.state));
  EXPECT_EQ(child.state.care->started_on, Day("2025-08-01"));
  EXPECT_EQ(child.state.care->reason, std::nullopt);
  const auto corrected = child.All<CareEndCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].correction.old_day, Day("2025-08-20"));
  EXPECT_EQ(corrected[0].correction.new_day, std::nullopt);
  EXPECT_EQ(child.Refused(NoEnd(), "child_id"), R::kNothingToCorrect);
  child.Done(RecordCareCeased{Day("2025-08-30"), kHome});
}

TEST(CorrectCareEnd, HasAnotherDayOrAnotherReason) {
  Machine<Child> child = OutOfCare();
  child.Done(End("2025-08-22"));
  EXPECT_EQ(child.state.care->ceased_on, Day("2025-08-22"));
  EXPECT_EQ(child.state.care->reason, kHome) << "as on record";
  CorrectCareEnd adopted = End("2025-08-22");
  adopted.ceased_reason = CareCeasedReason::kAdoption;
  child.Done(adopted);
  EXPECT_EQ(child.state.care->reason, CareCeasedReason::kAdoption);
  EXPECT_EQ(child.All<CareEndCorrected>()[1].old_reason, kHome);
}

TEST(CorrectCareEnd, IsRefusedForWhatNeverWasAndWhereTheDayBreaksAnotherFact) {
  Machine<Child> in_care = InCare();
  EXPECT_EQ(in_care.Refused(End("2025-08-20"), "child_id"), R::kNothingToCorrect);
  Machine<Child> child = OutOfCare();
  EXPECT_EQ(child.Refused(End("2025-08-20"), "ceased_on"), R::kSameAsOnRecord);
  EXPECT_EQ(child.Refused(End("2025-07-31"), "ceased_on"), R::kCeasedBeforeStarted);
  EXPECT_EQ(child.Refused(End("2025-09-02"), "ceased_on"), R::kInTheFuture);
  EXPECT_EQ(child.Refused(CorrectCareEnd{Day("2025-08-22"), {}, ""}, "reason"), R::kReasonRequired);
  Machine<Child> grown = KnownChild("2025-08-20 09:00", "2007-08-31");
  grown.Done(RecordCareStarted{Day("2025-08-01")});
  grown.Done(RecordCareCeased{Day("2025-08-20"), kHome});
  grown.Until("2025-08-31 00:00");
  EXPECT_EQ(grown.Refused(NoEnd(), "taken_back"), R::kNoLongerAChild);
  grown.Done(End("2025-08-30"));
}

TEST(CorrectCareEnd, ABabyWhoGrewIntoTheAgeOfPepsMeanwhileIsSaidSo) {
  Machine<Child> child = KnownChild("2025-08-20 09:00", "2022-10-05");
  child.Done(RecordCareStarted{Day("2025-08-01")});
  child.Done(RecordCareCeased{Day("2025-08-20"), kHome});
  child.Until("2026-09-02 09:00");
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  child.Done(NoEnd());
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>()[1].pep_required);
}

TEST(CorrectEnrolment, TheFirstSchoolOrItsDayIsAnotherOne) {
  Machine<Child> child = KnownChild();
  EXPECT_EQ(child.Refused(AtSchool(kSchool), "child_id"), R::kNothingToCorrect);
  child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  EXPECT_EQ(child.Refused(AtSchool(kSchool, "2024-09-03")), R::kSameAsOnRecord);
  EXPECT_EQ(child.Refused(AtSchool({}, "2013-05-02"), "enrolled_on"), R::kBeforeBirth);
  EXPECT_EQ(child.Refused(AtSchool({}, "2026-09-03"), "enrolled_on"), R::kTooFarAhead);
  child.Done(AtSchool({}, "2024-09-05"));
  child.facts.school_authority = AuthorityCode("933");
  child.Done(AtSchool(kOtherSchool));
  const auto corrected = child.All<EnrolmentCorrected>();
  ASSERT_EQ(corrected.size(), 2u);
  EXPECT_EQ(corrected[0].enrolment, (Enrolment{kSchool, kAuthority, Day("2024-09-05")}));
  EXPECT_EQ(corrected[1].correction.old_school, kSchool);
  EXPECT_EQ(corrected[1].enrolment,
            (Enrolment{kOtherSchool, AuthorityCode("933"), Day("2024-09-05")}));
  EXPECT_FALSE(corrected[1].by_move);
  EXPECT_EQ(Child::Index(child.state)[1], ChildrenAt(kOtherSchool));
  child.facts.school_open = false;
  EXPECT_EQ(child.Refused(AtSchool(kSchool), "school_urn"), R::kSchoolClosed);
  child.facts.school_known = false;
  EXPECT_EQ(child.Refused(AtSchool(kSchool), "school_urn"), R::kUnknownSchool);
}

TEST(CorrectEnrolment, AMoveHasAnotherDayOrIsTakenBack) {
  Machine<Child> child = KnownChild();
  child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-06-02")});
  EXPECT_EQ(child.Refused(AtSchool({}, "2024-09-02"), "enrolled_on"), R::kMovedBeforeEnrolled);
  EXPECT_EQ(child.Refused(AtSchool({}, "2025-09-02"), "enrolled_on"), R::kInTheFuture);
  child.Done(AtSchool({}, "2025-06-09"));
  EXPECT_TRUE(child.All<EnrolmentCorrected>()[0].by_move);
  EXPECT_EQ(child.Refused(AtSchool(kSchool, "2025-06-09"), "enrolled_on"),
            R::kEnrolledOnAnotherDay);
  child.Done(AtSchool(kSchool));
  const EnrolmentCorrected back = child.All<EnrolmentCorrected>()[1];
  EXPECT_TRUE(back.move_taken_back);
  EXPECT_FALSE(back.by_move);
  EXPECT_EQ(back.enrolment, (Enrolment{kSchool, kAuthority, Day("2024-09-03")}));
  EXPECT_EQ(child.state.before_move, std::nullopt);
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-06-20")});
}

TEST(CorrectEnrolment, OfASecondMoveTakenBackLeavesTheFirst) {
  Machine<Child> child = KnownChild();
  const SchoolUrn third("777777");
  child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-06-02")});
  child.Done(MoveChildToSchool{third, Day("2025-07-01")});
  child.Done(AtSchool(kOtherSchool));
  EXPECT_TRUE(child.All<EnrolmentCorrected>()[0].by_move) << "as the first move did";
  EXPECT_EQ(child.state.enrolment->enrolled_on, Day("2025-06-02"));
}

TEST(Corrections, OfOneChildAreBounded) {
  Machine<Child> child = InCare();
  for (int i = 0; i < 100; ++i) child.Done(Start(i % 2 == 0 ? "2025-07-28" : "2025-07-29"));
  EXPECT_EQ(child.Refused(Start("2025-07-30"), "child_id"), R::kTooManyCorrections);
}

// The file of the day before the correction, once more.
RecordChild OldRow() {
  return {Somebody(), RecordCareStarted{Day("2025-08-01")},
          RecordCareCeased{Day("2025-08-20"), kHome}, EnrolChild{kSchool, Day("2025-08-04")}};
}

TEST(ChildImport, AnOldFileDoesNotUndoACorrectionOfCare) {
  Machine<Child> child = KnownChild();
  child.Done(OldRow());
  child.Done(NoEnd());
  EXPECT_EQ(child.Refused(OldRow(), "ceased_on"), R::kCorrectedSince);
  RecordChild still = OldRow();
  still.ceased.reset();
  child.Idle(still);
  child.Done(Start("2025-07-28"));
  EXPECT_EQ(child.Refused(still, "became_looked_after_on"), R::kCorrectedSince);
  child.Done(Start("2025-08-11"));
  EXPECT_EQ(child.Refused(still, "became_looked_after_on"), R::kCorrectedSince);
  still.started = RecordCareStarted{Day("2025-08-11")};
  child.Idle(still);
}

TEST(ChildImport, AnOldFileDoesNotUndoACorrectionOfTheSchool) {
  Machine<Child> child = KnownChild();
  child.Done(OldRow());
  child.Done(NoEnd());
  RecordChild old = OldRow();
  old.ceased.reset();
  child.Done(AtSchool(kOtherSchool));
  EXPECT_EQ(child.Refused(old, "school_urn"), R::kCorrectedSince);
  old.school->enrolled_on.reset();
  EXPECT_EQ(child.Refused(old, "school_urn"), R::kCorrectedSince);
  child.Done(AtSchool({}, "2025-08-06"));
  old.school = EnrolChild{kOtherSchool, Day("2025-08-04")};
  EXPECT_EQ(child.Refused(old, "enrolled_on"), R::kCorrectedSince);
  old.school->enrolled_on = Day("2025-08-06");
  child.Idle(old);
}

TEST(ChildImport, AnotherStartOfTheSameCareIsRefusedAndPointsToTheCorrection) {
  Machine<Child> child = KnownChild();
  RecordChild row{Somebody(), RecordCareStarted{Day("2025-08-01")}, {}, {}};
  child.Done(row);
  const auto earlier =
      child.Do(RecordChild{Somebody(), RecordCareStarted{Day("2025-07-28")}, {}, {}});
  ASSERT_TRUE(earlier.has_value());
  EXPECT_EQ(earlier->reason, R::kStartedOnAnotherDay);
  EXPECT_THAT(earlier->advice, testing::HasSubstr("correct-care-start"));
  const auto later =
      child.Do(RecordChild{Somebody(), RecordCareStarted{Day("2025-08-04")}, {}, {}});
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->reason, R::kAlreadyLookedAfter);
  EXPECT_THAT(later->advice, testing::HasSubstr("correct-care-start"));
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
}

TEST(ChildImport, AnEarlierEpisodeStillLeavesThePresentOneAsItIs) {
  Machine<Child> child = OutOfCare();
  child.Done(RecordCareStarted{Day("2025-08-25")});
  child.Idle(RecordChild{Somebody(), RecordCareStarted{Day("2025-08-01")}, {}, {}});
  EXPECT_EQ(child.Refused(RecordChild{Somebody(), RecordCareStarted{Day("2025-08-22")}, {}, {}}),
            R::kStartedOnAnotherDay)
      << "no episode was then";
}

}  // namespace
}  // namespace pepline::registry
