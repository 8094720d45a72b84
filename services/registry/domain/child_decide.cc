// The answer to every command about a child.
#include <utility>

#include "services/registry/domain/age.h"
#include "services/registry/domain/child_rules.h"

namespace pepline::registry {
namespace {

// A child in care grows into the age at which a PEP is due, or comes to a nursery.
void CatchUp(ChildProgress& progress, const ChildFacts& facts) {
  const ChildState& state = progress.state;
  if (!IsLookedAfter(state) || state.care->pep_required) return;
  if (!PepRequiredNow(state, facts)) return;
  progress.Emit(ChildBecameLookedAfter{state.care->started_on, true, SdqDaysNow(state, facts)});
}

// Once a decision is made: from a birthday that it corrects other days follow.
void EmitSdqDays(ChildProgress& progress, const ChildFacts& facts) {
  const ChildState& state = progress.state;
  if (!IsLookedAfter(state)) return;
  const SdqDays days = SdqDaysNow(state, facts);
  if (state.care->sdq != days) progress.Emit(SdqDaysChanged{days});
}

}  // namespace

absl::CivilDay PepDueFrom(const ChildState& state, const ChildFacts& facts,
                          std::optional<absl::CivilDay> in_provision_since) {
  if (state.enrolment) in_provision_since = state.enrolment->enrolled_on;
  return PepAgeFrom(state.details.date_of_birth, facts.pep_ages, in_provision_since);
}

bool IsOfPepAge(const ChildState& state, absl::CivilDay day, const ChildFacts& facts,
                std::optional<absl::CivilDay> in_provision_since) {
  return PepDueFrom(state, facts, in_provision_since) <= day &&
         day <= PepAgeUntil(state.details.date_of_birth);
}

bool PepRequiredNow(const ChildState& state, const ChildFacts& facts) {
  return state.care && !IsShortBreaks(state.care->legal_status) &&
         IsOfPepAge(state, facts.moment.today(), facts);
}

SdqDays SdqDaysNow(const ChildState& state, const ChildFacts& facts) {
  return SdqDaysOf(state.details.date_of_birth, facts.sdq_ages);
}

MaybeRefusal CheckKnown(const ChildState& state) {
  if (IsKnown(state)) return std::nullopt;
  return Refuse(refusals::kUnknownChild, "child_id",
                "this child is not on record; import the children first");
}

MaybeRefusal CheckSchool(const ChildFacts& facts) {
  if (!facts.school_known) {
    return Refuse(refusals::kUnknownSchool, "school_urn",
                  "this URN is not in the register; import the school register first");
  }
  if (!facts.school_open) {
    return Refuse(refusals::kSchoolClosed, "school_urn",
                  "the register shows this school as closed; give the URN of its successor");
  }
  return std::nullopt;
}

MaybeRefusal CheckDay(absl::CivilDay day, const std::string& field, const ChildState& state) {
  if (day >= state.details.date_of_birth) return std::nullopt;
  return Refuse(refusals::kBeforeBirth, field,
                "the day lies before the child was born; mend it or the date of birth");
}

MaybeRefusal CheckNotAhead(absl::CivilDay day, const std::string& field, const ChildFacts& facts) {
  if (day <= facts.moment.today()) return std::nullopt;
  return Refuse(refusals::kInTheFuture, field, "put it on record when it has happened");
}

namespace {

// What is said of the legal status of the episode on record. Only a person takes a PEP away, or
// asks for one since care started.
MaybeRefusal OnStatus(const std::optional<LegalStatus>& status, ChildProgress& progress) {
  const ChildState& state = progress.state;
  if (!status || state.care->legal_status == *status) return std::nullopt;
  if (auto no = CheckStatusOfRow(*status, state)) return no;
  if (IsLookedAfter(state) && IsShortBreaks(*status) != IsShortBreaks(state.care->legal_status)) {
    return Refuse(refusals::kShortBreaksAreAnotherEpisode, "legal_status",
                  "a series of short breaks is a care episode of its own: where it became ordinary "
                  "care, or the other way, record that care ceased and that it started; where the "
                  "status on record is wrong, correct it (pepctl child correct-legal-status)");
  }
  progress.Emit(LegalStatusRecorded{*status});
  return std::nullopt;
}

// `in_provision_since`: by the school that comes with it, where none is on record.
MaybeRefusal Start(const RecordCareStarted& command, ChildProgress& progress,
                   const ChildFacts& facts, std::optional<absl::CivilDay> in_provision_since) {
  const std::string field = "became_looked_after_on";
  const ChildState& state = progress.state;
  if (auto no = CheckKnown(state)) return no;
  if (state.care && state.care->started_on == command.started_on && IsLookedAfter(state)) {
    return OnStatus(command.legal_status, progress);
  }
  if (IsLookedAfter(state)) {
    return Refuse(refusals::kAlreadyLookedAfter, field,
                  "the child is looked after since another day; where that day is wrong correct it "
                  "(pepctl child correct-care-start), else record first that this ceased");
  }
  if (auto no = CheckDay(command.started_on, field, state)) return no;
  if (auto no = CheckNotAhead(command.started_on, field, facts)) return no;
  if (command.started_on >= Birthday(state.details.date_of_birth, kAdult)) {
    return Refuse(refusals::kNoLongerAChild, field,
                  "care starts before the eighteenth birthday; mend the day or the date of birth");
  }
  if (state.care && command.started_on < *state.care->ceased_on) {
    return Refuse(refusals::kCareOverlapsTheLast, field,
                  "the last care episode ceased after this day; give a later one, or correct when "
                  "that one started or ceased (pepctl child correct-care-start, correct-care-end)");
  }
  const bool pep_required = !IsShortBreaks(command.legal_status) &&
                            IsOfPepAge(state, facts.moment.today(), facts, in_provision_since);
  progress.Emit(ChildBecameLookedAfter{command.started_on, pep_required, SdqDaysNow(state, facts),
                                       command.legal_status});
  return std::nullopt;
}

MaybeRefusal On(const RecordCareStarted& command, ChildProgress& progress,
                const ChildFacts& facts) {
  return Start(command, progress, facts, std::nullopt);
}

MaybeRefusal On(const RecordCareCeased& command, ChildProgress& progress, const ChildFacts& facts) {
  const std::string field = "ceased_on";
  const ChildState& state = progress.state;
  if (auto no = CheckKnown(state)) return no;
  if (!command.reason) {
    return Refuse(refusals::kReasonRequired, "reason", "give the reason why care ceased");
  }
  if (state.care && state.care->ceased_on == command.ceased_on) return std::nullopt;
  if (state.care && state.care->ceased_on) {
    return Refuse(refusals::kCeasedOnAnotherDay, field,
                  "care ceased on another day; leave that day as it is on record, or correct it "
                  "(pepctl child correct-care-end)");
  }
  if (!state.care) {
    return Refuse(refusals::kNotLookedAfter, "child_id",
                  "this child is not looked after; record first that care started");
  }
  if (command.ceased_on < state.care->started_on) {
    return Refuse(refusals::kCeasedBeforeStarted, field,
                  "care ceases on or after the day it started; mend the day");
  }
  if (auto no = CheckNotAhead(command.ceased_on, field, facts)) return no;
  progress.Emit(ChildCeasedToBeLookedAfter{command.ceased_on, *command.reason});
  return std::nullopt;
}

MaybeRefusal On(const EnrolChild& command, ChildProgress& progress, const ChildFacts& facts) {
  const std::string field = "enrolled_on";
  const ChildState& state = progress.state;
  if (auto no = CheckKnown(state)) return no;
  if (state.enrolment && state.enrolment->school != command.school) {
    return Refuse(refusals::kAlreadyEnrolled, "school_urn",
                  "the child is at another school; move the child to this one");
  }
  if (state.enrolment) {
    if (!command.enrolled_on || state.enrolment->enrolled_on == *command.enrolled_on) {
      return std::nullopt;
    }
    return Refuse(refusals::kEnrolledOnAnotherDay, field,
                  "the child is at this school since another day; leave that day as it is on "
                  "record, or correct it (pepctl child correct-enrolment)");
  }
  if (auto no = CheckSchool(facts)) return no;
  const absl::CivilDay enrolled_on = command.enrolled_on.value_or(facts.moment.today());
  if (auto no = CheckDay(enrolled_on, field, state)) return no;
  if (enrolled_on > facts.moment.today() + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, field, "give a day within the next twelve months");
  }
  progress.Emit(ChildEnrolled{{command.school, facts.school_authority, enrolled_on}});
  return std::nullopt;
}

MaybeRefusal On(const MoveChildToSchool& command, ChildProgress& progress,
                const ChildFacts& facts) {
  const std::string field = "moved_on";
  const ChildState& state = progress.state;
  if (auto no = CheckKnown(state)) return no;
  if (!state.enrolment) {
    return Refuse(refusals::kNotEnrolled, "child_id",
                  "the child has no school yet; enrol the child");
  }
  if (state.enrolment->school == command.school) {
    return Refuse(refusals::kAlreadyAtThisSchool, "school_urn",
                  "the child is at this school already; nothing is to be done");
  }
  if (auto no = CheckSchool(facts)) return no;
  if (auto no = CheckNotAhead(command.moved_on, field, facts)) return no;
  if (command.moved_on < state.enrolment->enrolled_on) {
    return Refuse(refusals::kMovedBeforeEnrolled, field,
                  "the child is at the present school since a later day; give a day after it");
  }
  progress.Emit(ChildMovedSchool{state.enrolment->school,
                                 {command.school, facts.school_authority, command.moved_on}});
  return std::nullopt;
}

// What a row says of care, beside what is on record.
MaybeRefusal OnCareOf(const RecordChild& row, ChildProgress& progress, const ChildFacts& facts) {
  if (!row.started) return std::nullopt;
  if (auto no = CheckStartOfRow(row, progress.state)) return no;
  const auto& care = progress.state.care;
  if (care && row.started->started_on < care->started_on)
    return std::nullopt;  // an earlier episode
  const bool same = care && care->started_on == row.started->started_on;
  if (!same) {
    const auto since = row.school
                           ? std::optional(row.school->enrolled_on.value_or(facts.moment.today()))
                           : std::nullopt;
    if (auto no = Start(*row.started, progress, facts, since)) return no;
  } else {
    if (auto no = CheckEndOfRow(row, progress.state)) return no;
    if (auto no = OnStatus(row.started->legal_status, progress)) return no;
  }
  return row.ceased ? On(*row.ceased, progress, facts) : std::nullopt;
}

// The child came to the present school with one that closed, and the row still says that one, or
// already says a day since then.
bool SaysSuccession(const EnrolChild& row, const ChildState& state) {
  const auto& succession = state.succession;
  if (!succession) return false;
  if (row.school == succession->school) return true;
  return row.school == state.enrolment->school && row.enrolled_on &&
         *row.enrolled_on >= succession->on;
}

// What a row says of the main school, beside what is on record.
MaybeRefusal OnSchoolOf(const RecordChild& row, ChildProgress& progress, const ChildFacts& facts) {
  if (!row.school || SaysSuccession(*row.school, progress.state)) return std::nullopt;
  if (auto no = CheckSchoolOfRow(row, progress.state)) return no;
  const auto& enrolment = progress.state.enrolment;
  const absl::CivilDay moved_on = row.school->enrolled_on.value_or(facts.moment.today());
  if (enrolment && moved_on < enrolment->enrolled_on) return std::nullopt;  // an earlier enrolment
  if (!enrolment || enrolment->school == row.school->school) {
    return On(*row.school, progress, facts);
  }
  auto no = On(MoveChildToSchool{row.school->school, moved_on}, progress, facts);
  if (no && no->field == "moved_on") no->field = "enrolled_on";
  return no;
}

// What a row does not say is left as it is known.
ChildDetails Completed(ChildDetails details, const ChildDetails& known) {
  for (auto field : {&ChildDetails::given_name, &ChildDetails::family_name, &ChildDetails::upn}) {
    if ((details.*field).empty()) details.*field = known.*field;
  }
  return details;
}

MaybeRefusal On(const RecordChild& command, ChildProgress& progress, const ChildFacts& facts) {
  if (command.details.date_of_birth > facts.moment.today()) {
    return Refuse(refusals::kDateOfBirthInTheFuture, "date_of_birth",
                  "nobody is born in the future; mend the date of birth");
  }
  if (auto no = CheckLocationOfRow(command, progress.state)) return no;
  const ChildDetails details = Completed(command.details, progress.state.details);
  if (details != progress.state.details) progress.Emit(ChildDetailsRecorded{details});
  if (auto no = OnCareOf(command, progress, facts)) return no;
  return OnSchoolOf(command, progress, facts);
}

MaybeRefusal On(const FollowSuccessor& command, ChildProgress& progress, const ChildFacts& facts) {
  const auto& enrolment = progress.state.enrolment;
  if (!enrolment || enrolment->school != command.from) return std::nullopt;
  if (auto no = CheckSchool(facts)) return no;
  progress.Emit(SchoolOfChildSucceeded{
      command.from, {command.to, facts.school_authority, enrolment->enrolled_on}, command.on});
  return std::nullopt;
}

MaybeRefusal On(const RecordSchoolAuthority& command, ChildProgress& progress, const ChildFacts&) {
  const auto& enrolment = progress.state.enrolment;
  if (!enrolment || enrolment->school != command.school) return std::nullopt;  // left meanwhile
  if (enrolment->school_authority == command.authority) return std::nullopt;
  progress.Emit(SchoolOfChildMovedAuthority{command.school, command.authority});
  return std::nullopt;
}

MaybeRefusal On(const Wake&, ChildProgress&, const ChildFacts&) { return std::nullopt; }

}  // namespace

Decision<ChildEvent> Child::Decide(const State& state, const Command& command, const Facts& facts) {
  ChildProgress progress{state};
  CatchUp(progress, facts);
  auto no = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (no) return *std::move(no);
  CatchUp(progress, facts);
  EmitSdqDays(progress, facts);
  return std::move(progress.events);
}

}  // namespace pepline::registry
