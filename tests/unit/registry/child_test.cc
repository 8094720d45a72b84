// What every state of a child answers to every command.
#include "services/registry/domain/age.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;
using Answer = std::optional<RefusalReason>;
constexpr Answer kDone = std::nullopt;

// Care and school are beside each other, so the states are pairs of the two.
enum class Care { kUnknown, kNever, kLookedAfter, kCeased };
constexpr std::array kEveryCare = {Care::kUnknown, Care::kNever, Care::kLookedAfter, Care::kCeased};

Machine<Child> ChildIn(Care care, bool at_school) {
  Machine<Child> child = KnownChild();
  if (care == Care::kUnknown) {
    child.state = {};
    child.log.clear();
    return child;
  }
  if (at_school) child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  if (care == Care::kNever) return child;
  child.Done(RecordCareStarted{Day("2025-01-06")});
  if (care == Care::kCeased) {
    child.Done(RecordCareCeased{Day("2025-06-30"), CareCeasedReason::kReturnedHome});
  }
  return child;
}

struct Pair {
  const char* name;
  ChildCommand command;
  std::array<Answer, 4> without_school;  // in the order of kEveryCare
  std::array<Answer, 4> at_school;
};

std::vector<Pair> Table() {
  const Answer unknown = R::kUnknownChild;
  const CareCeasedReason home = CareCeasedReason::kReturnedHome;
  return {
      {"CareStartsAgain",
       RecordCareStarted{Day("2025-01-06")},
       {unknown, kDone, kDone, R::kCareOverlapsTheLast},
       {unknown, kDone, kDone, R::kCareOverlapsTheLast}},
      {"CareStartsLater",
       RecordCareStarted{Day("2025-08-01")},
       {unknown, kDone, R::kAlreadyLookedAfter, kDone},
       {unknown, kDone, R::kAlreadyLookedAfter, kDone}},
      {"CareCeases",
       RecordCareCeased{Day("2025-06-30"), home},
       {unknown, R::kNotLookedAfter, kDone, kDone},
       {unknown, R::kNotLookedAfter, kDone, kDone}},
      {"CareCeasesLater",
       RecordCareCeased{Day("2025-08-30"), home},
       {unknown, R::kNotLookedAfter, kDone, R::kCeasedOnAnotherDay},
       {unknown, R::kNotLookedAfter, kDone, R::kCeasedOnAnotherDay}},
      {"Enrol",
       EnrolChild{kSchool, Day("2024-09-03")},
       {unknown, kDone, kDone, kDone},
       {unknown, kDone, kDone, kDone}},
      {"EnrolLater",
       EnrolChild{kSchool, Day("2025-09-03")},
       {unknown, kDone, kDone, kDone},
       {unknown, R::kEnrolledOnAnotherDay, R::kEnrolledOnAnotherDay, R::kEnrolledOnAnotherDay}},
      {"EnrolElsewhere",
       EnrolChild{kOtherSchool, Day("2024-09-03")},
       {unknown, kDone, kDone, kDone},
       {unknown, R::kAlreadyEnrolled, R::kAlreadyEnrolled, R::kAlreadyEnrolled}},
      {"Move",
       MoveChildToSchool{kOtherSchool, Day("2025-08-30")},
       {unknown, R::kNotEnrolled, R::kNotEnrolled, R::kNotEnrolled},
       {unknown, kDone, kDone, kDone}},
      {"MoveToTheSame",
       MoveChildToSchool{kSchool, Day("2025-08-30")},
       {unknown, R::kNotEnrolled, R::kNotEnrolled, R::kNotEnrolled},
       {unknown, R::kAlreadyAtThisSchool, R::kAlreadyAtThisSchool, R::kAlreadyAtThisSchool}},
      {"Record",
       RecordChild{Somebody(), {}, {}, {}},
       {kDone, kDone, kDone, kDone},
       {kDone, kDone, kDone, kDone}},
      {"Wake", Wake{}, {kDone, kDone, kDone, kDone}, {kDone, kDone, kDone, kDone}},
  };
}

