// An alert played by hand: commands in, events recorded, a clock that is moved, alarms that fire.
// Threads: one.
#ifndef PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_
#define PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

inline constexpr char kChild[] = "chd-abcdefghij0123456789";
inline constexpr char kSchool[] = "123240";
inline constexpr char kOtherSchool[] = "123241";
inline constexpr char kAuthority[] = "931";
inline constexpr char kTeacher[] = "stf-teacher0000000000001";
inline constexpr char kDeputy[] = "stf-deputy00000000000001";
inline constexpr char kCaseworker[] = "stf-caseworker0000000001";
inline constexpr char kHead[] = "stf-head0000000000000001";

inline absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

// "2025-10-20 14:00" or "2025-10-20 23:59:59" on the clock of London.
inline absl::Time At(std::string_view text) {
  absl::Time at;
  std::string error;
  const char* format = text.size() > 16 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M";
  EXPECT_TRUE(
      absl::ParseTime(format, absl::string_view(text.data(), text.size()), London(), &at, &error))
      << text << error;
  return at;
}

// The ePEP of a meeting held on Monday 13 October 2025: due at the end of Monday 20th.
inline Instants UsualInstants() {
  using enum RecipientRole;
  return {At("2025-10-20 23:59:59"),
          {{0, At("2025-10-16 08:00"), {kDesignatedTeacher}},
           {1, At("2025-10-20 23:59:59"), {kDesignatedTeacher, kDeputyDesignatedTeacher}},
           {2, At("2025-10-21 08:00"), {kVirtualSchoolCaseworker}},
           {3, At("2025-11-03 08:00"), {kHeadteacher, kVirtualSchoolHead}}}};
}

// The same, as a correction of the calendar moves it by two days.
inline Instants MovedInstants() {
  Instants moved = UsualInstants();
  moved.due_at += absl::Hours(48);
  for (LevelInstant& level : moved.levels) level.at += absl::Hours(48);
  return moved;
}

inline AlertReference UsualReference() {
  return {AlertId("chd-abcdefghij0123456789.1.finalise-within-5-school-days"),
          "finalise-within-5-school-days",
          ChildId(kChild),
          PepId("chd-abcdefghij0123456789.1"),
          SchoolUrn(kSchool),
          AuthorityCode(kAuthority)};
}

inline Vacancy UsualVacancy() {
  using enum RecipientRole;
  return {{AlertId("123240.designated-teacher-vacancy"), std::string(kVacancyRule), ChildId(),
           PepId(), SchoolUrn(kSchool), AuthorityCode(kAuthority)},
          true,
          false,
          {At("2025-10-10 23:59:59"),
           {{0, At("2025-10-06 08:00"), {kSchoolOffice}},
            {1, At("2025-10-10 23:59:59"), {kHeadteacher, kVirtualSchoolCaseworker}},
            {2, At("2025-10-17 08:00"), {kVirtualSchoolHead}}}}};
}

class Story {
 public:
  explicit Story(std::string_view now) { facts.now = At(now); }

  // Decides, checks the NextWake law and records the events.
  std::optional<Refusal<AlertReason>> Do(const AlertCommand& command) {
    auto decision = Alert::Decide(state, command, facts);
    if (auto* no = std::get_if<Refusal<AlertReason>>(&decision)) return *no;
    latest = std::get<0>(decision);
    for (const AlertEvent& event : latest) {
      state = Alert::Evolve(std::move(state), event);
      log.push_back({facts.now, event});
    }
    if (auto next = Alert::NextWake(state, facts)) {
      EXPECT_GT(*next, facts.now) << "the NextWake law";
    }
    return std::nullopt;
  }
  Story& Done(const AlertCommand& command) {
    auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
    return *this;
  }
  // What the whole life of an ePEP's deadline sends.
  Story& Reminded() { return Done(RemindOfDeadline{UsualReference(), UsualInstants()}); }
  Story& Missed() { return Done(RaiseMissedDeadline{UsualReference(), UsualInstants()}); }
  Story& Met(bool late) { return Done(ResolveMetDeadline{late}); }
  Story& Told(int level, RecipientRole role, const std::string& staff) {
    return Done(RecordDeliveries{
        state.run, level, role, {{StaffId(staff), Channel::kSmtp, std::nullopt, {}}}, true});
  }
  Story& TellEverybody() {
    for (const Telling& telling : state.Waiting()) {
      Told(telling.level, telling.role, std::string(RecipientName(telling.role)));
    }
    return *this;
  }

  // Every alarm up to then fires at its own instant.
  Story& Until(std::string_view then) {
    const absl::Time end = At(then);
    for (auto next = Alert::NextWake(state, facts); next && *next <= end;
         next = Alert::NextWake(state, facts)) {
      facts.now = std::max(facts.now, *next);
      Done(Wake{});
      if (testing::Test::HasFailure()) break;  // a broken NextWake law would never end
    }
    facts.now = end;
    return *this;
  }

  template <class E>
  std::vector<E> All() const {
    std::vector<E> found;
    for (const auto& [at, event] : log) {
      if (const auto* one = std::get_if<E>(&event)) found.push_back(*one);
    }
    return found;
  }
  // When a level was reached, in their order.
  std::vector<std::pair<int, absl::Time>> Levels() const {
    std::vector<std::pair<int, absl::Time>> levels;
    for (const auto& [at, event] : log) {
      if (const auto* raised = std::get_if<AlertRaised>(&event))
        levels.push_back({raised->level, at});
      if (const auto* escalated = std::get_if<AlertEscalated>(&event)) {
        levels.push_back({escalated->level, at});
      }
    }
    return levels;
  }
  std::vector<ResolvedCause> Causes() const {
    std::vector<ResolvedCause> causes;
    for (const AlertResolved& resolved : All<AlertResolved>()) causes.push_back(resolved.cause);
    return causes;
  }

  AlertState state;
  AlertFacts facts;
  std::vector<AlertEvent> latest;  // of the last command
  std::vector<std::pair<absl::Time, AlertEvent>> log;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_
