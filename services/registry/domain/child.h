// A child: who they are, their care episode and their main school.
// Promises: pure (see shared/domain/decider.h). What repeats what is on record says nothing. A
// child in care who grows into the age at which a PEP is due is said to be looked after once more,
// with pep_required true; and again when the days of its SDQs become others than were said. A row
// of an import that is older than what is on record leaves it as it is. Does not: let any personal
// detail into an event of the contract. Errors: refusals of RefusalReason. Source: Children Act
// 1989 s22; docs/domain.md 1.2 and 6.2. Threads: values, pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/registry/domain/age.h"
#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/succession.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/legal_status.h"

namespace pepline::registry {

// The numbers are the contract's.
enum class CareCeasedReason {
  kAdoption = 1,
  kSpecialGuardianship = 2,
  kChildArrangements = 3,
  kReturnedHome = 4,
  kTurnedEighteen = 5,
  kOther = 6,
};
constexpr CareCeasedReason LastOf(CareCeasedReason) { return CareCeasedReason::kOther; }
std::string_view CareCeasedName(CareCeasedReason reason);  // "special-guardianship"
// Whether the child counts as previously looked after from then on: "plac" or "not-plac".
std::string_view CareCeasedClass(CareCeasedReason reason);
std::optional<CareCeasedReason> ParseCareCeased(std::string_view name);

struct ChildDetails {
  ChildId child;
  AuthorityCode authority;  // that looks after the child, or put them on record
  std::string own_id;       // the authority's own
  std::string given_name;   // one of the two may be empty
  std::string family_name;
  absl::CivilDay date_of_birth;
  std::string upn;  // empty where unknown
  bool location_restricted = false;
  friend bool operator==(const ChildDetails&, const ChildDetails&) = default;
};

struct CareEpisode {
  absl::CivilDay started_on;
  std::optional<absl::CivilDay> ceased_on;
  std::optional<CareCeasedReason> reason;  // with ceased_on
  bool pep_required = false;               // as was said last
  // As was said last; nullopt: a version before this one said nothing of it.
  std::optional<SdqDays> sdq = std::nullopt;
  bool is_first = false;  // none was before this one; false also where that is not known
  std::optional<absl::CivilDay> previous_ceased_on = std::nullopt;  // of the one before, if known
  std::optional<LegalStatus> legal_status = std::nullopt;           // if known
  friend bool operator==(const CareEpisode&, const CareEpisode&) = default;
};

struct Enrolment {
  SchoolUrn school;
  AuthorityCode school_authority;
  absl::CivilDay enrolled_on;
  friend bool operator==(const Enrolment&, const Enrolment&) = default;
};

// Where the child was until the last change of school.
struct EarlierEnrolment {
  Enrolment enrolment;
  bool by_move = false;  // and had come there by a change of school
  friend bool operator==(const EarlierEnrolment&, const EarlierEnrolment&) = default;
};

// The names are stored: "care-start", "care-end", "enrolment", "legal-status",
// "location-restricted", "location-not-restricted".
enum class CorrectedFact {
  kCareStart,
  kCareEnd,
  kEnrolment,
  kLegalStatus,
  kLocationRestricted,
  kLocationNotRestricted,
};
std::string_view CorrectedFactName(CorrectedFact fact);
std::optional<CorrectedFact> ParseCorrectedFact(std::string_view name);

// What was put on record wrongly and is mended, for good.
struct Correction {
  CorrectedFact fact = CorrectedFact::kCareStart;
  absl::CivilDay old_day;
  std::optional<absl::CivilDay> new_day;  // nullopt: the end of care is taken back
  SchoolUrn old_school = {};              // of an enrolment
  SchoolUrn new_school = {};
  std::string reason = {};  // 1 to 500 characters; never in an event of the contract
  std::string by = {};      // opaque id of whoever made it
  absl::Time at = {};
  // Of a legal status, whose days are both the start of care.
  std::optional<LegalStatus> old_status = std::nullopt;
  std::optional<LegalStatus> new_status = std::nullopt;
  friend bool operator==(const Correction&, const Correction&) = default;
};

struct ChildState {
  ChildDetails details;             // an empty id: not on record
  std::optional<CareEpisode> care;  // the present or the last
  std::optional<Enrolment> enrolment;
  // nullopt where the child never moved, or moved before this was kept, or where the last move was
  // taken back.
  std::optional<EarlierEnrolment> before_move = std::nullopt;
  std::vector<Correction> corrections = {};  // in the order in which they were made
  // Of the present school, where the child came to it with one that closed.
  std::optional<Succession> succession = std::nullopt;
  friend bool operator==(const ChildState&, const ChildState&) = default;
};

inline bool IsKnown(const ChildState& child) { return !child.details.child.empty(); }
inline bool IsLookedAfter(const ChildState& child) { return child.care && !child.care->ceased_on; }

// Under which children are listed, also those who are in care no longer.
IndexEntry ChildrenOf(const AuthorityCode& authority);
IndexEntry ChildrenAt(const SchoolUrn& school);

struct RecordCareStarted {
  absl::CivilDay started_on;
  std::optional<LegalStatus> legal_status = std::nullopt;  // nullopt: not known
};
struct RecordCareCeased {
  absl::CivilDay ceased_on;
  std::optional<CareCeasedReason> reason;
};
struct EnrolChild {
  SchoolUrn school;
  std::optional<absl::CivilDay> enrolled_on;  // nullopt: today, or whenever it was
};
struct MoveChildToSchool {
  SchoolUrn school;
  absl::CivilDay moved_on;
};
// The next five mend what is on record (child_correct.cc). `by` is the opaque id of whoever does.
struct CorrectCareStart {
  absl::CivilDay started_on;
  std::string reason;
  std::string by = {};
};
struct CorrectCareEnd {
  std::optional<absl::CivilDay> ceased_on;        // nullopt: care has not ceased
  std::optional<CareCeasedReason> ceased_reason;  // nullopt: as on record
  std::string reason;
  std::string by = {};
};
struct CorrectEnrolment {
  SchoolUrn school;                           // empty: as on record
  std::optional<absl::CivilDay> enrolled_on;  // nullopt: as on record
  std::string reason;
  std::string by = {};
};
struct CorrectLegalStatus {
  LegalStatus status;
  std::string reason;
  std::string by = {};
};
struct RestrictLocation {
  bool restricted = true;
  std::string reason;
  std::string by = {};
};
// The school of the child closed, and another goes on with it; without an effect where the child is
// not there any more.
struct FollowSuccessor {
  SchoolUrn from;
  SchoolUrn to;
  absl::CivilDay on;
};
// The school is another authority's than it was when the child came; whose term dates count
// follows.
struct RecordSchoolAuthority {
  SchoolUrn school;
  AuthorityCode authority;
};
// One row of an import: all of it or nothing. An empty name or UPN is one that the row does not
// say.
struct RecordChild {
  ChildDetails details;
  std::optional<RecordCareStarted> started;
  std::optional<RecordCareCeased> ceased;  // only with started
  std::optional<EnrolChild> school;
};
using ChildCommand =
    std::variant<RecordChild, RecordCareStarted, RecordCareCeased, EnrolChild, MoveChildToSchool,
                 CorrectCareStart, CorrectCareEnd, CorrectEnrolment, CorrectLegalStatus,
                 RestrictLocation, FollowSuccessor, RecordSchoolAuthority, Wake>;

// Events of the contract...
struct ChildBecameLookedAfter {
  absl::CivilDay started_on;
  bool pep_required = false;
  std::optional<SdqDays> sdq = std::nullopt;               // always there in what Decide says
  std::optional<LegalStatus> legal_status = std::nullopt;  // of a new episode
  bool corrected = false;  // pep_required was the opposite by a wrong legal status
};
// The contract's ChildBecameLookedAfter said once more, of the same episode: its days are others.
struct SdqDaysChanged {
  SdqDays sdq;
};
struct ChildEnrolled {
  Enrolment enrolment;
};
struct ChildMovedSchool {
  SchoolUrn from;
  Enrolment to;
};
struct SchoolOfChildMovedAuthority {
  SchoolUrn school;
  AuthorityCode authority;
};
struct SchoolOfChildSucceeded {
  SchoolUrn from;
  Enrolment to;  // since the day on which the child came to the closed school
  absl::CivilDay on;
};
struct ChildCeasedToBeLookedAfter {
  absl::CivilDay ceased_on;
  CareCeasedReason reason = CareCeasedReason::kOther;
};
struct CareStartCorrected {
  Correction correction;
};
struct CareEndCorrected {
  Correction correction;
  CareCeasedReason old_reason = CareCeasedReason::kOther;
  std::optional<CareCeasedReason> reason = std::nullopt;  // nullopt: the end is taken back
};
struct EnrolmentCorrected {
  Correction correction;
  Enrolment enrolment;  // as it is right
  bool move_taken_back = false;
  bool by_move = false;
};
// ...and what stays inside registry.
struct ChildDetailsRecorded {
  ChildDetails details;
};
struct LegalStatusRecorded {
  LegalStatus status;
};
// Where a PEP is required from it, or none any more, ChildBecameLookedAfter says so.
struct LegalStatusCorrected {
  Correction correction;
};
struct LocationRestricted {
  Correction correction;
};
using ChildEvent =
    std::variant<ChildBecameLookedAfter, SdqDaysChanged, ChildEnrolled, ChildMovedSchool,
                 SchoolOfChildMovedAuthority, SchoolOfChildSucceeded, ChildCeasedToBeLookedAfter,
                 CareStartCorrected, CareEndCorrected, EnrolmentCorrected, ChildDetailsRecorded,
                 LegalStatusRecorded, LegalStatusCorrected, LocationRestricted>;

struct ChildFacts {
  Moment moment;
  // Of the school in the command.
  bool school_known = false;
  bool school_open = false;
  AuthorityCode school_authority;
  // Of the profile of the authority that looks after the child.
  SdqAges sdq_ages = {};
  PepAges pep_ages = {};
};

struct Child {
  using State = ChildState;
  using Command = ChildCommand;
  using Event = ChildEvent;
  using Facts = ChildFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Child>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_H_
