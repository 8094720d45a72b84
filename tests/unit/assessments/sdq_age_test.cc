// Of which children a PEP asks for an SDQ, and which forms are theirs.
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = sdq_refusals;

// As registry says them of a child born in the month before `from`.
ChildsAges Ages(std::string_view from, std::string_view until, int from_age = 4) {
  return {{Day(from), Day(until), from_age}, London()};
}
// Becomes four in October 2025.
ChildsAges BecomesFour() { return Ages("2025-11-01", "2038-10-31"); }
// Becomes seventeen in October 2025.
ChildsAges BecomesSeventeen() { return Ages("2012-11-01", "2025-10-31"); }

// An autumn term's PEP has opened.
Story Opened(const std::optional<ChildsAges>& ages, std::string_view now = "2025-09-08 09:00") {
  Story story(now);
  story.facts.ages = ages;
  story.Done(RequestSdq{TeachersSdq(), /*by_itself=*/true});
  return story;
}
// What happens when the meeting is set, moved or called off: the PEP asks by itself, and what is
// awaited catches up.
void Meet(Story& story, std::optional<absl::Time> required_by) {
  story.state.current_pep->sdq_required_by = required_by;
  story.Done(RequestSdq{TeachersSdq(), /*by_itself=*/true});
  story.Wake();
}
bool IsWaived(const Story& story) {
  return story.state.stage == Stage::kNotObtained &&
         story.state.not_obtained_confirmed_by == Confirmer::kNotOfAge;
}

TEST(SdqAge, NothingChangesForAChildOfWhomRegistryHasSaidNoDays) {
  Story story = Opened(std::nullopt);
  EXPECT_EQ(story.state.stage, Stage::kRequested);
  Meet(story, EndOf("2025-10-10"));
  EXPECT_EQ(story.state.required_by, EndOf("2025-10-10"));
}

TEST(SdqAge, ATeacherIsNotAskedAboutAChildOfTwo) {
  Story story = Opened(Ages("2027-06-01", "2040-05-31"));
  EXPECT_TRUE(IsWaived(story)) << "no meeting of this PEP can lie so far ahead";
  EXPECT_TRUE(story.All<SdqRequested>().empty());
  ASSERT_EQ(story.All<SdqNotOfAge>().size(), 1u);
  EXPECT_EQ(story.All<SdqNotOfAge>()[0].key, TeachersSdq());
  Meet(story, EndOf("2025-10-10"));
  story.Until("2025-12-01 09:00").Wake();
  EXPECT_EQ(story.log.size(), 1u) << "none is missing, and it is said once";
}

TEST(SdqAge, ATeacherIsNotAskedAboutAChildInYearThirteen) {
  Story story = Opened(Ages("2012-03-01", "2025-02-28"));
  EXPECT_TRUE(IsWaived(story));
  Meet(story, EndOf("2025-10-10"));
  story.Until("2025-12-01 09:00").Wake();
  EXPECT_EQ(story.log.size(), 1u);
}

TEST(SdqAge, TheDayByWhichItIsWantedDecidesWhereTheFourthBirthdayLiesInTheTerm) {
  const struct {
    const char* required_on;
    bool asked;
  } rows[] = {{"2025-10-31", false}, {"2025-11-01", true}, {"2025-11-28", true}};
  for (const auto& row : rows) {
    Story story = Opened(BecomesFour());
    EXPECT_TRUE(story.log.empty()) << "a meeting may be set for a day after the birthday";
    Meet(story, EndOf(row.required_on));
    EXPECT_EQ(story.All<SdqRequested>().size(), row.asked ? 1u : 0u) << row.required_on;
    EXPECT_EQ(IsWaived(story), !row.asked) << row.required_on;
    story.Until("2025-12-01 09:00").Wake();
    EXPECT_EQ(story.All<SdqBecameMissing>().size(), row.asked ? 1u : 0u) << row.required_on;
  }
}