TEST(ChildCommands, AreAnsweredInEveryStateAsTheTableSays) {
  for (const Pair& pair : Table()) {
    for (std::size_t i = 0; i < kEveryCare.size(); ++i) {
      for (bool at_school : {false, true}) {
        SCOPED_TRACE(testing::Message() << pair.name << " in state " << i << ", " << at_school);
        Machine<Child> child = ChildIn(kEveryCare[i], at_school);
        const ChildState before = child.state;
        auto no = child.Do(pair.command);
        EXPECT_EQ(no ? Answer(no->reason) : kDone,
                  at_school ? pair.at_school[i] : pair.without_school[i]);
        if (no) {
          EXPECT_EQ(child.state, before);
        }
        // The same again has no second effect.
        if (!no && !std::holds_alternative<MoveChildToSchool>(pair.command)) {
          child.Idle(pair.command);
        }
      }
    }
  }
}

TEST(ChildCare, DaysMustFitTheChildsLife) {
  Machine<Child> child = KnownChild();
  EXPECT_EQ(child.Refused(RecordCareStarted{Day("2013-05-02")}), R::kBeforeBirth);
  EXPECT_EQ(child.Refused(RecordCareStarted{Day("2025-09-02")}), R::kInTheFuture);
  child.Done(RecordCareStarted{Day("2025-09-01")});
  EXPECT_EQ(child.Refused(RecordCareCeased{Day("2025-08-31"), CareCeasedReason::kOther}),
            R::kCeasedBeforeStarted);
  EXPECT_EQ(child.Refused(RecordCareCeased{Day("2025-09-02"), CareCeasedReason::kOther}),
            R::kInTheFuture);
  EXPECT_EQ(child.Refused(RecordCareCeased{Day("2025-09-01"), std::nullopt}), R::kReasonRequired);
  Machine<Child> grown = KnownChild("2025-09-01 09:00", "2007-08-31");
  EXPECT_EQ(grown.Refused(RecordCareStarted{Day("2025-08-31")}), R::kNoLongerAChild);
  grown.Done(RecordCareStarted{Day("2025-08-30")});
}

TEST(ChildCare, ASecondEpisodeMayBeginOnTheDayTheFirstCeased) {
  Machine<Child> child = ChildIn(Care::kCeased, false);
  EXPECT_EQ(child.Refused(RecordCareStarted{Day("2025-06-29")}), R::kCareOverlapsTheLast);
  child.Done(RecordCareStarted{Day("2025-06-30")});
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_TRUE(IsLookedAfter(child.state));
}

TEST(ChildCare, APepIsDueFromTheThirdYearInProvisionElseTheTermAfterTheBirthdayToTheEndOfYear13) {
  struct Row {
    const char* born;
    const char* in_provision;
    const char* without;
    const char* until;
  };
  for (const Row& row : {Row{"2022-09-01", "2025-09-01", "2026-01-01", "2041-08-31"},
                         Row{"2022-08-31", "2024-09-01", "2025-09-01", "2040-08-31"},
                         Row{"2021-12-31", "2024-09-01", "2025-01-01", "2040-08-31"},
                         Row{"2022-01-01", "2024-09-01", "2025-04-01", "2040-08-31"},
                         Row{"2022-04-01", "2024-09-01", "2025-09-01", "2040-08-31"},
                         Row{"2022-03-31", "2024-09-01", "2025-04-01", "2040-08-31"},
                         Row{"2020-02-29", "2022-09-01", "2023-04-01", "2038-08-31"}}) {
    const auto from = [&](std::optional<absl::CivilDay> since) {
      return FormatDate(PepAgeFrom(Day(row.born), {}, since));
    };
    EXPECT_EQ(from(Day("2021-01-01")), row.in_provision) << row.born;
    EXPECT_EQ(from(Day(row.in_provision) + 9), FormatDate(Day(row.in_provision) + 9));
    EXPECT_EQ(from(Day("2040-01-01")), row.without) << "a roll to come hides nobody";
    EXPECT_EQ(from(std::nullopt), row.without) << row.born;
    EXPECT_EQ(FormatDate(PepAgeUntil(Day(row.born))), row.until) << row.born;
  }
  EXPECT_EQ(PepAgeFrom(Day("2022-05-10"), {2, 5}, Day("2023-01-01")), Day("2023-09-01"));
  EXPECT_EQ(PepAgeFrom(Day("2022-05-10"), {2, 5}, std::nullopt), Day("2027-09-01"));
  EXPECT_EQ(Birthday(Day("2004-02-29"), 18), Day("2022-03-01"));
}

