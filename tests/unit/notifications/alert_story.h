// An alert played by hand (tests/support/decider_runner.h). Threads: one.
#ifndef PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_
#define PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/notifications/domain/alert.h"
#include "tests/support/decider_runner.h"
#include "tests/support/london.h"

namespace pepline::notifications {

inline constexpr char kChild[] = "chd-abcdefghij0123456789";
inline constexpr char kSchool[] = "123240";
inline constexpr char kOtherSchool[] = "123241";
inline constexpr char kAuthority[] = "931";
inline constexpr char kTeacher[] = "stf-teacher0000000000001";
inline constexpr char kDeputy[] = "stf-deputy00000000000001";
inline constexpr char kCaseworker[] = "stf-caseworker0000000001";
inline constexpr char kHead[] = "stf-head0000000000000001";

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

// News of the usual child, as Wednesday 3 September 2025 brings it.
inline GiveNotice UsualNotice(NoticeKind kind, std::vector<RecipientRole> recipients) {
  const std::string id(InCatalogue(kind).id);
  return {{AlertId(std::string(kChild) + "." + id + ".4"), id, ChildId(kChild), PepId(),
           SchoolUrn(kSchool), AuthorityCode(kAuthority)},
          At("2025-09-03 00:00"),
          std::move(recipients)};
}

class Story : public DeciderRunner<Alert> {
 public:
  explicit Story(std::string_view now) { facts.now = At(now); }

  Story& Done(const AlertCommand& command) {
    DeciderRunner::Done(command);
    return *this;
  }
  // What the whole life of an ePEP's deadline sends.
  Story& Reminded() { return Done(RemindOfDeadline{UsualReference(), UsualInstants()}); }
  Story& Missed() { return Done(RaiseMissedDeadline{UsualReference(), UsualInstants()}); }
  Story& Met(bool late) { return Done(ResolveMetDeadline{late}); }
  Story& Delivered(int level, RecipientRole role, const std::string& staff) {
    return Done(RecordDeliveries{
        state.run, level, role, {{StaffId(staff), Channel::kSmtp, std::nullopt, {}}}, true});
  }
  Story& DeliverAll() {
    for (const PendingDelivery& pending : state.Waiting()) {
      Delivered(pending.level, pending.role, std::string(RecipientName(pending.role)));
    }
    return *this;
  }

  // Every alarm up to then fires.
  Story& Until(std::string_view then) {
    PlayUntil(At(then), Wake{});
    return *this;
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
};

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_UNIT_NOTIFICATIONS_ALERT_STORY_H_
