// A child's plan played by hand: real Oxfordshire dates, the usual profile, a clock that is moved.
// Every event is recorded; alarms fire at their instants, as the waker would. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_
#define PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/scheduling/domain/plan.h"

namespace pepline::scheduling {

inline absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

inline absl::CivilDay Day(std::string_view text) {
  auto day = ParseDate(text);
  EXPECT_TRUE(day.has_value()) << text;
  return day.value_or(absl::CivilDay());
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
inline absl::Time EndOf(std::string_view day) {
  return absl::FromCivil(absl::CivilSecond(Day(day) + 1), London()) - absl::Seconds(1);
}

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
  policy.cut_offs[{"2025/26", Term::kAutumn}] = Day("2025-11-28");
  policy.cut_offs[{"2025/26", Term::kSpring}] = Day("2026-03-20");
  policy.cut_offs[{"2025/26", Term::kSummer}] = Day("2026-07-03");
  return policy;
}

class Story {
 public:
  explicit Story(std::string_view now) {
    facts.now = At(now);
    facts.child_id = ChildId("chd-1");
    facts.calendar = Oxfordshire();
    facts.bank_holidays_known = true;
    facts.policy = std::make_shared<const Policy>(UsualPolicy());
  }
  // In care since `day`, put on record now, on the roll of school 123456.
  Story& InCareSince(std::string_view day) {
    ChildFacts child;
    child.in_care = true;
    child.care_started_on = Day(day);
    child.care_recorded_at = facts.now;
    child.pep_required = true;
    child.authority = AuthorityCode("931");
    child.school = SchoolUrn("123456");
    child.school_authority = AuthorityCode("931");
    child.school_recorded_at = facts.now;
    facts.child = child;
    Wake();
    return *this;
  }
  Story& MovesTo(std::string_view school, std::string_view day) {
    facts.child->school = SchoolUrn(std::string(school));
    facts.child->moved_on = Day(day);
    facts.child->school_recorded_at = facts.now;
    Wake();
    return *this;
  }

  // Decides, checks that Evolve of the events is what later decisions see, and records the events.
  std::optional<Refusal<PlanReason>> Do(const PlanCommand& command) {
    auto decision = Plan::Decide(state, command, facts);
    if (auto* no = std::get_if<Refusal<PlanReason>>(&decision)) return *no;
    latest = std::get<0>(decision);
    for (const PlanEvent& event : latest) {
      state = Plan::Evolve(std::move(state), event);
      log.push_back({facts.now, event});
    }
    auto next = Plan::NextWake(state, facts);
    if (next) {
      EXPECT_GT(*next, facts.now) << "the NextWake law";
    }
    return std::nullopt;
  }
  void Wake() { EXPECT_EQ(Do(scheduling::Wake{}), std::nullopt); }
  PlanReason Refused(const PlanCommand& command) {
    auto no = Do(command);
    EXPECT_TRUE(no.has_value()) << "was not refused";
    return no ? no->reason : PlanReason{};
  }
  void Done(const PlanCommand& command) {
    auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
  }

  // Every alarm up to then fires at its own instant.
  Story& Until(absl::Time then) {
    for (auto next = Plan::NextWake(state, facts); next && *next <= then;
         next = Plan::NextWake(state, facts)) {
      facts.now = std::max(facts.now, *next);  // late when nobody was there to fire it
      Wake();
      if (testing::Test::HasFailure()) break;  // a broken NextWake law would never end
    }
    facts.now = then;
    return *this;
  }
  Story& Until(std::string_view then) { return Until(At(then)); }

  void Schedule(std::string_view at) { Done(SchedulePepMeeting{PepId(), At(at)}); }
  void Hold(std::string_view day) { Done(HoldPepMeeting{PepId(), MeetingOn(day)}); }
  static HeldMeeting MeetingOn(std::string_view day) {
    return {Day(day),
            Attendee::kDesignatedTeacher,
            {Attendee::kDesignatedTeacher, Attendee::kChild},
            "away from school",
            "not returned"};
  }

  template <class Event>
  std::vector<Event> All() const {
    std::vector<Event> found;
    for (const auto& [at, event] : log) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }
  template <class Event>
  int CountOf(Rule rule) const {
    int count = 0;
    for (const Event& event : All<Event>()) count += event.rule == rule;
    return count;
  }
  template <class Event>
  std::optional<absl::Time> WhenSaid(Rule rule) const {
    for (const auto& [at, event] : log) {
      const auto* one = std::get_if<Event>(&event);
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

  PlanState state;
  PlanFacts facts;
  std::vector<PlanEvent> latest;  // of the last command
  std::vector<std::pair<absl::Time, PlanEvent>> log;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_TESTS_UNIT_SCHEDULING_PLAN_STORY_H_
