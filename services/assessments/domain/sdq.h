// One SDQ: asked for, sent, come back, scored, reviewed; or not obtained, with a reason. The rules.
// That it will not be obtained anybody at work on the PEP may propose, and the Virtual School or
// the social worker alone may settle, in words: the school, which may be late with it, ends
// nothing. Promises: pure (see shared/domain/decider.h). Every command first catches up: a passed
// instant is said missing, another instant by which the SDQ is required is taken over. An SDQ of a
// PEP is required by the instant that scheduling gave for the PEP's meeting; it is said missing
// once for each such instant. Of a child who is not of the age on that day nothing is wanted, and
// the teacher's SDQ is waived, once. Without a total an SDQ is received, not scored. Does not: know
// names or wording; decide who is told. Sources: docs/domain.md 3, 6.4, 6.9 D10. Threads: values
// and pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/assessments/domain/pep_standing.h"
#include "services/assessments/domain/sdq_age.h"
#include "services/assessments/domain/sdq_form.h"
#include "services/assessments/domain/sdq_scoring.h"
#include "shared/domain/deadline.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/profile/sdq_settings.h"

namespace pepline::assessments {

// The numbers of these two are the contract's, kNotRequested apart.
enum class Stage {
  kNotRequested = 0,
  kRequested = 1,
  kSent = 2,
  kReceived = 3,  // something came back that gives no total yet
  kScored = 4,
  kReviewed = 5,
  kNotObtained = 6,
};
constexpr Stage LastOf(Stage) { return Stage::kNotObtained; }
inline constexpr std::array kAllStages = {Stage::kNotRequested, Stage::kRequested, Stage::kSent,
                                          Stage::kReceived,     Stage::kScored,    Stage::kReviewed,
                                          Stage::kNotObtained};
// SDQ1 to SDQ5 of the SSDA903 return (docs/domain.md 3.5), and the authority's own.
enum class NotObtainedReason {
  kSdq1 = 1,
  kSdq2 = 2,
  kSdq3 = 3,
  kSdq4 = 4,
  kSdq5 = 5,
  kLocal = 6,
};
constexpr NotObtainedReason LastOf(NotObtainedReason) { return NotObtainedReason::kLocal; }
inline constexpr std::array kAllNotObtainedReasons = {
    NotObtainedReason::kSdq1, NotObtainedReason::kSdq2, NotObtainedReason::kSdq3,
    NotObtainedReason::kSdq4, NotObtainedReason::kSdq5, NotObtainedReason::kLocal};

// Who settled that there will be no SDQ; nobody did where the child is not of the age. The numbers
// are the contract's.
enum class Confirmer { kVirtualSchool = 1, kSocialWorker = 2, kNotOfAge = 3 };
constexpr Confirmer LastOf(Confirmer) { return Confirmer::kNotOfAge; }

// Which SDQ: one for each PEP, purpose and informant.
struct SdqKey {
  ChildId child;
  PepId pep;
  Purpose purpose = Purpose::kPep;
  Informant informant = Informant::kTeacher;
  friend bool operator==(const SdqKey&, const SdqKey&) = default;
};
SdqId IdOf(const SdqKey& key);  // "<pep id>.<purpose>.<informant>"
std::optional<SdqKey> ParseSdqId(std::string_view id);

// What came back from the informant, and what it gives.
struct SdqReturn {
  absl::Time received_at;
  Form form = Form::kT4_10;
  bool follow_up = false;
  std::vector<int> answers;  // kItems of them, or none where scores were recorded
  std::optional<ImpactAnswers> impact;
  std::string document_reference;
  SdqScores scores;
  friend bool operator==(const SdqReturn&, const SdqReturn&) = default;
};

// What stood there before, and why it was wrong.
struct SdqCorrection {
  absl::Time at;
  std::string reason;
  SdqReturn before;
  friend bool operator==(const SdqCorrection&, const SdqCorrection&) = default;
};

struct SdqState {
  std::optional<PepStanding> current_pep;  // of the child; no event changes it
  Stage stage = Stage::kNotRequested;
  SdqKey key;
  std::optional<absl::Time> required_by;   // the last second of its day (deadline.h)
  bool missing = false;                    // required_by passed, and that was said
  std::optional<absl::Time> requested_at;  // nullopt: nobody was asked
  std::optional<absl::Time> sent_at;
  std::optional<SdqReturn> latest_return;
  std::optional<absl::Time> scored_at;
  std::string scoring_rule;
  std::optional<absl::Time> reviewed_at;
  std::string strategies;
  // While not_obtained_at is unset, the proposal waits to be confirmed and ends nothing.
  std::optional<absl::Time> not_obtained_proposed_at;
  std::optional<absl::Time> not_obtained_at;
  std::optional<NotObtainedReason> not_obtained_reason;  // as proposed, or as confirmed
  std::string not_obtained_detail;                       // of who proposed it
  std::string not_obtained_explanation;                  // of who confirmed it
  // Unset, too, where a version before this one took the school's word for it.
  std::optional<Confirmer> not_obtained_confirmed_by;
  // Said of the teacher's SDQ, which is wanted by no instant from then on. A person may request it
  // all the same.
  std::optional<absl::Time> not_of_age_at;
  std::vector<SdqCorrection> corrections;  // oldest first
  // Of the score on record, by the profile of the day on which it was scored; nullopt before that,
  // and where it was scored before this was kept: then the total alone asks for strategies.
  std::optional<bool> strategies_required;
  friend bool operator==(const SdqState&, const SdqState&) = default;
};
// Something may still come back. What is missing is awaited.
bool IsAwaited(Stage stage);
inline bool IsAwaited(const SdqState& state) { return IsAwaited(state.stage); }
// It was proposed that there will be none, and nobody has settled it.
inline bool AwaitsConfirmation(const SdqState& state) {
  return IsAwaited(state) && state.not_obtained_proposed_at.has_value();
}
// It is missing, and the PEP that it is missing for is the child's present one and waits for it:
// the SDQ whose deadline scheduling runs. Numbers of missing SDQs count these. What else is missing
// is a gap: of a PEP that is over, or of an informant whom a person asked.
bool IsMissingForPep(const SdqState& state);
// A score waits for a review that must name strategies.
bool AwaitsStrategies(const SdqState& state);

// Commands.
struct RequestSdq {
  SdqKey key;
  bool by_itself = false;  // the PEP asks, not a person: one that is there is left alone
};
struct MarkSdqSent {};
struct RecordSdqAnswers {
  Form form = Form::kT4_10;
  bool follow_up = false;
  std::vector<int> answers;
  std::optional<ImpactAnswers> impact;
  std::string document_reference;
};
struct RecordSdqScores {
  Form form = Form::kT4_10;
  bool follow_up = false;
  SdqScores scores;
  std::string document_reference;
};
// At most kMostCorrections of one SDQ.
inline constexpr std::size_t kMostCorrections = 20;
struct CorrectSdq {
  std::variant<RecordSdqAnswers, RecordSdqScores> to;  // without a document: as it is on record
  std::string reason;
};
struct ReviewSdq {
  std::string strategies;
};
// Proposes it. Said again with another reason or detail, it takes the place of what was proposed.
struct RecordSdqNotObtained {
  NotObtainedReason reason = NotObtainedReason::kSdq4;
  std::string detail;
};
// Settles it, whether it was proposed or not.
struct ConfirmSdqNotObtained {
  std::optional<NotObtainedReason> reason;  // nullopt: the proposed one
  std::string explanation;
  Confirmer confirmed_by = Confirmer::kVirtualSchool;
};
// An alarm, or something that scheduling said.
struct Wake {};
using SdqCommand =
    std::variant<RequestSdq, MarkSdqSent, RecordSdqAnswers, RecordSdqScores, CorrectSdq, ReviewSdq,
                 RecordSdqNotObtained, ConfirmSdqNotObtained, Wake>;

// Events.
struct SdqRequested {
  SdqKey key;
  absl::Time at;
};
struct SdqSent {
  absl::Time at;
};
struct SdqReceived {
  SdqReturn returned;
};
struct SdqScored {
  absl::Time at;
  std::string rule;
  bool strategies_required = false;  // in the review; it stays here
};
struct SdqCorrected {
  absl::Time at;
  std::string reason;
  SdqReturn returned;  // it came back when it did before
  std::string rule;    // empty without a total
  bool strategies_required = false;
};
struct SdqReviewed {
  absl::Time at;
  std::string strategies;
};
struct SdqNotObtainedProposed {
  absl::Time at;
  NotObtainedReason reason = NotObtainedReason::kSdq4;
  std::string detail;
};
struct SdqNotObtained {
  absl::Time at;
  NotObtainedReason reason = NotObtainedReason::kSdq4;
  std::string explanation;
  Confirmer confirmed_by = Confirmer::kVirtualSchool;
};
// The contract's SdqNotObtained: the child is not of the age.
struct SdqNotOfAge {
  SdqKey key;
  absl::Time at;
};
struct SdqBecameMissing {
  absl::Time required_by;
};
struct SdqRequiredByMoved {
  std::optional<absl::Time> required_by;  // nullopt: by no instant until there is a new date
};
using SdqEvent = std::variant<SdqRequested, SdqSent, SdqReceived, SdqScored, SdqCorrected,
                              SdqReviewed, SdqNotObtainedProposed, SdqNotObtained, SdqNotOfAge,
                              SdqBecameMissing, SdqRequiredByMoved>;

namespace sdq_refusals {
inline constexpr RefusalReason kNoOpenPep{"NO_OPEN_PEP", RefusalKind::kState};
inline constexpr RefusalReason kOtherPep{"OTHER_PEP", RefusalKind::kState};
inline constexpr RefusalReason kInformantDoesNotFit{"INFORMANT_DOES_NOT_FIT",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kAlreadyRequested{"SDQ_ALREADY_REQUESTED",
                                                 RefusalKind::kAlreadyThere};
inline constexpr RefusalReason kNotRequested{"SDQ_NOT_REQUESTED", RefusalKind::kNotFound};
inline constexpr RefusalReason kAlreadyReceived{"SDQ_ALREADY_RECEIVED", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyScored{"SDQ_ALREADY_SCORED", RefusalKind::kState};
inline constexpr RefusalReason kNotScored{"SDQ_NOT_SCORED", RefusalKind::kState};
inline constexpr RefusalReason kNotReceived{"SDQ_NOT_RECEIVED", RefusalKind::kState};
inline constexpr RefusalReason kNothingCorrected{"NOTHING_CORRECTED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTotalRequired{"TOTAL_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTooManyCorrections{"TOO_MANY_CORRECTIONS", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyReviewed{"SDQ_ALREADY_REVIEWED", RefusalKind::kState};
inline constexpr RefusalReason kNotObtained{"SDQ_NOT_OBTAINED", RefusalKind::kState};
inline constexpr RefusalReason kFormOfAnotherInformant{"FORM_OF_ANOTHER_INFORMANT",
                                                       RefusalKind::kBadValue};
inline constexpr RefusalReason kFormOfAnotherAge{"FORM_OF_ANOTHER_AGE", RefusalKind::kBadValue};
inline constexpr RefusalReason kNotTwentyFiveAnswers{"NOT_TWENTY_FIVE_ANSWERS",
                                                     RefusalKind::kBadValue};
inline constexpr RefusalReason kAnswerOutOfRange{"ANSWER_OUT_OF_RANGE", RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingAnswered{"NOTHING_ANSWERED", RefusalKind::kBadValue};
inline constexpr RefusalReason kImpactNotOfThisForm{"IMPACT_NOT_OF_THIS_FORM",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kScoreOutOfRange{"SCORE_OUT_OF_RANGE", RefusalKind::kBadValue};
inline constexpr RefusalReason kSumDiffers{"SUM_DIFFERS", RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingRecorded{"NOTHING_RECORDED", RefusalKind::kBadValue};
inline constexpr RefusalReason kStrategiesRequired{"STRATEGIES_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonOfAnotherInformant{"REASON_OF_ANOTHER_INFORMANT",
                                                         RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingProposed{"NOTHING_PROPOSED", RefusalKind::kBadValue};
inline constexpr RefusalReason kDetailRequired{"DETAIL_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTextTooLong{"TEXT_TOO_LONG", RefusalKind::kBadValue};
}  // namespace sdq_refusals

struct SdqFacts {
  absl::Time now;
  std::optional<ChildsAges> ages = std::nullopt;  // nullopt: not known
  SdqStrategies strategies = {};                  // the profile's; asked for where NeedsProfile
};
// It records a score, and the profile says what in it asks for strategies.
bool NeedsProfile(const SdqCommand& command);

struct Sdq {
  using State = SdqState;
  using Command = SdqCommand;
  using Event = SdqEvent;
  using Facts = SdqFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};

// The lists of SDQs: all that were requested, and those that are awaited. An SDQ lies in its
// child's partition and its id begins with the PEP's, and so with the child's.
inline IndexEntry AllSdqs() { return {"all", "sdqs"}; }
inline IndexEntry OpenSdqs() { return {"open", "sdqs"}; }

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_H_
