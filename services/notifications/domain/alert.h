// The alert of one deadline (or of one school without Designated Teacher): the rules.
// Level 0 is the reminder, 1 "late", 2 and above follow by time while nothing happens.
// Promises: pure (see shared/domain/decider.h). A level is raised once in a run, at or after its
// instant, and never once the work is done; whoever is to be told stays waiting in the state until
// told, given up, or dropped; a message is claimed by one replica at a time. A run begins when the
// first level is raised and ends resolved; a deadline that runs and is missed again begins the next
// run of the same alert. Does not: know names or addresses, count days (instants come with the
// deadline), send anything. A notice (notice.h) is kept as one of these too: told on level 0, never
// open, so that nothing escalates, resolves or is acknowledged. Source: docs/domain.md 6.10.
// Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_ALERT_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_ALERT_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/notifications/domain/recipient.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/notice_catalogue.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::notifications {

// Nobody is told over somebody's head in the same breath: after an outage, too, each level has
// this long before the next one follows.
inline constexpr absl::Duration kBetweenLevels = absl::Minutes(15);
// When the alarm comes back to a delivery: after as long as it has waited so far, which doubles the
// waiting each time, within these bounds. With the longest pause of the mail server
// (delivery/server_pause.h) the longest makes five minutes, within which everything goes out once
// what was wrong is mended.
inline constexpr absl::Duration kShortestRetry = absl::Seconds(5);
inline constexpr absl::Duration kLongestRetry = absl::Seconds(270);
// A message that waits for the hours of its role is looked at again after this at the latest: the
// calendar, the profile and who holds the role may be others by then.
inline constexpr absl::Duration kLongestHold = absl::Hours(7 * 24);
// How long a message whose turn has come may be kept for others to the same person (digest.h).
inline constexpr absl::Duration kGathers = absl::Minutes(1);
// A mail may be under way while its alert is withdrawn and raised anew; hardly more often than so.
inline constexpr int kRunsRemembered = 3;

// What the alert is about, on every event.
struct AlertReference {
  // "<deadline id>", which is "<pep id>.<rule>" or "<funding request id>.<rule>",
  // "<urn>.designated-teacher-vacancy", the same with ".<authority>" after the URN where an
  // authority that looks after children there is told, or a notice's id.
  AlertId alert;
  std::string rule_id;  // of a notice: its kind's id
  ChildId child;        // empty for an alert about a school
  PepId pep;
  SchoolUrn school;
  AuthorityCode authority;
  // Of a PEP that stays with `school`, which the child has left: people of that school are told.
  bool stays_with_school = false;
  // The Kafka key: the child, or else the school. The record is kept there too, but for an alert of
  // a request (IsOfRequest).
  const std::string& routing_id() const { return child.empty() ? school.text() : child.text(); }
  friend bool operator==(const AlertReference&, const AlertReference&) = default;
};

// It is about a request for Pupil Premium Plus: its record lies with the request, whose id its own
// begins with, and not with the child.
bool IsOfRequest(const AlertReference& reference);
// The same by the id alone; false, too, for a rule that this version does not know.
bool IsOfRequest(const AlertId& alert);

using LevelInstant = AlertInstant;

struct Instants {
  absl::Time due_at;
  std::vector<LevelInstant> levels;  // in rising order of level
  bool estimated = false;            // counted without the school's term dates
  bool provisional = false;          // counted from a meeting that nobody put on record
  bool after_interim = false;        // put off by an interim PEP
  const LevelInstant* Find(int level) const;
  friend bool operator==(const Instants&, const Instants&) = default;
};

enum class ResolvedCause { kMet, kMetLate, kWithdrawn, kMissWithdrawn, kAppointed, kWaived };
std::string_view ResolvedName(ResolvedCause cause);  // "met-late"
std::optional<ResolvedCause> ParseResolved(std::string_view name);

struct Resolution {
  ResolvedCause cause;
  absl::Time at;
  friend bool operator==(const Resolution&, const Resolution&) = default;
};

struct Acknowledgement {
  int level = 0;  // the highest reached at that time
  absl::Time at;
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

// A message of an earlier run that left. It stays on record, so that one that is reported again is
// recognised.
struct EarlierDelivery {
  int run = 0;
  int level = 0;
  RecipientRole role = RecipientRole::kDesignatedTeacher;
  StaffId staff;
  friend bool operator==(const EarlierDelivery&, const EarlierDelivery&) = default;
};

struct AlertState {
  AlertReference reference;
  Instants instants;
  int run = 0;        // how often it was raised from nothing; 0: never. All below is of this run.
  bool late = false;  // later levels follow by time alone
  std::map<int, absl::Time> reached;
  std::vector<PendingDelivery> deliveries;
  std::map<RecipientRole, Acknowledgement> acknowledgements;
  std::optional<Resolution> resolved;
  std::vector<EarlierDelivery> earlier;  // of the last kRunsRemembered runs before this one

