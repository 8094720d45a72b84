// An SDQ played by hand: a child's PEP as scheduling says it, and a clock that is moved.
// Every event is recorded; alarms fire at their instants, as the waker would. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_
#define PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/assessments/domain/sdq.h"
#include "shared/domain/calendar.h"

namespace pepline::assessments {

inline absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

// "2025-10-20 14:00" on the clock of London.
inline absl::Time At(std::string_view text) {
  absl::Time at;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", absl::string_view(text.data(), text.size()),
                              London(), &at, &error))
      << text << error;
  return at;
}
// 23:59:59 of a day.
inline absl::Time EndOf(std::string_view day) {
  const auto parsed = ParseDate(day);
  EXPECT_TRUE(parsed.has_value()) << day;
  return absl::FromCivil(absl::CivilSecond(parsed.value_or(absl::CivilDay()) + 1), London()) -
         absl::Seconds(1);
}

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

class Story {
 public:
  // A day in the autumn on which the child's first PEP is open and no meeting is set.
  explicit Story(std::string_view now = "2025-09-08 09:00") {
    facts.now = At(now);
    state.current_pep = PepStanding{PepId("chd-1.1"), true, std::nullopt};
  }

  // Decides, checks the NextWake law, and records the events.
  std::optional<Refusal<SdqReason>> Do(const SdqCommand& command) {
    auto decision = Sdq::Decide(state, command, facts);
    if (auto* no = std::get_if<Refusal<SdqReason>>(&decision)) return *no;
    latest = std::get<0>(decision);
    for (const SdqEvent& event : latest) {
      state = Sdq::Evolve(std::move(state), event);
      log.push_back({facts.now, event});
    }
    if (auto next = Sdq::NextWake(state, facts)) {
      EXPECT_GT(*next, facts.now) << "the NextWake law";
    }
    return std::nullopt;
  }
  void Wake() { EXPECT_EQ(Do(assessments::Wake{}), std::nullopt); }
  SdqReason Refused(const SdqCommand& command, std::string_view field = "") {
    auto no = Do(command);
    EXPECT_TRUE(no.has_value()) << "was not refused";
    if (!no) return SdqReason{};
    EXPECT_EQ(no->field, field);
    EXPECT_FALSE(no->advice.empty()) << "a refusal must say what to do next";
    return no->reason;
  }
  void Done(const SdqCommand& command) {
    auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
  }

  // Every alarm up to then fires at its own instant.
  Story& Until(std::string_view then) {
    const absl::Time end = At(then);
    for (auto next = Sdq::NextWake(state, facts); next && *next <= end;
         next = Sdq::NextWake(state, facts)) {
      facts.now = std::max(facts.now, *next);
      Wake();
      if (testing::Test::HasFailure()) break;  // a broken NextWake law would never end
    }
    facts.now = end;
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

  template <class Event>
  std::vector<Event> All() const {
    std::vector<Event> found;
    for (const auto& [at, event] : log) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }

  SdqState state;
  SdqFacts facts;
  std::vector<SdqEvent> latest;  // of the last command
  std::vector<std::pair<absl::Time, SdqEvent>> log;
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
    story.Done(
        RecordSdqAnswers{Form::kT4To10, false, Answers("00-0000-0000-000000000000"), {}, ""});
    return story;
  }
  if (stage == Stage::kNotObtained) {
    story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq5, ""});
    return story;
  }
  story.Done(RecordSdqAnswers{Form::kT4To10, false, Answers(kAllNought), {}, ""});
  if (stage == Stage::kScored) return story;
  story.Done(ReviewSdq{""});
  return story;
}

}  // namespace pepline::assessments

#endif  // PEPLINE_TESTS_UNIT_ASSESSMENTS_SDQ_STORY_H_
