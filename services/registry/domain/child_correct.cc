// Mending what was put on record about a child wrongly: the start and the end of care, the legal
// status, and the main school. What is mended, and why, is kept for good; an old file does not undo
// it.
#include <algorithm>
#include <utility>

#include "services/registry/domain/age.h"
#include "services/registry/domain/child_rules.h"
#include "services/registry/domain/corrections.h"

namespace pepline::registry {
namespace {

MaybeRefusal CheckMayCorrect(const std::string& reason, const ChildState& state) {
  if (auto no = CheckKnown(state)) return no;
  return CheckCorrection(reason, state.corrections.size(), "child_id");
}

// Whether a correction took this value away from what is on record.
bool WasCorrected(const ChildState& state, CorrectedFact fact, absl::CivilDay day) {
  return std::ranges::any_of(state.corrections, [&](const Correction& one) {
    return one.fact == fact && one.old_day == day;
  });
}

// A legal status that is put right asks for a PEP, or takes it away. What was required stays so
// beyond the age for it.
void EmitRequired(ChildProgress& progress, const ChildFacts& facts) {
  const ChildState& state = progress.state;
  if (!IsLookedAfter(state)) return;
  const CareEpisode& care = *state.care;
  if (care.pep_required && !IsShortBreaks(care.legal_status)) return;
  const bool required = PepRequiredNow(state, facts);
  if (required == care.pep_required) return;
  const bool since_start = IsOfPepAge(state, care.started_on, facts);
  progress.Emit(ChildBecameLookedAfter{.started_on = care.started_on,
                                       .pep_required = required,
                                       .sdq = SdqDaysNow(state, facts),
                                       .corrected = !required || since_start});
}

MaybeRefusal CorrectedSince(const std::string& field) {
  return Refuse(refusals::kCorrectedSince, field,
                "this was corrected since the file was made; mend the row, or correct the child "
                "once more (pepctl child show, pepctl child correct-...)");
}

}  // namespace

MaybeRefusal On(const CorrectCareStart& command, ChildProgress& progress, const ChildFacts& facts) {
  const std::string field = "became_looked_after_on";
  const ChildState& state = progress.state;
  if (auto no = CheckMayCorrect(command.reason, state)) return no;
  if (!state.care) {
    return Refuse(refusals::kNothingToCorrect, "child_id",
                  "no start of care is on record for this child; record that care started");
  }
  const CareEpisode& care = *state.care;
  const absl::CivilDay day = command.started_on;
  if (day == care.started_on) return SameAsOnRecord(field);
  if (auto no = CheckDay(day, field, state)) return no;
  if (auto no = CheckNotAhead(day, field, facts)) return no;
  if (day >= Birthday(state.details.date_of_birth, kAdult)) {
    return Refuse(refusals::kNoLongerAChild, field,
                  "care starts before the eighteenth birthday; mend the day or the date of birth");
  }
  if (care.ceased_on && day > *care.ceased_on) {
    return Refuse(refusals::kCeasedBeforeStarted, field,
                  "care ceased before this day; mend the day, or correct the end of care first");
  }
  if (care.previous_ceased_on && day < *care.previous_ceased_on) {
    return Refuse(refusals::kCareOverlapsTheLast, field,
                  "the care episode before this one ceased after this day; give a later one");
  }
  progress.Emit(CareStartCorrected{{.fact = CorrectedFact::kCareStart,
                                    .old_day = care.started_on,
                                    .new_day = day,
                                    .reason = command.reason,
                                    .by = command.by,
                                    .at = facts.moment.now}});
  return std::nullopt;
}

MaybeRefusal On(const CorrectCareEnd& command, ChildProgress& progress, const ChildFacts& facts) {
  const ChildState& state = progress.state;
  if (auto no = CheckMayCorrect(command.reason, state)) return no;
  if (!state.care || !state.care->ceased_on) {
    return Refuse(refusals::kNothingToCorrect, "child_id",
                  "no end of care is on record for this child; where care has ceased, record that");
  }
  const CareEpisode& care = *state.care;
  const CareCeasedReason old_reason = care.reason.value_or(CareCeasedReason::kOther);
  Correction correction{.fact = CorrectedFact::kCareEnd,
                        .old_day = *care.ceased_on,
                        .new_day = command.ceased_on,
                        .reason = command.reason,
                        .by = command.by,
                        .at = facts.moment.now};
  if (!command.ceased_on) {
    if (facts.moment.today() >= Birthday(state.details.date_of_birth, kAdult)) {
      return Refuse(refusals::kNoLongerAChild, "taken_back",
                    "care has ceased by the eighteenth birthday; give the day on which it did");
    }
    progress.Emit(CareEndCorrected{std::move(correction), old_reason, std::nullopt});
    if (IsShortBreaks(state.care->legal_status)) EmitRequired(progress, facts);
    return std::nullopt;
  }
  const std::string field = "ceased_on";
  const CareCeasedReason reason = command.ceased_reason.value_or(old_reason);
  if (*command.ceased_on == *care.ceased_on && reason == old_reason) return SameAsOnRecord(field);
  if (*command.ceased_on < care.started_on) {
    return Refuse(refusals::kCeasedBeforeStarted, field,
                  "care ceases on or after the day it started; mend the day");
  }
  if (auto no = CheckNotAhead(*command.ceased_on, field, facts)) return no;
  progress.Emit(CareEndCorrected{std::move(correction), old_reason, reason});
  return std::nullopt;
}

MaybeRefusal On(const CorrectEnrolment& command, ChildProgress& progress, const ChildFacts& facts) {
  const std::string field = "enrolled_on";
  const ChildState& state = progress.state;
  if (auto no = CheckMayCorrect(command.reason, state)) return no;
  if (!state.enrolment) {
    return Refuse(refusals::kNothingToCorrect, "child_id",
                  "no school is on record for this child; enrol the child");
  }
  const Enrolment& known = *state.enrolment;
  const auto& before = state.before_move;
  Enrolment right{command.school.empty() ? known.school : command.school, known.school_authority,
                  command.enrolled_on.value_or(known.enrolled_on)};
  const bool other_school = right.school != known.school;
  const bool taken_back = other_school && before && right.school == before->enrolment.school;
  if (other_school) {
    if (auto no = CheckSchool(facts)) return no;
    right.school_authority = facts.school_authority;
  }
  if (taken_back) {
    right.enrolled_on = before->enrolment.enrolled_on;
    if (command.enrolled_on && *command.enrolled_on != right.enrolled_on) {
      return Refuse(refusals::kEnrolledOnAnotherDay, field,
                    "this takes the last change of school back, so the child is at that school "
                    "since the day on record; leave the day out, and correct it afterwards");
    }
  } else if (!other_school && right.enrolled_on == known.enrolled_on) {
    return SameAsOnRecord(command.enrolled_on ? field : "school_urn");
  }
  if (auto no = CheckDay(right.enrolled_on, field, state)) return no;
  if (before && !taken_back) {
    if (auto no = CheckNotAhead(right.enrolled_on, field, facts)) return no;
    if (right.enrolled_on < before->enrolment.enrolled_on) {
      return Refuse(refusals::kMovedBeforeEnrolled, field,
                    "the child is at the school before since a later day; give a day after it");
    }
  }
  if (right.enrolled_on > facts.moment.today() + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, field, "give a day within the next twelve months");
  }
  const bool by_move = taken_back ? before->by_move : before.has_value();
  progress.Emit(EnrolmentCorrected{{.fact = CorrectedFact::kEnrolment,
                                    .old_day = known.enrolled_on,
                                    .new_day = right.enrolled_on,
                                    .old_school = known.school,
                                    .new_school = right.school,
                                    .reason = command.reason,
                                    .by = command.by,
                                    .at = facts.moment.now},
                                   right,
                                   taken_back,
                                   by_move});
  return std::nullopt;
}