  bool IsNotice() const { return FindNotice(reference.rule_id) != nullptr; }
  bool IsOpen() const { return run > 0 && !resolved && !IsNotice(); }
  // Whoever is to be told of it and was not, still is.
  bool IsTold() const { return IsOpen() || IsNotice(); }
  int level() const { return reached.empty() ? 0 : reached.rbegin()->first; }
  const PendingDelivery* Find(int level, RecipientRole role) const;
  // True for a role that is or was to be told of a level that was reached, in its own or another's
  // place, and for one that was told in an earlier run.
  bool IsAddressee(RecipientRole role) const;
  // Who is told of a level. For a child on no school's roll the Virtual School and the social
  // worker do the school's part, and are told where the profile names somebody of the school.
  std::vector<RecipientRole> RecipientsOf(int level) const;
  // What is still to be sent, now or later.
  std::vector<PendingDelivery> Waiting() const;
  // The same without what is held.
  std::vector<PendingDelivery> WaitingNow() const;
  // What was given up and can be told again: its role has not seen the alert since.
  std::vector<PendingDelivery> GivenUp() const;
  friend bool operator==(const AlertState&, const AlertState&) = default;
};

// "<alert id>/<level>/<role>/<staff id>", with "/<run>" after it from the second run on; "nobody"
// for the staff id where nobody holds the role.
std::string DeliveryId(const AlertId& alert, int run, int level, RecipientRole role,
                       const StaffId& staff);

// Commands: what scheduling says of the deadline...
struct RemindOfDeadline {
  AlertReference reference;
  Instants instants;
};
struct RaiseMissedDeadline {
  AlertReference reference;
  Instants instants;
};
struct ResolveMetDeadline {
  bool late = false;
};
struct ResolveWithdrawnDeadline {
  bool waived = false;  // the Virtual School or the social worker settled that it will not be done
};
struct MoveDeadline {
  AlertReference reference;
  Instants instants;
  bool miss_withdrawn = false;
};
// ...the child's PEP goes on at another school...
struct FollowToSchool {
  SchoolUrn school;
};
// ...there is news of the child, which is said once and for all...
struct GiveNotice {
  AlertReference reference;
  absl::Time happened_at;  // start of the day, in London, that the news is about
  std::vector<RecipientRole> recipients;
};
// ...an alarm, or a change of the facts: catch up and no more...
struct Wake {};
// ...a person...
struct AcknowledgeAlert {
  RecipientRole role;
};
// ...who wants those told again whom the mail server refused...
struct RedeliverFailed {};
// ...and who sends. What left is put on record whatever became of the alert meanwhile.
struct RecordDeliveries {
  int run = 0;
  int level = 0;
  RecipientRole role;
  std::vector<Settled> settled;  // `at` is not looked at
  bool finished = false;         // nobody else of this role is left to be told
  // Everybody who holds the role, where that is known: once all of them are settled, nobody else is
  // left. Each person's message is reported by itself, and the last report finishes the role.
  std::vector<StaffId> holders = {};
  std::string digest = {};  // that they left with
};
// A replica is about to send the message to one person. It may, once the state says that the
// message is claimed by it; without an effect where the message is no longer waited for, or another
// replica has it that is not known to be gone.
struct ClaimMessage {
  int run = 0;
  int level = 0;
  RecipientRole role;
  StaffId staff;
  std::string replica;
};
// It did not leave, and whoever comes first may try again.
struct ReleaseMessage {
  int run = 0;
  int level = 0;
  RecipientRole role;
  StaffId staff;
  std::string replica;
  bool refused = false;  // the mail server put the address off
};
// Nobody of the role is told before then, as registry says it of the role's hours; without an
// effect on what is held already or under way. `gathers`: its turn has come, and it is kept for
// others to the same people, which is done once; it goes on waiting from when its turn came.
struct HoldDelivery {
  int run = 0;
  int level = 0;
  RecipientRole role;
  absl::Time until;
  bool gathers = false;
};
using AlertCommand = std::variant<RemindOfDeadline, RaiseMissedDeadline, ResolveMetDeadline,
                                  ResolveWithdrawnDeadline, MoveDeadline, FollowToSchool,
                                  GiveNotice, Wake, AcknowledgeAlert, RedeliverFailed,
                                  RecordDeliveries, ClaimMessage, ReleaseMessage, HoldDelivery>;

// Events; the contract is pepline.notifications.v1.NotificationsEvent.
struct AlertRaised {
  AlertReference reference;
  Instants instants;
  int run = 0;
  int level = 0;
  bool late = false;
  absl::Time at;
};
struct AlertEscalated {
  int level = 0;
  absl::Time at;
};
struct AlertDelivered {
  int level = 0;
  RecipientRole role;
  StaffId staff;
  Channel channel = Channel::kSmtp;
  absl::Time at;
  bool finished = false;    // of the role
  int earlier_run = 0;      // which it belonged to; 0: to the present one
  std::string digest = {};  // that told of other things too; empty: a mail of its own
};
struct AlertDeliveryFailed {
  int level = 0;
  RecipientRole role;
  StaffId staff;  // empty: nobody held the role
  FailureCause cause = FailureCause::kNobodyInRole;
  absl::Time at;
  bool finished = false;
  std::optional<RecipientRole> instead;  // is told now in its place
};
struct AlertAcknowledged {
  RecipientRole role;
  absl::Time at;
};
// Those of the role who could not be told are told again.
struct AlertRedeliveryRequested {
  int level = 0;
  RecipientRole role;
  absl::Time at;
};
struct AlertResolved {
  ResolvedCause cause;
  absl::Time at;
};
struct AlertMoved {
  AlertReference reference;
  Instants instants;
};
// Who sends what at this moment is the service's own affair and is not published.
struct MessageClaimed {
  int level = 0;
  RecipientRole role;
  StaffId staff;
  std::string replica;
};
struct MessageReleased {
  int level = 0;
  RecipientRole role;
  StaffId staff;
  bool refused = false;
};
// Nor is that a delivery is tried once more: whoever commits this begins the try, and if nothing
// becomes of it, the alarm begins the next one at `not_before`.
struct DeliveryPutOff {
  int level = 0;
  RecipientRole role;
  absl::Time not_before;
};
// Nor is that one waits for the hours of its role, or for others to the same people.
struct DeliveryHeld {
  HoldDelivery hold;  // `until` within kLongestHold
};
// People are to be told the news.
struct NoticeGiven {
  GiveNotice notice;
  absl::Time at;
};
using AlertEvent =
    std::variant<AlertRaised, AlertEscalated, AlertDelivered, AlertDeliveryFailed,
                 AlertAcknowledged, AlertRedeliveryRequested, AlertResolved, AlertMoved,
                 NoticeGiven, MessageClaimed, MessageReleased, DeliveryPutOff, DeliveryHeld>;

// The levels of which whoever commits these events begins to tell those who wait.
std::set<int> LevelsToTell(const std::vector<AlertEvent>& events);

namespace alert_refusals {
inline constexpr RefusalReason kNoSuchAlert{"NO_SUCH_ALERT", RefusalKind::kNotFound};
inline constexpr RefusalReason kAlreadyResolved{"ALREADY_RESOLVED", RefusalKind::kState};
inline constexpr RefusalReason kLevelNotReached{"LEVEL_NOT_REACHED", RefusalKind::kState};
inline constexpr RefusalReason kNoSuchDelivery{"NO_SUCH_DELIVERY", RefusalKind::kState};
}  // namespace alert_refusals

// What registry said last of a school's Designated Teacher.
struct Vacancy {
  AlertReference reference;
  bool vacant = false;
  bool nobody_needed = false;  // the school closed, or its last looked-after child left
  Instants instants;
  // The authority looks after children there; the school's own has no profile.
  bool of_caring_authority = false;
  friend bool operator==(const Vacancy&, const Vacancy&) = default;
};

struct AlertFacts {
  absl::Time now;
  std::optional<Vacancy> vacancy;  // for an alert about a school
  // Whether everything that other services said of it was heard. Until then time alone brings no
  // level: the work may have been done.
  bool caught_up = true;
  // Of the replicas that have claimed a message: those that are known to be gone.
  std::vector<std::string> gone_replicas = {};
};

// The lists of alerts: all that were ever raised, the same by their school, those that are open,
// those of which somebody waits to be told now, and those of which a message is held back. A
// child's are those whose id begins with "<child id>.", and those of its requests, which lie
// elsewhere and have a list of their own; the rest is a filter on the records.
// Notices have a list of their own, and of the others are in the last two alone.
inline IndexEntry AllAlerts() { return {"all", "alerts"}; }
inline IndexEntry AlertsOf(const SchoolUrn& school) { return {"school", school.text()}; }
inline IndexEntry AlertsOfRequestsFor(const ChildId& child) { return {"child", child.text()}; }
inline IndexEntry OpenAlerts() { return {"open", "alerts"}; }
inline IndexEntry AllNotices() { return {"notices", "alerts"}; }
// The name of the list is that of the first stores.
inline IndexEntry UndeliveredAlerts() { return {"untold", "alerts"}; }
inline IndexEntry AlertsWithHeldMessages() { return {"held", "alerts"}; }

struct Alert {
  using State = AlertState;
  using Command = AlertCommand;
  using Event = AlertEvent;
  using Facts = AlertFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Alert>);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_ALERT_H_
