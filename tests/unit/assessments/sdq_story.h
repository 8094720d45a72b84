// An SDQ played by hand (tests/support/decider_runner.h), and a child's PEP as scheduling says it.
// Threads: one.
#ifndef PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_
#define PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_

#include <optional>
#include <string_view>
#include <vector>

#include "services/assessments/domain/sdq.h"
#include "tests/support/decider_runner.h"
#include "tests/support/london.h"

namespace pepline::assessments {

// The 25 answers as digits, '-' for one that was left open: "0120-0120...".
inline std::vector<int> Answers(std::string_view digits) {
  std::vector<int> answers;
  for (char digit : digits) answers.push_back(digit == '-' ? kOpen : digit - '0');
  return answers;
}
// Every item marked 0: only the five reversed ones count, so the total is 10.
inline const char kAllNought[] = "0000000000000000000000000";

inline SdqKey TeachersSdq() {
  return {ChildId("chd-1"), PepId("chd-1.1"), Purpose::kPep, Informant::kTeacher};
}
inline SdqKey CarersSdq() {
  return {ChildId("chd-1"), PepId("chd-1.1"), Purpose::kPep, Informant::kCarer};
}

class Story : public DeciderRunner<Sdq> {
 public:
  // A day in the autumn on which the child's first PEP is open and no meeting is set.
  explicit Story(std::string_view now = "2025-09-08 09:00") {
    facts.now = At(now);
    state.current_pep = PepStanding{PepId("chd-1.1"), true, std::nullopt};
  }

  void Wake() { Done(assessments::Wake{}); }
  // Every alarm up to then fires.
  Story& Until(std::string_view then) {
    PlayUntil(At(then), assessments::Wake{});
    return *this;
  }
  // Scheduling says by when the SDQ is wanted; nullopt: the meeting was called off.
  void Wants(std::optional<absl::Time> required_by) {
    state.current_pep->sdq_required_by = required_by;
    Wake();
  }
  // The child's PEP is over; another may be open.
  void PepCloses() {
    state.current_pep->open = false;
    state.current_pep->sdq_required_by.reset();
    Wake();
  }
};

// The teacher's SDQ in each of its stages.
inline Story SdqIn(Stage stage) {
  Story story;
  if (stage == Stage::kNotRequested) return story;
  story.Done(RequestSdq{TeachersSdq()});
  if (stage == Stage::kRequested) return story;
  story.Done(MarkSdqSent{});
  if (stage == Stage::kSent) return story;
  if (stage == Stage::kReceived) {
    // Three of the emotional items are open: no emotional score, so no total.
    story.Done(RecordSdqAnswers{Form::kT4_10, false, Answers("00-0000-0000-000000000000"), {}, ""});
    return story;
  }
  if (stage == Stage::kNotObtained) {
    story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq5, ""});
    story.Done(ConfirmSdqNotObtained{std::nullopt, "the child was asked twice"});
    return story;
  }
  story.Done(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""});
  if (stage == Stage::kScored) return story;
  story.Done(ReviewSdq{""});
  return story;
}

}  // namespace pepline::assessments

#endif  // PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_
