// What every stage of a child's views answers to every command.
#include "services/assessments/domain/pupil_views.h"

#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = pupil_views_refusals;
using Answer = std::optional<RefusalReason>;
constexpr Answer kDone = std::nullopt;

class ViewsStory : public DeciderRunner<PupilViews> {
 public:
  ViewsStory() {
    facts.now = At("2025-09-08 09:00");
    state.current_pep = PepStanding{PepId("chd-1.1"), true, std::nullopt};
  }
};

const CapturePupilViews kCapture{ChildId("chd-1"), PepId("chd-1.1"), "more time outdoors", ""};
const DeclinePupilViews kDecline{ChildId("chd-1"), PepId("chd-1.1"), "did not wish to"};

TEST(PupilViewsCommands, AreAnsweredInEveryStageAsTheTableSays) {
  struct Row {
    PupilViewsCommand command;
    std::array<Answer, 3> answers;  // none, captured, declined
  };
  const Row rows[] = {{kCapture, {kDone, R::kAlreadyCaptured, kDone}},
                      {kDecline, {kDone, R::kAlreadyCaptured, R::kAlreadyDeclined}}};
  for (const Row& row : rows) {
    for (ViewsStage stage : {ViewsStage::kNone, ViewsStage::kCaptured, ViewsStage::kDeclined}) {
      ViewsStory story;
      if (stage == ViewsStage::kCaptured) {
        story.Done(kCapture);
      } else if (stage == ViewsStage::kDeclined) {
        story.Done(kDecline);
      }
      ASSERT_EQ(story.state.on_record.stage, stage);
      auto no = story.Do(row.command);
      EXPECT_EQ(no ? Answer(no->reason) : kDone, row.answers[static_cast<std::size_t>(stage)]);
      EXPECT_EQ(PupilViews::NextWake(story.state, story.facts), std::nullopt) << "no alarms";
    }
  }
}

TEST(PupilViewsCommands, NeedTheChildsOpenPep) {
  for (const PupilViewsCommand& command :
       {PupilViewsCommand(kCapture), PupilViewsCommand(kDecline)}) {
    ViewsStory story;
    story.state.current_pep->id = PepId("chd-1.2");
    EXPECT_EQ(story.Refused(command, "pep_id"), R::kOtherPep);
    story.state.current_pep->open = false;
    EXPECT_EQ(story.Refused(command, "child_id"), R::kNoOpenPep);
    story.state.current_pep.reset();
    EXPECT_EQ(story.Refused(command, "child_id"), R::kNoOpenPep);
    EXPECT_TRUE(story.log.empty());
  }
}

TEST(PupilViewsCaptured, AreTextOrADocument) {
  ViewsStory story;
  CapturePupilViews command = kCapture;
  command.text = " ";
  EXPECT_EQ(story.Refused(command, "text"), R::kNothingCaptured);
  command.text = std::string(4001, 'x');
  EXPECT_EQ(story.Refused(command, "text"), R::kTextTooLong);
  command.text.clear();
  command.document_reference = std::string(201, 'x');
  EXPECT_EQ(story.Refused(command, "document_reference"), R::kTextTooLong);
  command.document_reference = "drawing 7";
  story.Done(command);
  EXPECT_EQ(story.state.on_record.document_reference, "drawing 7");
  EXPECT_EQ(story.state.recorded_at, story.facts.now);
  ViewsStory longest;
  command.text.clear();
  for (int i = 0; i < 4000; ++i) command.text += "\xe2\x82\xac";  // one character, three bytes
  longest.Done(command);
  ASSERT_EQ(longest.log.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<PupilViewsCaptured>(longest.log[0].second));
}

TEST(PupilViewsDeclined, NeedAReason) {
  ViewsStory story;
  DeclinePupilViews command = kDecline;
  command.reason = "";
  EXPECT_EQ(story.Refused(command, "reason"), R::kReasonRequired);
  command.reason = std::string(501, 'x');
  EXPECT_EQ(story.Refused(command, "reason"), R::kTextTooLong);
  story.Done(kDecline);
  EXPECT_EQ(story.state.on_record.declined_reason, "did not wish to");
  story.Done(kCapture);  // a child may think again
  EXPECT_EQ(story.state.on_record.declined_reason, "");
  ASSERT_EQ(story.log.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<PupilViewsDeclined>(story.log[0].second));
}

TEST(PupilViews, AreReproducedByTheirEvents) {
  ViewsStory story;
  story.Done(kDecline);
  story.Done(kCapture);
  PupilViewsState begun;
  begun.current_pep = story.state.current_pep;
  EXPECT_EQ(story.Folded(begun), story.state);
  EXPECT_TRUE(PupilViews::Index(story.state).empty());
}

}  // namespace
}  // namespace pepline::assessments