TEST(ChildCare, ABabyInCareIsSaidOnceMoreWhenAPepBecomesDue) {
  Machine<Child> child = KnownChild("2025-09-01 09:00", "2023-10-05");
  child.Done(EnrolChild{kSchool, Day("2025-09-01")});
  child.Done(RecordCareStarted{Day("2025-08-01")});
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  EXPECT_FALSE(child.All<ChildBecameLookedAfter>()[0].pep_required);
  child.Until("2026-08-31 23:59");
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  child.Until("2026-09-01 00:00");
  const auto emitted = child.All<ChildBecameLookedAfter>();
  ASSERT_EQ(emitted.size(), 2u);
  EXPECT_TRUE(emitted[1].pep_required);
  EXPECT_EQ(emitted[1].started_on, Day("2025-08-01"));
  child.Until("2030-01-01 00:00");
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
}

TEST(ChildCare, AChildOnNoRollNeedsAPepFromTheTermAfterItsThirdBirthday) {
  Machine<Child> child = KnownChild("2025-09-01 09:00", "2022-10-05");
  child.Done(RecordCareStarted{Day("2025-08-01")});
  EXPECT_FALSE(child.All<ChildBecameLookedAfter>()[0].pep_required) << "three in this year";
  child.Until("2025-12-31 23:59");
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  child.Until("2026-01-01 00:00");
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>()[1].pep_required);
}

TEST(ChildCare, AChildWhoComesToANurseryInTheYearOfItsThirdBirthdayNeedsAPepFromThatDay) {
  Machine<Child> child = KnownChild("2025-09-01 09:00", "2022-10-05");
  child.Done(RecordCareStarted{Day("2025-08-01")});
  child.Done(EnrolChild{kSchool, Day("2025-09-15")});
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u) << "its first day is to come";
  child.Until("2025-09-15 00:00");
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 2u);
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>()[1].pep_required);
  Machine<Child> today = KnownChild("2025-09-01 09:00", "2022-10-05");
  today.Done(RecordCareStarted{Day("2025-08-01")});
  today.Done(EnrolChild{kSchool, Day("2025-09-01")});
  EXPECT_EQ(today.All<ChildBecameLookedAfter>().size(), 2u);
}

TEST(ChildCare, ARowWithCareAndNurserySaysOnceThatAPepIsRequired) {
  Machine<Child> child = KnownChild("2025-11-03 09:00", "2022-10-02");
  child.Done(RecordChild{Somebody("2022-10-02"), RecordCareStarted{Day("2025-11-03")}, std::nullopt,
                         EnrolChild{kSchool, Day("2025-09-02")}});
  ASSERT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u);
  EXPECT_TRUE(child.All<ChildBecameLookedAfter>()[0].pep_required);
}

TEST(ChildCare, TheAgesForAPepAreTheProfiles) {
  Machine<Child> child = KnownChild("2025-09-01 09:00", "2023-11-10");
  child.Done(EnrolChild{kSchool, Day("2025-09-01")});
  child.Done(RecordCareStarted{Day("2025-08-01")});
  EXPECT_FALSE(child.state.care->pep_required);
  child.facts.pep_ages = {2, 3};
  child.Done(Wake{});
  EXPECT_TRUE(child.state.care->pep_required) << "a new profile wakes the children";
  child.facts.pep_ages = {4, 5};
  child.Idle(Wake{});
  EXPECT_TRUE(child.state.care->pep_required) << "a profile takes nobody's PEP away";
}

