// Generated lives of a plan: anything that may happen, in any order, with a service that is down
// now and then. The same seed gives the same life. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_LIVES_H_
#define PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_LIVES_H_

#include <limits>
#include <map>
#include <random>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {

// Does one thing that may happen to a plan; most are refused in most stages, as in life.
inline void AnythingHappens(Story& story, std::mt19937& dice) {
  auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
  const absl::Time meeting_at =
      absl::FromCivil(absl::CivilSecond(story.facts.calendar->DayOf(story.facts.now) + roll(40)) +
                          3600 * (7 + roll(13)),
                      London());
  const HeldMeeting meeting{
      story.facts.calendar->DayOf(story.facts.now) - (roll(4) == 0 ? roll(120) : roll(4)),
      Attendee::kDesignatedTeacher,
      {Attendee::kDesignatedTeacher},
      "away",
      "away",
      roll(10) == 0 ? "" : "the minutes came late"};
  const MadeBy by = static_cast<MadeBy>(roll(3));
  // The newest, or one that it followed.
  const PepId pep = story.state.cycle && roll(3) == 0
                        ? story.Pep(std::max(1, story.state.cycle->number - roll(3)))
                        : PepId();
  const FundingRequestId request(roll(2) == 0 ? "req-93125a" : "req-93125b");
  switch (roll(24)) {
    case 0:
    case 1:
      (void)story.Do(SchedulePepMeeting{PepId(), meeting_at, roll(2) == 0 ? "" : "no school", by});
      break;
    case 2:
      (void)story.Do(ReschedulePepMeeting{PepId(), meeting_at, "moved", "", by});
      break;
    case 3:
      (void)story.Do(CancelPepMeeting{PepId(), "called off"});
      break;
    case 4:
      (void)story.Do(StartPepPreparation{});
      break;
    case 5:
      (void)story.Do(CompleteReadinessItem{
          pep, kAllItems[static_cast<std::size_t>(roll(4))],
          roll(2) == 0 ? std::nullopt : std::optional(story.facts.now - absl::Hours(roll(60))),
          static_cast<SdqInformant>(roll(3) + 1), roll(2) == 0 ? FundingRequestId() : request});
      break;
    case 20:
      (void)story.Do(WithdrawCosts{pep, request, story.facts.now});
      (void)story.Do(ReopenReadinessItem{pep, ReadinessItem::kPupilViews, story.facts.now});
      break;
    case 21:
      (void)story.Do(CorrectPepMeeting{.pep = pep,
                                       .held_on = meeting.held_on,
                                       .chair = std::nullopt,
                                       .attendees = {},
                                       .reason = "typed wrongly",
                                       .by = by});
      break;
    case 22:
      (void)story.Do(TakeBackFinalisation{pep, "typed wrongly", by});
      break;
    case 15:
      (void)story.Do(WaiveReadinessItem{pep, ReadinessItem::kSdq,
                                        story.facts.now - absl::Hours(roll(60)),
                                        static_cast<SdqInformant>(roll(3) + 1)});
      break;
    case 6:
    case 7:
    case 16:
      (void)story.Do(HoldPepMeeting{pep, meeting});
      break;
    case 8:
      (void)story.Do(FinaliseEpep{pep});
      break;
    case 9:
      (void)story.Do(OpenInterimPep{});
      break;
    case 10:
      if (story.facts.child) {
        story.facts.child->school = SchoolUrn(std::to_string(100000 + roll(3)));
        story.facts.child->school_recorded_at = story.facts.now - absl::Minutes(roll(3));
        story.facts.child->moved_on = story.facts.calendar->DayOf(story.facts.now);
        story.facts.child->school_corrected = story.facts.child->move_taken_back = false;
        story.facts.child->wrong_moves.clear();
      }
      story.Wake();
      break;
    case 11:
      story.facts.calendar =
          Oxfordshire({Day("2025-11-03") + roll(20), Day("2026-01-05") + roll(9)});
      story.Wake();
      break;
    case 12:
      if (story.facts.child && roll(4) == 0) {
        story.facts.child->in_care = !story.facts.child->in_care;
        story.facts.child->care_started_on = story.facts.calendar->DayOf(story.facts.now);
        story.facts.child->care_recorded_at = story.facts.now;
        story.facts.child->earlier_care_starts.clear();
      }
      story.Wake();
      break;
    case 13:  // nobody imported the term dates, or the caring authority's stand in
      story.facts.calendar = std::make_shared<const Calendar>(
          London(), BankHolidays(), std::vector<TermPart>(), std::vector<TermPart>(),
          std::set<absl::CivilDay>(), roll(2) == 0 ? OxfordshireTerms() : std::vector<TermPart>());
      story.Wake();
      break;
    case 17:
      if (roll(4) == 0) (void)story.Do(WriteOffPep{pep, "settled"});
      break;
    case 18:
      (void)story.Do(HandOverPep{pep, "the school closed"});
      break;
    case 19:
      // Registry says, or says anew, when the child is 18.
      if (story.facts.child && roll(8) == 0) {
        story.facts.child->adult_on =
            absl::CivilDay(absl::CivilMonth(story.facts.calendar->DayOf(story.facts.now)) +
                           (roll(2) == 0 ? roll(6) : 12 * roll(8)));
      }
      story.Wake();
      break;
    case 23:
      // Registry puts right when care started, or where the child is.
      if (story.facts.child && story.facts.child->in_care && roll(3) == 0) {
        story.facts.child->earlier_care_starts.push_back(story.facts.child->care_started_on);
        story.facts.child->care_started_on -= roll(60) - 20;
      } else if (story.facts.child && roll(3) == 0) {
        ChildFacts& child = *story.facts.child;
        if (child.moved_on) child.wrong_moves.push_back(*child.moved_on);
        child.school = SchoolUrn(std::to_string(100000 + roll(3)));
        child.move_taken_back = !child.moved_on || roll(2) == 0;
        child.moved_on =
            child.move_taken_back ? std::nullopt : std::optional(*child.moved_on - (roll(20) - 5));
        child.school_recorded_at = story.facts.now;
        child.school_corrected = true;
      }
      story.Wake();
      break;
    case 14:
      story.facts.policy = roll(3) == 0 ? nullptr : std::make_shared<const Policy>(UsualPolicy());
      story.Wake();
      break;
  }
}

struct Life {
  Story story{"2025-08-25 09:00"};
  std::map<absl::Time, ChildFacts> known;  // of the child, and since when
};

inline Life RandomLife(unsigned seed, absl::Time end = At("2026-08-01 00:00"),
                       int most_steps = std::numeric_limits<int>::max()) {
  std::mt19937 dice(seed);
  Life life;
  Story& story = life.story;
  story.InCareSince(seed % 2 == 0 ? "2019-03-01" : "2025-08-22");
  life.known[story.facts.now] = *story.facts.child;
  for (int step = 0; step < most_steps && story.facts.now < end; ++step) {
    const absl::Time next = story.facts.now + absl::Minutes(static_cast<int>(dice() % 20000));
    // The service is down now and then, and its alarms fire late.
    if (dice() % 5 == 0) {
      story.facts.now = next;
    } else {
      story.Until(next);
    }
    AnythingHappens(story, dice);
    life.known[story.facts.now] = *story.facts.child;
  }
  story.Wake();
  return life;
}

}  // namespace pepline::scheduling

#endif  // PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_LIVES_H_
