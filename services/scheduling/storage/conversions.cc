#include "services/scheduling/storage/conversions.h"

#include <utility>

#include "services/scheduling/domain/rules.h"

namespace pepline::scheduling {

v1::PepState ToProto(Stage stage) {
  switch (stage) {
    case Stage::kDue:
      return v1::PEP_STATE_DUE;
    case Stage::kInterim:
      return v1::PEP_STATE_INTERIM;
    case Stage::kScheduled:
      return v1::PEP_STATE_SCHEDULED;
    case Stage::kPreparing:
      return v1::PEP_STATE_PREPARING;
    case Stage::kHeld:
      return v1::PEP_STATE_HELD;
    case Stage::kFinalised:
      return v1::PEP_STATE_FINALISED;
    case Stage::kClosed:
      return v1::PEP_STATE_CLOSED;
  }
  return v1::PEP_STATE_UNSPECIFIED;
}

std::optional<Stage> FromProto(v1::PepState stage) {
  for (Stage one : {Stage::kDue, Stage::kInterim, Stage::kScheduled, Stage::kPreparing,
                    Stage::kHeld, Stage::kFinalised, Stage::kClosed}) {
    if (ToProto(one) == stage) return one;
  }
  return std::nullopt;
}

v1::PepCycleKind ToProto(CycleKind kind) {
  switch (kind) {
    case CycleKind::kInitial:
      return v1::PEP_CYCLE_KIND_INITIAL;
    case CycleKind::kTermly:
      return v1::PEP_CYCLE_KIND_TERMLY;
    case CycleKind::kMove:
      return v1::PEP_CYCLE_KIND_MOVE;
  }
  return v1::PEP_CYCLE_KIND_UNSPECIFIED;
}

std::optional<CycleKind> FromProto(v1::PepCycleKind kind) {
  for (CycleKind one : {CycleKind::kInitial, CycleKind::kTermly, CycleKind::kMove}) {
    if (ToProto(one) == kind) return one;
  }
  return std::nullopt;
}

v1::DeadlineState ToProto(DeadlineStatus status) {
  switch (status) {
    case DeadlineStatus::kRunning:
      return v1::DEADLINE_STATE_RUNNING;
    case DeadlineStatus::kMissed:
      return v1::DEADLINE_STATE_MISSED;
    case DeadlineStatus::kMet:
      return v1::DEADLINE_STATE_MET;
    case DeadlineStatus::kWithdrawn:
      return v1::DEADLINE_STATE_WITHDRAWN;
    case DeadlineStatus::kWaived:
      return v1::DEADLINE_STATE_WAIVED;
  }
  return v1::DEADLINE_STATE_UNSPECIFIED;
}

std::optional<DeadlineStatus> FromProto(v1::DeadlineState status) {
  for (DeadlineStatus one :
       {DeadlineStatus::kRunning, DeadlineStatus::kMissed, DeadlineStatus::kMet,
        DeadlineStatus::kWithdrawn, DeadlineStatus::kWaived}) {
    if (ToProto(one) == status) return one;
  }
  return std::nullopt;
}

v1::PepCycleOutcome ToProto(CycleOutcome outcome) {
  switch (outcome) {
    case CycleOutcome::kCompleted:
      return v1::PEP_CYCLE_OUTCOME_COMPLETED;
    case CycleOutcome::kNotCompleted:
      return v1::PEP_CYCLE_OUTCOME_NOT_COMPLETED;
    case CycleOutcome::kCareCeased:
      return v1::PEP_CYCLE_OUTCOME_CARE_CEASED;
    case CycleOutcome::kWrittenOff:
      return v1::PEP_CYCLE_OUTCOME_WRITTEN_OFF;
  }
  return v1::PEP_CYCLE_OUTCOME_UNSPECIFIED;
}

std::optional<CycleOutcome> FromProto(v1::PepCycleOutcome outcome) {
  for (CycleOutcome one : {CycleOutcome::kCompleted, CycleOutcome::kNotCompleted,
                           CycleOutcome::kCareCeased, CycleOutcome::kWrittenOff}) {
    if (ToProto(one) == outcome) return one;
  }
  return std::nullopt;
}

v1::ReadinessItem ToProto(ReadinessItem item) {
  return static_cast<v1::ReadinessItem>(static_cast<int>(item));
}

std::optional<ReadinessItem> FromProto(v1::ReadinessItem item) {
  for (ReadinessItem one : kAllItems) {
    if (ToProto(one) == item) return one;
  }
  return std::nullopt;
}

std::optional<SdqInformant> FromProto(assessments::v1::SdqInformant informant) {
  for (SdqInformant one : kAllSdqInformants) {
    if (static_cast<int>(one) == static_cast<int>(informant)) return one;
  }
  return std::nullopt;
}

v1::AttendeeRole ToProto(Attendee attendee) {
  return static_cast<v1::AttendeeRole>(static_cast<int>(attendee));
}

std::optional<Attendee> FromProto(v1::AttendeeRole attendee) {
  if (!v1::AttendeeRole_IsValid(attendee) || attendee == v1::ATTENDEE_ROLE_UNSPECIFIED) {
    return std::nullopt;
  }
  return static_cast<Attendee>(static_cast<int>(attendee));
}

Policy FromProfile(const common::v1::PolicyProfile& profile) {
  Policy policy;
  for (const auto& row : profile.deadline_rules()) {
    auto rule = ParseRule(row.rule_id());
    auto kind = FromProto(row.day_kind());
    if (!rule || !kind) continue;
    RuleTerms terms{row.length(), *kind, {}};
    if (row.has_school_days_into_term()) terms.school_days_into_term = row.school_days_into_term();
    for (const auto& level : row.levels()) {
      // Level 1 is the deadline itself and needs no way of counting.
      auto level_kind = FromProto(level.day_kind());
      terms.levels.push_back({level.level(), level.offset(), level_kind.value_or(*kind),
                              KnownRoles(level.recipients())});
    }
    policy.rules[*rule] = std::move(terms);
  }
  policy.rules.try_emplace(Rule::kMeetingRecorded, UsualMeetingRecordedTerms());
  policy.rules.try_emplace(Rule::kViewsCaptured, UsualViewsCapturedTerms());
  for (const auto& cut_off : profile.term_cut_offs()) {
    auto term = ParseTerm(cut_off.term());
    auto day = ParseDate(cut_off.cut_off_on());
    if (term && day) policy.cut_offs[{cut_off.academic_year(), *term}] = *day;
  }
  policy.kept_since = ParseDate(profile.first_effective_on());
  if (!policy.kept_since) policy.kept_since = ParseDate(profile.effective_on());
  if (profile.has_interim_most_school_days()) {
    policy.interim_most_school_days = profile.interim_most_school_days();
  }
  if (profile.has_interim_school_days_after_reopening()) {
    policy.interim_school_days_after_reopening = profile.interim_school_days_after_reopening();
  }
  return policy;
}

v1::DeadlineReference ToReference(const PlanState& state, Rule rule,
                                  const DeadlineInstants& instants) {
  v1::DeadlineReference reference;
  reference.set_rule_id(std::string(RuleId(rule)));
  const bool of_pep = rule != Rule::kPepOpen && state.cycle;
  const std::string whose =
      of_pep ? PepIdOf(state.child, state.cycle->number).text() : state.child.text();
  reference.set_deadline_id(whose + "." + reference.rule_id());
  *reference.mutable_due_at() = ToTimestamp(instants.due_at);
  reference.set_calendar_known(instants.calendar_known);
  reference.set_provisional(instants.provisional);
  reference.set_after_interim(instants.after_interim);
  for (const AlertInstant& level : instants.levels) *reference.add_levels() = ToProto(level);
  return reference;
}

v1::PepReference ReferenceOf(const PlanState& state) {
  v1::PepReference reference;
  if (state.cycle) reference.set_pep_id(PepIdOf(state.child, state.cycle->number).text());
  reference.set_child_id(state.child.text());
  reference.set_school_urn(state.school.text());
  reference.set_authority_code(state.authority.text());
  return reference;
}

}  // namespace pepline::scheduling
