// That an SDQ will not be obtained: proposed by those at work on the PEP, settled by the Virtual
// School or the social worker.
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = sdq_refusals;

// The teacher's SDQ is missing since 17 September.
Story Missing() {
  Story story = SdqIn(Stage::kSent);
  story.Wants(EndOf("2025-09-16"));
  story.Until("2025-09-17 09:00");
  return story;
}

TEST(SdqProposing, EndsNothing) {
  Story story = Missing();
  ASSERT_TRUE(story.state.missing);
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq3, "cannot take part"});
  ASSERT_EQ(story.All<SdqNotObtainedProposed>().size(), 1u);
  EXPECT_TRUE(story.All<SdqNotObtained>().empty());
  EXPECT_TRUE(AwaitsConfirmation(story.state));
  EXPECT_EQ(story.state.stage, Stage::kSent);
  EXPECT_TRUE(story.state.missing);
  EXPECT_THAT(Sdq::Index(story.state), testing::Contains(OpenSdqs()));
}

TEST(SdqProposing, LeavesTheInstantInForce) {
  Story story = SdqIn(Stage::kSent);
  story.Wants(EndOf("2025-09-16"));
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq3, ""});
  story.Until("2025-09-17 09:00");
  EXPECT_EQ(story.All<SdqBecameMissing>().size(), 1u);
}

TEST(SdqProposing, AgainTakesThePlaceOfTheFirst) {
  Story story = Missing();
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq3, ""});
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq3, ""});
  EXPECT_TRUE(story.latest.empty()) << "the same again says nothing new";
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq4, "the class teacher left"});
  EXPECT_EQ(story.All<SdqNotObtainedProposed>().size(), 2u);
  EXPECT_EQ(story.state.not_obtained_reason, NotObtainedReason::kSdq4);
}

TEST(SdqProposing, IsOverWithAScore) {
  Story story = Missing();
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq4, "the class teacher left"});
  story.Done(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""});
  EXPECT_EQ(story.state.stage, Stage::kScored);
  EXPECT_FALSE(story.state.not_obtained_proposed_at);
  EXPECT_FALSE(story.state.not_obtained_reason);
  EXPECT_TRUE(story.state.not_obtained_detail.empty());
}

TEST(SdqProposing, NeedsADetailWhereTheReasonNamesNothing) {
  for (NotObtainedReason reason : kAllNotObtainedReasons) {
    Story story;
    story.Done(RequestSdq{CarersSdq()});
    const RecordSdqNotObtained wordless{reason, " "};
    if (reason == NotObtainedReason::kLocal || reason == NotObtainedReason::kSdq4) {
      EXPECT_EQ(story.Refused(wordless, "detail"), R::kDetailRequired);
    } else {
      story.Done(wordless);
    }
    EXPECT_EQ(story.Refused(RecordSdqNotObtained{reason, std::string(501, 'x')}, "detail"),
              R::kTextTooLong);
    story.Done(RecordSdqNotObtained{reason, "moved between placements"});
    EXPECT_EQ(story.state.not_obtained_reason, reason);
  }
}

TEST(SdqReasons, OfTheCarerAreForTheCarersSdqAlone) {
  for (Informant informant : kAllInformants) {
    for (NotObtainedReason reason : kAllNotObtainedReasons) {
      Story story;
      story.Done(RequestSdq{{ChildId("chd-1"), PepId("chd-1.1"), Purpose::kPep, informant}});
      Story confirmed = story;
      const RecordSdqNotObtained proposal{reason, "in words"};
      const ConfirmSdqNotObtained confirmation{reason, "in words"};
      if (reason == NotObtainedReason::kSdq2 && informant != Informant::kCarer) {
        EXPECT_EQ(story.Refused(proposal, "reason"), R::kReasonOfAnotherInformant);
        EXPECT_EQ(confirmed.Refused(confirmation, "reason"), R::kReasonOfAnotherInformant);
      } else {
        story.Done(proposal);
        confirmed.Done(confirmation);
      }
    }
  }
}

TEST(SdqConfirming, SettlesWhatWasProposedInWords) {
  Story story = Missing();
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq4, "the class teacher left"});
  EXPECT_EQ(story.Refused(ConfirmSdqNotObtained{std::nullopt, " "}, "explanation"),
            R::kDetailRequired);
  EXPECT_EQ(
      story.Refused(ConfirmSdqNotObtained{std::nullopt, std::string(501, 'x')}, "explanation"),
      R::kTextTooLong);
  EXPECT_TRUE(story.state.missing);
  story.Done(
      ConfirmSdqNotObtained{std::nullopt, "nobody else knows the child", Confirmer::kSocialWorker});
  ASSERT_EQ(story.All<SdqNotObtained>().size(), 1u);
  EXPECT_EQ(story.All<SdqNotObtained>()[0].confirmed_by, Confirmer::kSocialWorker);
  EXPECT_EQ(story.state.stage, Stage::kNotObtained);
  EXPECT_EQ(story.state.not_obtained_reason, NotObtainedReason::kSdq4);
  EXPECT_EQ(story.state.not_obtained_detail, "the class teacher left");
  EXPECT_EQ(story.state.not_obtained_explanation, "nobody else knows the child");
  EXPECT_FALSE(story.state.missing);
  EXPECT_FALSE(AwaitsConfirmation(story.state));
}

TEST(SdqConfirming, MayComeWithoutAProposalAndThenNamesTheReason) {
  Story story = Missing();
  EXPECT_EQ(story.Refused(ConfirmSdqNotObtained{std::nullopt, "in words"}, "reason"),
            R::kNothingProposed);
  story.Done(ConfirmSdqNotObtained{NotObtainedReason::kLocal, "the team sees the child weekly"});
  EXPECT_EQ(story.state.not_obtained_reason, NotObtainedReason::kLocal);
}

TEST(SdqConfirming, SettlesAlsoWhatTheVersionBeforeTookFromTheSchool) {
  Story story = SdqIn(Stage::kNotObtained);
  story.state.not_obtained_confirmed_by.reset();
  story.state.not_obtained_explanation.clear();
  story.Done(ConfirmSdqNotObtained{std::nullopt, "in words"});
  EXPECT_EQ(story.state.not_obtained_reason, NotObtainedReason::kSdq5);
  EXPECT_EQ(story.Refused(ConfirmSdqNotObtained{std::nullopt, "in words"}, ""), R::kNotObtained);
}

}  // namespace
}  // namespace pepline::assessments
