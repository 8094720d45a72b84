#include "services/assessments/domain/pupil_views.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/domain/free_text.h"
#include "shared/domain/keep_newest.h"

namespace pepline::assessments {
namespace {

namespace R = pupil_views_refusals;
using Answer = Decision<PupilViewsEvent>;

MaybeRefusal NeedsOpenPep(const PupilViewsState& state, const PepId& pep) {
  if (!state.current_pep || !state.current_pep->open) {
    return Refuse(R::kNoOpenPep, "child_id",
                  "this child has no open PEP; views are put on record with one");
  }
  if (state.current_pep->id != pep) {
    return Refuse(
        R::kOtherPep, "pep_id",
        "this is not the child's current PEP; leave it empty or give the current one's id");
  }
  if (state.on_record.stage == ViewsStage::kCaptured) {
    return Refuse(R::kAlreadyCaptured, "",
                  "the child's views for this PEP are on record and stay as they were given; later "
                  "views belong to the next PEP, and what was put down wrongly is corrected");
  }
  return std::nullopt;
}

MaybeRefusal CheckLength(const std::string& text, std::size_t longest, const char* field) {
  if (!IsLongerThan(text, longest)) return std::nullopt;
  return Refuse(R::kTextTooLong, field, absl::StrCat("give at most ", longest, " characters"));
}

MaybeRefusal CheckGiven(const std::string& text, const std::string& document_reference) {
  if (IsBlank(text) && IsBlank(document_reference)) {
    return Refuse(R::kNothingCaptured, "text",
                  "give the child's views, or where the document with them is kept");
  }
  if (auto no = CheckLength(text, kLongestText, "text")) return no;
  return CheckLength(document_reference, kLongestReference, "document_reference");
}

MaybeRefusal CheckWhyNone(const std::string& reason, const char* field) {
  if (IsBlank(reason)) {
    return Refuse(R::kReasonRequired, field, "say why the child gave no views");
  }
  return CheckLength(reason, kLongestReason, field);
}

MaybeRefusal CheckWhyWrong(const std::string& reason) {
  if (IsBlank(reason)) {
    return Refuse(R::kReasonRequired, "reason",
                  "say why what is on record is wrong; it is kept with the correction");
  }
  return CheckLength(reason, kLongestReason, "reason");
}

Answer On(const CapturePupilViews& command, const PupilViewsState& state, absl::Time now) {
  if (auto no = NeedsOpenPep(state, command.pep)) return *std::move(no);
  if (auto no = CheckGiven(command.text, command.document_reference)) return *std::move(no);
  return std::vector<PupilViewsEvent>{PupilViewsCaptured{command.child, command.pep, now,
                                                         command.text, command.document_reference}};
}

Answer On(const DeclinePupilViews& command, const PupilViewsState& state, absl::Time now) {
  if (auto no = NeedsOpenPep(state, command.pep)) return *std::move(no);
  if (state.on_record.stage == ViewsStage::kDeclined) {
    return Refuse(R::kAlreadyDeclined, "",
                  "it is on record that the child gave no views; capture them should that change");
  }
  if (auto no = CheckWhyNone(command.reason, "reason")) return *std::move(no);
  return std::vector<PupilViewsEvent>{
      PupilViewsDeclined{command.child, command.pep, now, command.reason}};
}

MaybeRefusal CheckRight(const ViewsOnRecord& views) {
  switch (views.stage) {
    case ViewsStage::kCaptured:
      return CheckGiven(views.text, views.document_reference);
    case ViewsStage::kDeclined:
      return CheckWhyNone(views.declined_reason, "declined_reason");
    case ViewsStage::kNone:
    case ViewsStage::kTakenBack:
      return std::nullopt;
  }
  return std::nullopt;
}

Answer On(const CorrectPupilViews& command, const PupilViewsState& state, absl::Time now) {
  const ViewsOnRecord& before = state.on_record;
  if (before.stage == ViewsStage::kNone) {
    return Refuse(R::kNoPupilViews, "pep_id",
                  "nothing of this child's views is on record for this PEP; there is nothing to "
                  "correct");
  }
  if (auto no = CheckWhyWrong(command.reason)) return *std::move(no);
  if (auto no = CheckRight(command.to)) return *std::move(no);
  if (command.to == before) {
    return Refuse(R::kNothingCorrected, "",
                  "this is what is on record already; nothing is to be corrected");
  }
  return std::vector<PupilViewsEvent>{
      PupilViewsCorrected{now, command.reason, before.stage, command.to}};
}

void Correct(const PupilViewsCorrected& corrected, PupilViewsState& state) {
  KeepNewest(state.corrections, {corrected.at, corrected.reason, std::move(state.on_record)},
             kMostViewsCorrections);
  state.on_record = corrected.to;
  const bool taken_back = corrected.to.stage == ViewsStage::kTakenBack;
  if (taken_back || corrected.old_stage == ViewsStage::kTakenBack) {
    state.recorded_at = corrected.at;
  }
  if (!taken_back) return;
  // It may be another child's, and what was corrected before with it.
  for (PupilViewsCorrection& one : state.corrections) one.before = {one.before.stage};
}

}  // namespace

Decision<PupilViewsEvent> PupilViews::Decide(const PupilViewsState& state,
                                             const PupilViewsCommand& command,
                                             const PupilViewsFacts& facts) {
  return std::visit([&](const auto& one) { return On(one, state, facts.now); }, command);
}

PupilViewsState PupilViews::Evolve(PupilViewsState state, const PupilViewsEvent& event) {
  std::visit(
      Match{
          [&](const PupilViewsCaptured& captured) {
            state.on_record = {ViewsStage::kCaptured, captured.text, captured.document_reference};
            state.child = captured.child;
            state.pep = captured.pep;
            state.recorded_at = captured.at;
          },
          [&](const PupilViewsDeclined& declined) {
            state.on_record = {.stage = ViewsStage::kDeclined, .declined_reason = declined.reason};
            state.child = declined.child;
            state.pep = declined.pep;
            state.recorded_at = declined.at;
          },
          [&](const PupilViewsCorrected& corrected) { Correct(corrected, state); },
      },
      event);
  return state;
}

// Views have no deadline of their own; that they are missing is said by scheduling's checklist.
std::optional<absl::Time> PupilViews::NextWake(const PupilViewsState&, const PupilViewsFacts&) {
  return std::nullopt;
}

std::vector<IndexEntry> PupilViews::Index(const PupilViewsState&) { return {}; }

}  // namespace pepline::assessments
