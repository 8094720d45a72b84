// A child's plan played by hand (tests/support/decider_runner.h): real Oxfordshire dates, the usual
// profile. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_
#define PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/scheduling/domain/plan.h"
#include "tests/support/decider_runner.h"
#include "tests/support/london.h"

namespace pepline::scheduling {

inline std::vector<TermPart> OxfordshireTerms() {
  auto part = [](const char* year, Term term, int number, const char* first, const char* last) {
    return TermPart{year, term, number, Day(first), Day(last), false};
  };
  return {part("2024/25", Term::kSummer, 1, "2025-04-22", "2025-05-23"),
          part("2024/25", Term::kSummer, 2, "2025-06-02", "2025-07-22"),
          part("2025/26", Term::kAutumn, 1, "2025-09-02", "2025-10-24"),
          part("2025/26", Term::kAutumn, 2, "2025-11-03", "2025-12-19"),
          part("2025/26", Term::kSpring, 1, "2026-01-05", "2026-02-13"),
          part("2025/26", Term::kSpring, 2, "2026-02-23", "2026-03-27"),
          part("2025/26", Term::kSummer, 1, "2026-04-13", "2026-05-22"),
          part("2025/26", Term::kSummer, 2, "2026-06-01", "2026-07-20"),
          part("2026/27", Term::kAutumn, 1, "2026-09-02", "2026-10-23"),
          part("2026/27", Term::kAutumn, 2, "2026-11-02", "2026-12-18")};
}

inline std::set<absl::CivilDay> BankHolidays() {
  std::set<absl::CivilDay> days;
  for (const char* day : {"2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26",
                          "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25",
                          "2026-08-31", "2026-12-25", "2026-12-28"}) {
    days.insert(Day(day));
  }
  return days;
}

inline std::shared_ptr<const Calendar> Oxfordshire(std::set<absl::CivilDay> closed = {}) {
  return std::make_shared<const Calendar>(London(), BankHolidays(), OxfordshireTerms(),
                                          std::vector<TermPart>{}, std::move(closed));
}

inline Policy UsualPolicy() {
  using enum DayKind;
  using enum RecipientRole;
  Policy policy;
  policy.rules[Rule::kInitialStarted] = {
      10, kWorkingDays, {{0, -5, kWorkingDays, {kSocialWorker}}, {1, 0, kWorkingDays, {}}}};
  policy.rules[Rule::kInitialAvailable] = {20,
                                           kWorkingDays,
                                           {{0, -2, kWorkingDays, {kVirtualSchoolHead}},
                                            {1, 0, kWorkingDays, {kVirtualSchoolHead}},
                                            {2, 3, kWorkingDays, {kVirtualSchoolHead}}}};
  policy.rules[Rule::kHeldByTermCutOff] = {0,
                                           kSchoolDays,
                                           {{0, -15, kSchoolDays, {kDesignatedTeacher}},
                                            {1, 0, kSchoolDays, {kDesignatedTeacher}},
                                            {2, 1, kSchoolDays, {kHeadteacher}}}};
  policy.rules[Rule::kHeldWithinFourMonths] = {
      4, kCalendarMonths, {{1, 0, kSchoolDays, {kVirtualSchoolCaseworker}}}};
  policy.rules[Rule::kUpdatedAfterMove] = {
      10, kWorkingDays, {{1, 0, kWorkingDays, {kDesignatedTeacher}}}};
  policy.rules[Rule::kDraftReady] = {-3, kSchoolDays, {{1, 0, kSchoolDays, {kDesignatedTeacher}}}};
  policy.rules[Rule::kFinalised] = {
      5,
      kSchoolDays,
      {{0, -2, kSchoolDays, {kDesignatedTeacher}},
       {1, 0, kSchoolDays, {kDesignatedTeacher, kDeputyDesignatedTeacher}},
       {2, 1, kSchoolDays, {kVirtualSchoolCaseworker}},
       {3, 5, kSchoolDays, {kHeadteacher, kVirtualSchoolHead}}}};
  policy.rules[Rule::kSdqScored] = {-3,
                                    kSchoolDays,
                                    {{0, -7, kSchoolDays, {kDesignatedTeacher}},
                                     {1, 0, kSchoolDays, {kDesignatedTeacher}},
                                     {2, 3, kSchoolDays, {kVirtualSchoolCaseworker}}}};
  policy.rules[Rule::kMeetingRecorded] = UsualMeetingRecordedTerms();
  policy.rules[Rule::kViewsCaptured] = UsualViewsCapturedTerms();
  policy.cut_offs[{"2025/26", Term::kAutumn}] = Day("2025-11-28");
  policy.cut_offs[{"2025/26", Term::kSpring}] = Day("2026-03-20");
  policy.cut_offs[{"2025/26", Term::kSummer}] = Day("2026-07-03");
  policy.kept_since = Day("2025-09-01");
  return policy;
}

class Story : public DeciderRunner<Plan> {
 public:
  explicit Story(std::string_view now) {
    facts.now = At(now);
    facts.child_id = ChildId("chd-1");
    facts.calendar = Oxfordshire();
    facts.bank_holidays_known = true;
    facts.policy = std::make_shared<const Policy>(UsualPolicy());
  }
  // In care since `day`, put on record now, on the roll of school 123456 or on none ("").
  Story& InCareSince(std::string_view day, std::string_view school = "123456") {
    ChildFacts child;
    child.in_care = true;
    child.care_started_on = Day(day);
    child.care_recorded_at = facts.now;
    child.pep_required = true;
    child.pep_required_at = facts.now;
    child.authority = AuthorityCode("931");
    child.school = SchoolUrn(std::string(school));
    if (!school.empty()) child.school_authority = AuthorityCode("931");
    child.school_recorded_at = facts.now;
    facts.child = child;
    Wake();
    return *this;
  }
  Story& MovesTo(std::string_view school, std::string_view day) {
    facts.child->school = SchoolUrn(std::string(school));
    facts.child->moved_on = Day(day);
    facts.child->school_recorded_at = facts.now;
    facts.child->school_corrected = facts.child->move_taken_back = false;
    facts.child->wrong_moves.clear();
    Wake();
    return *this;
  }
  // Registry puts right when care started, or at which school the child is.
  Story& CareStartCorrected(std::string_view day) {
    facts.child->earlier_care_starts.push_back(facts.child->care_started_on);
    facts.child->care_started_on = Day(day);
    Wake();
    return *this;
  }
  Story& SchoolCorrected(std::string_view school, std::optional<absl::CivilDay> moved_on) {
    ChildFacts& child = *facts.child;
    if (child.moved_on) child.wrong_moves.push_back(*child.moved_on);
    child.school = SchoolUrn(std::string(school));
    child.moved_on = moved_on;
    child.move_taken_back = !moved_on;
    child.school_recorded_at = facts.now;
    child.school_corrected = true;
    Wake();
    return *this;
  }