MaybeRefusal On(const CorrectLegalStatus& command, ChildProgress& progress,
                const ChildFacts& facts) {
  const std::string field = "legal_status";
  const ChildState& state = progress.state;
  if (auto no = CheckMayCorrect(command.reason, state)) return no;
  if (!state.care) {
    return Refuse(refusals::kNothingToCorrect, "child_id",
                  "no start of care is on record for this child; record that care started");
  }
  if (state.care->legal_status == command.status) return SameAsOnRecord(field);
  progress.Emit(LegalStatusCorrected{{.fact = CorrectedFact::kLegalStatus,
                                      .old_day = state.care->started_on,
                                      .new_day = state.care->started_on,
                                      .reason = command.reason,
                                      .by = command.by,
                                      .at = facts.moment.now,
                                      .old_status = state.care->legal_status,
                                      .new_status = command.status}});
  EmitRequired(progress, facts);
  return std::nullopt;
}

MaybeRefusal On(const RestrictLocation& command, ChildProgress& progress, const ChildFacts& facts) {
  const ChildState& state = progress.state;
  if (auto no = CheckMayCorrect(command.reason, state)) return no;
  if (state.details.location_restricted == command.restricted) return SameAsOnRecord("lifted");
  progress.Emit(
      LocationRestricted{{.fact = command.restricted ? CorrectedFact::kLocationRestricted
                                                     : CorrectedFact::kLocationNotRestricted,
                          .old_day = facts.moment.today(),
                          .new_day = facts.moment.today(),
                          .reason = command.reason,
                          .by = command.by,
                          .at = facts.moment.now}});
  return std::nullopt;
}

