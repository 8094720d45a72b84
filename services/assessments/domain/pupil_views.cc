#include "services/assessments/domain/pupil_views.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/domain/free_text.h"

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
  if (state.stage == ViewsStage::kCaptured) {
    return Refuse(R::kAlreadyCaptured, "",
                  "the child's views for this PEP are on record and stay as they were given; later "
                  "views belong to the next PEP");
  }
  return std::nullopt;
}

MaybeRefusal CheckLength(const std::string& text, std::size_t longest, const char* field) {
  if (!IsLongerThan(text, longest)) return std::nullopt;
  return Refuse(R::kTextTooLong, field, absl::StrCat("give at most ", longest, " characters"));
}

Answer On(const CapturePupilViews& command, const PupilViewsState& state, absl::Time now) {
  if (auto no = NeedsOpenPep(state, command.pep)) return *std::move(no);
  if (IsBlank(command.text) && IsBlank(command.document_reference)) {
    return Refuse(R::kNothingCaptured, "text",
                  "give the child's views, or where the document with them is kept");
  }
  if (auto no = CheckLength(command.text, kLongestText, "text")) return *std::move(no);
  if (auto no = CheckLength(command.document_reference, kLongestReference, "document_reference")) {
    return *std::move(no);
  }
  return std::vector<PupilViewsEvent>{PupilViewsCaptured{command.child, command.pep, now,
                                                         command.text, command.document_reference}};
}

Answer On(const DeclinePupilViews& command, const PupilViewsState& state, absl::Time now) {
  if (auto no = NeedsOpenPep(state, command.pep)) return *std::move(no);
  if (state.stage == ViewsStage::kDeclined) {
    return Refuse(R::kAlreadyDeclined, "",
                  "it is on record that the child gave no views; capture them should that change");
  }
  if (IsBlank(command.reason)) {
    return Refuse(R::kReasonRequired, "reason", "say why the child gave no views");
  }
  if (auto no = CheckLength(command.reason, kLongestReason, "reason")) return *std::move(no);
  return std::vector<PupilViewsEvent>{
      PupilViewsDeclined{command.child, command.pep, now, command.reason}};
}

}  // namespace

Decision<PupilViewsEvent> PupilViews::Decide(const PupilViewsState& state,
                                             const PupilViewsCommand& command,
                                             const PupilViewsFacts& facts) {
  return std::visit([&](const auto& one) { return On(one, state, facts.now); }, command);
}

PupilViewsState PupilViews::Evolve(PupilViewsState state, const PupilViewsEvent& event) {
  std::visit(Match{
                 [&](const PupilViewsCaptured& captured) {
                   state.stage = ViewsStage::kCaptured;
                   state.child = captured.child;
                   state.pep = captured.pep;
                   state.recorded_at = captured.at;
                   state.text = captured.text;
                   state.document_reference = captured.document_reference;
                   state.declined_reason.clear();
                 },
                 [&](const PupilViewsDeclined& declined) {
                   state.stage = ViewsStage::kDeclined;
                   state.child = declined.child;
                   state.pep = declined.pep;
                   state.recorded_at = declined.at;
                   state.declined_reason = declined.reason;
                 },
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