TEST(ChildCare, NobodyIsWaitedForWhoHasGrownOutOrLeft) {
  Machine<Child> grown = KnownChild("2025-09-01 09:00", "2000-01-01");
  grown.state.care = CareEpisode{Day("2010-01-01"), {}, {}, false};
  EXPECT_EQ(Child::NextWake(grown.state, grown.facts), std::nullopt);
  Machine<Child> left = KnownChild("2025-09-01 09:00", "2023-10-05");
  left.Done(RecordCareStarted{Day("2025-08-01")});
  EXPECT_EQ(Child::NextWake(left.state, left.facts), At("2027-01-01 00:00"));
  left.Done(RecordCareCeased{Day("2025-08-30"), CareCeasedReason::kAdoption});
  EXPECT_EQ(Child::NextWake(left.state, left.facts), std::nullopt);
}

TEST(ChildSchool, MustBeKnownAndOpen) {
  Machine<Child> child = KnownChild();
  child.facts.school_open = false;
  EXPECT_EQ(child.Refused(EnrolChild{kSchool, Day("2025-09-01")}), R::kSchoolClosed);
  child.facts.school_known = false;
  EXPECT_EQ(child.Refused(EnrolChild{kSchool, Day("2025-09-01")}), R::kUnknownSchool);
  child.facts.school_known = child.facts.school_open = true;
  EXPECT_EQ(child.Refused(EnrolChild{kSchool, Day("2013-05-02")}), R::kBeforeBirth);
  EXPECT_EQ(child.Refused(EnrolChild{kSchool, Day("2026-09-03")}), R::kTooFarAhead);
  child.Done(EnrolChild{kSchool, Day("2025-09-03")});
  EXPECT_EQ(child.Refused(MoveChildToSchool{kOtherSchool, Day("2025-09-01")}),
            R::kMovedBeforeEnrolled);
  EXPECT_EQ(child.Refused(MoveChildToSchool{kOtherSchool, Day("2025-09-04")}), R::kInTheFuture);
  child.Until("2025-09-04 09:00");
  child.facts.school_authority = AuthorityCode("933");
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-09-04")});
  ASSERT_EQ(child.All<ChildMovedSchool>().size(), 1u);
  EXPECT_EQ(child.All<ChildMovedSchool>()[0].from, kSchool);
  EXPECT_EQ(child.state.enrolment->school_authority, AuthorityCode("933"));
}

TEST(ChildImport, PutsAllOfARowOnRecordAtOnce) {
  Machine<Child> child = KnownChild();
  const RecordChild row{Somebody(), RecordCareStarted{Day("2025-01-06")},
                        RecordCareCeased{Day("2025-06-30"), CareCeasedReason::kAdoption},
                        EnrolChild{kSchool, Day("2024-09-03")}};
  child.Done(row);
  EXPECT_EQ(child.latest.size(), 3u);
  child.Idle(row);
  RecordChild renamed = row;
  renamed.details.location_restricted = true;
  child.Done(renamed);
  EXPECT_EQ(child.All<ChildDetailsRecorded>().size(), 2u);
  EXPECT_EQ(child.latest.size(), 1u);
}

TEST(ChildImport, RefusesAllOfARowWhenAPartIsWrong) {
  Machine<Child> child;
  child.facts.school_known = false;
  EXPECT_EQ(child.Refused(RecordChild{Somebody("2025-09-02"), {}, {}, {}}),
            R::kDateOfBirthInTheFuture);
  EXPECT_EQ(child.Refused(RecordChild{Somebody(),
                                      RecordCareStarted{Day("2025-01-06")},
                                      {},
                                      EnrolChild{kSchool, Day("2024-09-03")}}),
            R::kUnknownSchool);
  EXPECT_EQ(child.state, ChildState());
}

