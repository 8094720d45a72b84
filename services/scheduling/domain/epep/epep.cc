#include "services/scheduling/domain/epep/epep.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/domain/characters.h"
#include "shared/domain/id_forms.h"

namespace pepline::scheduling {
namespace {

using Answer = Decision<EpepEvent>;
namespace R = epep_refusals;

// The content stands still once its ePEP is finalised, and when the PEP is over.
MaybeRefusal NeedsUnfinished(const EpepFacts& facts) {
  const auto number = NumberOfPep(facts.child, facts.pep);
  const auto alone = number ? PlanOfPep(facts.plan, *number) : std::nullopt;
  if (!alone || !IsOpen(*alone)) {
    return IsOpen(facts.plan)
               ? Refuse(plan_refusals::kOtherPep, "pep_id",
                        "this is no open PEP of the child; leave it empty for the newest, or give "
                        "the id of one that is open")
               : Refuse(plan_refusals::kNoCurrentPep, "child_id",
                        "this child has no current PEP; an ePEP is written with one");
  }
  if (alone->cycle->stage != Stage::kFinalised) return std::nullopt;
  return Refuse(plan_refusals::kAlreadyFinalised, "",
                "the ePEP is finalised; take that back first (TakeBackFinalisation), then write, "
                "and finalise it again");
}

bool MayWrite(SectionOwner owner, MadeBy by) {
  switch (by) {
    case MadeBy::kVirtualSchool:
      return true;
    case MadeBy::kSchool:
      return owner == SectionOwner::kDesignatedTeacher || owner == SectionOwner::kCarer ||
             owner == SectionOwner::kPupil;
    case MadeBy::kSocialWorker:
      return owner == SectionOwner::kSocialWorker || owner == SectionOwner::kCarer;
  }
  return false;
}

std::string_view WhoWrites(SectionOwner owner) {
  switch (owner) {
    case SectionOwner::kDesignatedTeacher:
    case SectionOwner::kPupil:
      return "the Designated Teacher or the Virtual School";
    case SectionOwner::kSocialWorker:
      return "the social worker or the Virtual School";
    case SectionOwner::kCarer:
      return "the Designated Teacher, the social worker or the Virtual School";
    case SectionOwner::kVirtualSchool:
      break;
  }
  return "the Virtual School";
}

MaybeRefusal NeedsOwnSection(const std::string& section, MadeBy by, const EpepForm& form) {
  const auto found = std::ranges::find(form.sections, section, &FormSection::code);
  if (found == form.sections.end()) {
    const auto code = [](std::string* out, const FormSection& one) { *out += one.code; };
    const std::string there = absl::StrJoin(form.sections, ", ", code);
    return Refuse(
        R::kNoSuchSection, "section",
        absl::StrCat("the form of this ePEP has the sections ", there, "; name one of these"));
  }
  if (MayWrite(found->owner, by)) return std::nullopt;
  const std::string who(WhoWrites(found->owner));
  return Refuse(R::kNotTheSectionsOwner, "section",
                absl::StrCat("this section is not yours; ask ", who,
                             ", who may write it by the authority's form"));
}

MaybeRefusal NeedsRevisionRead(int revision, const SectionContent& stands) {
  if (revision == stands.revision) return std::nullopt;
  return Refuse(R::kWrittenMeanwhile, "revision",
                absl::StrCat("another text was written in this section meanwhile, which stands as "
                             "revision ",
                             stands.revision,
                             "; yours was not kept here: read that one, put the two together, and "
                             "give its revision"));
}

Answer Emit(EpepEvent event) { return std::vector<EpepEvent>{std::move(event)}; }

template <class Event>
Answer EmitCounted(const std::string& section, const EpepState& state, const EpepFacts& facts) {
  const auto number = NumberOfPep(facts.child, facts.pep);
  const PlanState alone = *PlanOfPep(facts.plan, *number);
  Event event{
      section, facts.now, {facts.child, facts.plan.authority, SchoolOf(facts.plan, *alone.cycle)}};
  const Completeness after =
      CompletenessOf(AsItStands(facts.form, Epep::Evolve(state, EpepEvent(event))).sections);
  event.mandatory_complete = after.mandatory_complete;
  event.mandatory = after.mandatory;
  return Emit(std::move(event));
}

// `stands` is what the section holds now.
Answer On(const WriteEpepSection& command, const SectionContent& stands, const EpepState&,
          const EpepFacts& facts) {
  if (stands.completed_at) {
    return Refuse(R::kSectionComplete, "section",
                  "this section is complete; reopen it first, then write it");
  }
  if (auto no = NeedsRevisionRead(command.revision, stands)) return *std::move(no);
  if (CharactersIn(command.text) > kLongestSection) {
    return Refuse(R::kTextTooLong, "text",
                  absl::StrCat("give at most ", kLongestSection, " characters"));
  }
  if (command.text == stands.text) return std::vector<EpepEvent>();
  return Emit(EpepSectionWritten{facts.child, facts.pep, command.section, command.text, facts.now});
}

Answer On(const CompleteEpepSection& command, const SectionContent& stands, const EpepState& state,
          const EpepFacts& facts) {
  if (stands.completed_at) {
    return Refuse(R::kSectionComplete, "section", "this section is complete already");
  }
  if (auto no = NeedsRevisionRead(command.revision, stands)) return *std::move(no);
  if (IsBlank(stands.text)) {
    return Refuse(R::kSectionEmpty, "section", "nothing is written in this section; write it");
  }
  return EmitCounted<EpepSectionCompleted>(command.section, state, facts);
}

Answer On(const ReopenEpepSection& command, const SectionContent& stands, const EpepState& state,
          const EpepFacts& facts) {
  if (!stands.completed_at) {
    return Refuse(R::kSectionNotComplete, "section",
                  "this section is not complete, so it can be written as it is");
  }
  return EmitCounted<EpepSectionReopened>(command.section, state, facts);
}

}  // namespace

// It has no alarm: the deadlines are the PEP's.
std::optional<absl::Time> Epep::NextWake(const EpepState&, const EpepFacts&) {
  return std::nullopt;
}

// It is found by its PEP.
std::vector<IndexEntry> Epep::Index(const EpepState&) { return {}; }

Decision<EpepEvent> Epep::Decide(const EpepState& state, const EpepCommand& command,
                                 const EpepFacts& facts) {
  return std::visit(
      [&](const auto& one) -> Answer {
        if (auto no = NeedsUnfinished(facts)) return *std::move(no);
        if (auto no = NeedsOwnSection(one.section, one.by, facts.form)) return *std::move(no);
        const auto found = state.sections.find(one.section);
        return On(one, found == state.sections.end() ? SectionContent() : found->second, state,
                  facts);
      },
      command);
}

EpepState Epep::Evolve(EpepState state, const EpepEvent& event) {
  std::visit(Match{[&](const EpepSectionWritten& written) {
                     state.child = written.child;
                     state.pep = written.pep;
                     SectionContent& section = state.sections[written.section];
                     section.text = written.text;
                     section.written_at = written.at;
                     ++section.revision;
                   },
                   [&](const EpepSectionCompleted& completed) {
                     state.sections[completed.section].completed_at = completed.at;
                   },
                   [&](const EpepSectionReopened& reopened) {
                     state.sections[reopened.section].completed_at.reset();
                   }},
             event);
  return state;
}

}  // namespace pepline::scheduling