// A file restricts at any time; what a person restricted a file does not lift.
MaybeRefusal CheckLocationOfRow(const RecordChild& row, const ChildState& state) {
  if (row.details.location_restricted || !state.details.location_restricted) return std::nullopt;
  bool by_person = false;
  for (const Correction& one : state.corrections) {
    if (one.fact == CorrectedFact::kLocationRestricted) by_person = true;
    if (one.fact == CorrectedFact::kLocationNotRestricted) by_person = false;
  }
  if (!by_person) return std::nullopt;
  return Refuse(refusals::kCorrectedSince, "location_restricted",
                "the location was restricted since the file was made; mend the row, or lift the "
                "restriction first (pepctl child restrict-location)");
}

MaybeRefusal CheckStatusOfRow(LegalStatus status, const ChildState& state) {
  const bool corrected = std::ranges::any_of(state.corrections, [&](const Correction& one) {
    return one.fact == CorrectedFact::kLegalStatus && one.old_status == status &&
           one.old_day == state.care->started_on;
  });
  return corrected ? CorrectedSince("legal_status") : std::nullopt;
}

MaybeRefusal CheckStartOfRow(const RecordChild& row, const ChildState& state) {
  const std::string field = "became_looked_after_on";
  if (!row.started || !state.care) return std::nullopt;
  const CareEpisode& care = *state.care;
  const absl::CivilDay day = row.started->started_on;
  // Where care has ceased, a start after that is another episode.
  if (day == care.started_on || (care.ceased_on && day >= *care.ceased_on)) return std::nullopt;
  if (WasCorrected(state, CorrectedFact::kCareStart, day)) return CorrectedSince(field);
  if (day > care.started_on) return std::nullopt;  // refused as any second start is
  // An earlier episode that is over leaves the present one as it is.
  const bool none_then =
      care.is_first || (care.previous_ceased_on && day >= *care.previous_ceased_on);
  if (!none_then) return std::nullopt;
  return Refuse(refusals::kStartedOnAnotherDay, field,
                "care is on record since a later day, and no other episode was then; mend the row, "
                "or correct the start of care (pepctl child correct-care-start)");
}

MaybeRefusal CheckEndOfRow(const RecordChild& row, const ChildState& state) {
  if (!row.ceased || !state.care || state.care->ceased_on == row.ceased->ceased_on) {
    return std::nullopt;
  }
  if (WasCorrected(state, CorrectedFact::kCareEnd, row.ceased->ceased_on)) {
    return CorrectedSince("ceased_on");
  }
  return std::nullopt;
}

MaybeRefusal CheckSchoolOfRow(const RecordChild& row, const ChildState& state) {
  if (!row.school || !state.enrolment) return std::nullopt;
  const Enrolment& known = *state.enrolment;
  const auto& day = row.school->enrolled_on;
  const bool same_day = !day || *day == known.enrolled_on;
  if (row.school->school == known.school && same_day) return std::nullopt;
  const bool corrected = std::ranges::any_of(state.corrections, [&](const Correction& one) {
    return one.fact == CorrectedFact::kEnrolment && one.old_school == row.school->school &&
           (day ? one.old_day == *day : one.new_school == known.school);
  });
  if (!corrected) return std::nullopt;
  return CorrectedSince(row.school->school == known.school ? "enrolled_on" : "school_urn");
}

}  // namespace pepline::registry