TEST(SdqAge, TheDayByWhichItIsWantedDecidesWhereTheSeventeenthBirthdayLiesInTheTerm) {
  const struct {
    const char* required_on;
    bool asked;
  } rows[] = {{"2025-10-10", true}, {"2025-10-31", true}, {"2025-11-01", false}};
  for (const auto& row : rows) {
    Story story = Opened(BecomesSeventeen());
    EXPECT_EQ(story.state.stage, Stage::kRequested) << "the child is sixteen today";
    Meet(story, EndOf(row.required_on));
    EXPECT_EQ(IsWaived(story), !row.asked) << row.required_on;
    story.Until("2025-12-01 09:00").Wake();
    EXPECT_EQ(story.All<SdqBecameMissing>().size(), row.asked ? 1u : 0u) << row.required_on;
  }
}

TEST(SdqAge, WhatWasMissedWhileTheChildWasOfTheAgeIsSaidBeforeItIsWaived) {
  Story story = Opened(BecomesSeventeen());
  Meet(story, EndOf("2025-10-10"));
  story.facts.now = At("2025-10-20 09:00");  // nobody was there to fire the alarm
  Meet(story, EndOf("2025-11-14"));
  EXPECT_EQ(story.All<SdqBecameMissing>().size(), 1u);
  EXPECT_TRUE(IsWaived(story));
  EXPECT_FALSE(story.state.missing);
}

TEST(SdqAge, AMissStandsWhenTheChildGrowsOutOfTheAgeAfterIt) {
  Story story = Opened(BecomesSeventeen());
  Meet(story, EndOf("2025-10-10"));
  story.Until("2025-11-20 09:00").Wake();
  EXPECT_TRUE(story.state.missing);
  story.PepCloses();
  EXPECT_TRUE(story.state.missing);
}

TEST(SdqAge, DaysThatAreSaidLaterWaiveWhatWasAskedForMeanwhile) {
  Story story = Opened(std::nullopt);
  Meet(story, EndOf("2025-10-10"));
  story.Until("2025-10-12 09:00");
  ASSERT_TRUE(story.state.missing);
  story.facts.ages = Ages("2012-03-01", "2025-02-28");
  story.Wake();
  EXPECT_TRUE(IsWaived(story));
  EXPECT_FALSE(story.state.missing);
  EXPECT_EQ(story.state.required_by, std::nullopt);
}

TEST(SdqAge, AnotherInformantsSdqIsWantedByNoInstantAndNotWaived) {
  Story story = Opened(Ages("2012-03-01", "2025-02-28"));
  story.state = Story().state;
  story.Done(RequestSdq{CarersSdq()});
  story.Wants(EndOf("2025-10-10"));
  EXPECT_EQ(story.state.stage, Stage::kRequested) << "a person asked for it";
  EXPECT_EQ(story.state.required_by, std::nullopt);
  story.Until("2025-12-01 09:00").Wake();
  EXPECT_TRUE(story.All<SdqBecameMissing>().empty());
}

TEST(SdqAge, APersonMayAskForTheTeachersSdqAllTheSame) {
  Story waived = Opened(Ages("2012-03-01", "2025-02-28"));
  Story first;
  first.facts.ages = waived.facts.ages;
  for (Story* story : {&waived, &first}) {
    story->Done(RequestSdq{TeachersSdq()});
    EXPECT_EQ(story->state.stage, Stage::kRequested);
    EXPECT_EQ(story->All<SdqNotOfAge>().size(), 1u) << "scheduling waits for none";
    EXPECT_EQ(story->state.not_obtained_confirmed_by, std::nullopt);
    story->Wants(EndOf("2025-10-10"));
    story->Until("2025-12-01 09:00").Wake();
    EXPECT_TRUE(story->All<SdqBecameMissing>().empty());
    EXPECT_EQ(story->Refused(RequestSdq{TeachersSdq()}, "informant"), R::kAlreadyRequested);
    story->Done(RecordSdqAnswers{Form::kT11_17, false, Answers(kAllNought), {}, ""});
    EXPECT_EQ(story->state.stage, Stage::kScored);
  }
}