TEST(ChildImport, LeavesWhatIsNewerThanTheRowAsItIs) {
  Machine<Child> child = KnownChild();
  const RecordChild old{
      Somebody(), RecordCareStarted{Day("2025-01-06")}, {}, EnrolChild{kSchool, Day("2024-09-03")}};
  child.Done(old);
  child.Done(RecordCareCeased{Day("2025-03-01"), CareCeasedReason::kReturnedHome});
  child.Done(MoveChildToSchool{kOtherSchool, Day("2025-03-03")});
  child.Idle(old);
  child.Done(RecordCareStarted{Day("2025-08-01")});
  child.Idle(old);
  // A later day than on record is a mistake that somebody must look at.
  RecordChild later = old;
  later.started = RecordCareStarted{Day("2025-08-02")};
  EXPECT_EQ(child.Refused(later), R::kAlreadyLookedAfter);
}

TEST(ChildImport, MovesAChildWhoIsAtAnotherSchoolSince) {
  Machine<Child> child = KnownChild();
  child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  child.Done(RecordChild{Somebody(), {}, {}, EnrolChild{kOtherSchool, Day("2025-06-01")}});
  EXPECT_EQ(child.All<ChildMovedSchool>().size(), 1u);
  auto no = child.Do(RecordChild{Somebody(), {}, {}, EnrolChild{kSchool, Day("2025-10-01")}});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, R::kInTheFuture);
  EXPECT_EQ(no->field, "enrolled_on") << "as the column is called";
}

TEST(ChildImport, LeavesWhatARowDoesNotSayAsItIsKnown) {
  Machine<Child> child = KnownChild();
  ChildDetails known = Somebody();
  known.upn = "J931000018002";
  child.Done(RecordChild{known, {}, {}, {}});
  RecordChild silent{Somebody(), {}, {}, {}};
  ASSERT_TRUE(silent.details.upn.empty());
  child.Idle(silent);
  EXPECT_EQ(child.state.details.upn, "J931000018002");
  silent.details.family_name.clear();
  child.Idle(silent);
  EXPECT_EQ(child.state.details.family_name, "Test-Alder");
  silent.details.given_name.clear();
  silent.details.location_restricted = true;
  child.Done(silent);
  EXPECT_EQ(child.state.details.given_name, "Amber");
  EXPECT_TRUE(child.state.details.location_restricted) << "what it says counts";
}

TEST(ChildImport, PutsAChildWithOneNameOnRecord) {
  Machine<Child> child;
  ChildDetails details = Somebody();
  details.family_name.clear();
  child.Done(RecordChild{details, {}, {}, {}});
  EXPECT_EQ(child.state.details.given_name, "Amber");
  EXPECT_EQ(child.state.details.family_name, "");
}

TEST(ChildSchool, FollowsItToAnotherAuthority) {
  Machine<Child> child = KnownChild();
  child.Idle(RecordSchoolAuthority{kSchool, AuthorityCode("940")});
  child.Done(EnrolChild{kSchool, Day("2024-09-03")});
  child.Idle(RecordSchoolAuthority{kOtherSchool, AuthorityCode("940")});
  child.Done(RecordSchoolAuthority{kSchool, AuthorityCode("940")});
  const auto moved = child.All<SchoolOfChildMovedAuthority>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].school, kSchool);
  EXPECT_EQ(child.state.enrolment->school_authority, AuthorityCode("940"));
  EXPECT_EQ(child.state.enrolment->enrolled_on, Day("2024-09-03"));
  child.Idle(RecordSchoolAuthority{kSchool, AuthorityCode("940")});
}

TEST(ChildIndex, FindsByAuthorityAndPresentSchool) {
  EXPECT_TRUE(Child::Index(ChildState()).empty());
  Machine<Child> child = ChildIn(Care::kLookedAfter, true);
  EXPECT_THAT(Child::Index(child.state),
              testing::ElementsAre(IndexEntry{"children-of-authority", "931"},
                                   IndexEntry{"children-at-school", "123456"}));
}

}  // namespace
}  // namespace pepline::registry