  void Wake() { Done(scheduling::Wake{}); }
  // Every alarm up to then fires.
  Story& Until(absl::Time then) {
    PlayUntil(then, scheduling::Wake{});
    return *this;
  }
  Story& Until(std::string_view then) { return Until(At(then)); }

  // "chd-1.<number>".
  PepId Pep(int number) const { return PepIdOf(facts.child_id, number); }
  void HoldOf(int pep, std::string_view day) { Done(HoldPepMeeting{Pep(pep), MeetingOn(day)}); }
  // Of an open PEP beside the newest.
  const Cycle& earlier(int number) const {
    static const Cycle none;
    const auto found = std::ranges::find(state.earlier, number, &Cycle::number);
    EXPECT_NE(found, state.earlier.end()) << "PEP " << number << " is not open beside the newest";
    return found == state.earlier.end() ? none : *found;
  }
  // Events of earlier PEPs.
  template <class E>
  std::vector<E> AllOf(int pep) const {
    std::vector<E> found;
    for (const auto& [at, event] : log) {
      const auto* of = std::get_if<OfEarlierPep>(&event);
      if (!of || of->number != pep) continue;
      if (const auto* one = std::get_if<E>(&of->event)) found.push_back(*one);
    }
    return found;
  }

  void Schedule(std::string_view at) { Done(SchedulePepMeeting{PepId(), At(at)}); }
  void Hold(std::string_view day) { Done(HoldPepMeeting{PepId(), MeetingOn(day)}); }
  // What assessments says of an SDQ for the current PEP: scored, or settled that there will be
  // none.
  void SdqScored(absl::Time at, SdqInformant informant = SdqInformant::kTeacher) {
    Done(CompleteReadinessItem{PepId(), ReadinessItem::kSdq, at, informant});
  }
  void SdqWaived(absl::Time at, SdqInformant informant = SdqInformant::kTeacher) {
    Done(WaiveReadinessItem{PepId(), ReadinessItem::kSdq, at, informant});
  }
  // The same of the child's views.
  void ViewsCaptured(absl::Time at) {
    Done(CompleteReadinessItem{PepId(), ReadinessItem::kPupilViews, at});
  }
  static HeldMeeting MeetingOn(std::string_view day) {
    return {Day(day),
            Attendee::kDesignatedTeacher,
            {Attendee::kDesignatedTeacher, Attendee::kChild},
            "away from school",
            "not returned",
            "the minutes came late"};
  }

  template <class E>
  int CountOf(Rule rule) const {
    int count = 0;
    for (const E& event : All<E>()) count += event.rule == rule;
    return count;
  }
  template <class E>
  std::optional<absl::Time> WhenEmitted(Rule rule) const {
    for (const auto& [at, event] : log) {
      const auto* one = std::get_if<E>(&event);
      if (one && one->rule == rule) return at;
    }
    return std::nullopt;
  }
  const Cycle& cycle() const {
    static const Cycle none;
    EXPECT_TRUE(state.cycle.has_value()) << "no PEP is open";
    return state.cycle ? *state.cycle : none;
  }
  const Deadline& deadline(Rule rule) const {
    static const Deadline none;
    auto found = cycle().deadlines.find(rule);
    EXPECT_NE(found, cycle().deadlines.end()) << RuleId(rule) << " does not run";
    return found == cycle().deadlines.end() ? none : found->second;
  }
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_