TEST(SdqAge, AskingAllTheSameForgetsThatNoneWasProposedBefore) {
  Story story = Opened(std::nullopt);
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq4, "the teacher has left"});
  story.facts.ages = Ages("2012-03-01", "2025-02-28");
  story.Wake();
  ASSERT_TRUE(IsWaived(story));
  story.Done(RequestSdq{TeachersSdq()});
  EXPECT_FALSE(AwaitsConfirmation(story.state));
  EXPECT_EQ(story.state.not_obtained_detail, "");
}

TEST(SdqAge, APepThatIsWaivedStaysSoWhenTheDaysAreCorrected) {
  Story story = Opened(Ages("2012-03-01", "2025-02-28"));
  story.facts.ages = Ages("2014-03-01", "2027-02-28");
  Meet(story, EndOf("2025-10-10"));
  EXPECT_TRUE(IsWaived(story)) << "scheduling's deadline never runs again; the next PEP asks";
}

TEST(SdqForms, MustBeOfTheChildsAgeAsFarAsItIsKnown) {
  // Born between 2 May and 1 June: of 2021, 2020, 2015 and 2014.
  const struct {
    const char* from;
    Form form;
    bool fits;
  } rows[] = {
      {"2025-06-01", Form::kT2_4, true},    {"2025-06-01", Form::kT4_10, true},
      {"2025-06-01", Form::kT11_17, false}, {"2024-06-01", Form::kT2_4, false},
      {"2024-06-01", Form::kT4_10, true},   {"2019-06-01", Form::kT4_10, true},
      {"2019-06-01", Form::kT11_17, false}, {"2018-06-01", Form::kT4_10, false},
      {"2018-06-01", Form::kT11_17, true},  {"2018-06-01", Form::kT2_4, false},
  };
  for (const auto& row : rows) {
    Story story = Opened(Ages(row.from, "2040-05-31"));
    const RecordSdqAnswers answers{row.form, false, Answers(kAllNought), {}, ""};
    RecordSdqScores scores{row.form, false, {}, ""};
    scores.scores.total = 9;
    for (const SdqCommand& command : {SdqCommand(answers), SdqCommand(scores)}) {
      Story one = story;
      if (row.fits) {
        one.Done(command);
      } else {
        EXPECT_EQ(one.Refused(command, "form"), R::kFormOfAnotherAge) << row.from;
      }
    }
    story.facts.ages.reset();
    story.Done(answers);
  }
}

TEST(SdqForms, MayBeThatOfAnyDaySinceItWasAskedAndOfAnyBirthdayInTheMonth) {
  const RecordSdqAnswers younger{Form::kT4_10, false, Answers(kAllNought), {}, ""};
  const RecordSdqAnswers older{Form::kT11_17, false, Answers(kAllNought), {}, ""};
  // Becomes eleven on a day from 2 October to 1 November 2025.
  const ChildsAges ages = Ages("2018-11-01", "2031-10-31");
  Story asked = Opened(ages, "2025-09-08 09:00");
  asked.facts.now = At("2025-10-01 23:59");
  EXPECT_EQ(Story(asked).Refused(older, "form"), R::kFormOfAnotherAge);
  asked.facts.now = At("2025-10-02 00:00");
  Story(asked).Done(older);
  asked.facts.now = At("2025-11-20 09:00");
  Story(asked).Done(younger);  // filled in before the birthday
  Story later = Opened(ages, "2025-11-01 00:00");
  EXPECT_EQ(later.Refused(younger, "form"), R::kFormOfAnotherAge);
}

TEST(SdqForms, FollowTheAgeThatTheProfileBeginsWith) {
  // Born in May 2013, of a profile that asks from five to fifteen.
  Story story = Opened(Ages("2018-06-01", "2029-05-31", 5));
  EXPECT_EQ(
      story.Refused(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""}, "form"),
      R::kFormOfAnotherAge);
  story.Done(RecordSdqAnswers{Form::kT11_17, false, Answers(kAllNought), {}, ""});
}

}  // namespace
}  // namespace pepline::assessments
