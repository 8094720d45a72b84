// The child's own views for one PEP: captured, or declined with a reason. The rules.
// Promises: pure (see shared/domain/decider.h). Views on record are never overwritten but by a
// correction, which needs a reason and keeps what stood there; a child who declined may still give
// views while the PEP is open. What is taken back may be another child's, so that nothing of its
// content is kept, and the views are asked for again. Does not: say anything of their content in an
// event. Sources: docs/domain.md 6.3 (record_pupil_views), 7; issue 13, H12. Threads: pure
// functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PUPIL_VIEWS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PUPIL_VIEWS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/assessments/domain/pep_standing.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::assessments {

// The numbers are the contract's, kNone apart.
enum class ViewsStage { kNone = 0, kCaptured = 1, kDeclined = 2, kTakenBack = 3 };
constexpr ViewsStage LastOf(ViewsStage) { return ViewsStage::kTakenBack; }

// What is on record for the PEP: text, a document or both; or why the child gave none.
struct ViewsOnRecord {
  ViewsStage stage = ViewsStage::kNone;
  std::string text = {};
  std::string document_reference = {};
  std::string declined_reason = {};
  friend bool operator==(const ViewsOnRecord&, const ViewsOnRecord&) = default;
};

// Each may hold a long text, and a record is read with every command.
inline constexpr std::size_t kMostViewsCorrections = 10;
// What stood there before, and why it was wrong.
struct PupilViewsCorrection {
  absl::Time at;
  std::string reason;
  ViewsOnRecord before;
  friend bool operator==(const PupilViewsCorrection&, const PupilViewsCorrection&) = default;
};

struct PupilViewsState {
  std::optional<PepStanding> current_pep;  // of the child; no event changes it
  ViewsOnRecord on_record;
  ChildId child;
  PepId pep;
  absl::Time recorded_at;  // also, when it was taken back; a correction does not change it
  // The oldest first; of more than kMostViewsCorrections the oldest are not kept.
  std::vector<PupilViewsCorrection> corrections;
  friend bool operator==(const PupilViewsState&, const PupilViewsState&) = default;
};

// Commands.
struct CapturePupilViews {
  ChildId child;
  PepId pep;
  std::string text;
  std::string document_reference;
};
struct DeclinePupilViews {
  ChildId child;
  PepId pep;
  std::string reason;
};
// Of any PEP of the child, also of one that is over.
struct CorrectPupilViews {
  ViewsOnRecord to;  // whole, and not the difference
  std::string reason;
};
using PupilViewsCommand = std::variant<CapturePupilViews, DeclinePupilViews, CorrectPupilViews>;

// Events.
struct PupilViewsCaptured {
  ChildId child;
  PepId pep;
  absl::Time at;
  std::string text;
  std::string document_reference;
};
struct PupilViewsDeclined {
  ChildId child;
  PepId pep;
  absl::Time at;
  std::string reason;
};
struct PupilViewsCorrected {
  absl::Time at;
  std::string reason;
  ViewsStage old_stage = ViewsStage::kNone;
  ViewsOnRecord to;
};
using PupilViewsEvent = std::variant<PupilViewsCaptured, PupilViewsDeclined, PupilViewsCorrected>;

namespace pupil_views_refusals {
inline constexpr RefusalReason kNoOpenPep{"NO_OPEN_PEP", RefusalKind::kState};
inline constexpr RefusalReason kOtherPep{"OTHER_PEP", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyCaptured{"VIEWS_ALREADY_CAPTURED", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyDeclined{"VIEWS_ALREADY_DECLINED", RefusalKind::kState};
inline constexpr RefusalReason kNoPupilViews{"NO_PUPIL_VIEWS", RefusalKind::kNotFound};
inline constexpr RefusalReason kNothingCaptured{"NOTHING_CAPTURED", RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingCorrected{"NOTHING_CORRECTED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTextTooLong{"TEXT_TOO_LONG", RefusalKind::kBadValue};
}  // namespace pupil_views_refusals

struct PupilViewsFacts {
  absl::Time now;
};

struct PupilViews {
  using State = PupilViewsState;
  using Command = PupilViewsCommand;
  using Event = PupilViewsEvent;
  using Facts = PupilViewsFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PUPIL_VIEWS_H_
