// The policy profile of one authority: versions that count up, each with its day of effect.
// Promises: pure (see shared/domain/decider.h). A profile takes effect on its day: one whose day is
// still to come waits for it, and is said then; the newest in effect counts. The same profile again
// says nothing. Does not: judge what the profile says. Errors: refusals of RefusalReason. Source:
// domain, "how the product uses this page", and 6.9. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_POLICY_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

struct DeadlineRule {
  std::string rule_id;
  int length = 0;
  DayKind day_kind = DayKind::kSchoolDays;
  std::vector<AlertLevel> levels;
  std::string source;
  bool provisional = false;
  // Of pep-held-within-4-months alone (shared/domain/profile/pep_settings.h); nullopt: the default.
  std::optional<int> school_days_into_term = std::nullopt;
  // It ends when the ePEP is finalised, and not when the meeting was held.
  bool until_finalised = false;
  friend bool operator==(const DeadlineRule&, const DeadlineRule&) = default;
};

// A rule that a profile has to name (shared/domain/rule_catalogue.h) and that does not run.
struct DisabledRule {
  std::string rule_id;
  std::string reason;
  friend bool operator==(const DisabledRule&, const DisabledRule&) = default;
};

struct TermCutOff {
  std::string academic_year;
  Term term = Term::kAutumn;
  absl::CivilDay cut_off_on;
  friend bool operator==(const TermCutOff&, const TermCutOff&) = default;
};

// Who is told of one kind of notice (shared/domain/notice_catalogue.h).
struct NoticeRule {
  std::string kind;
  std::vector<RecipientRole> recipients;
  bool disabled = false;  // then nobody is, and the reason says why
  std::string reason;
  friend bool operator==(const NoticeRule&, const NoticeRule&) = default;
};

// By the names of shared/domain/work_items/pep_work.h.
struct PepWorkRule {
  std::string work;
  std::vector<std::string> roles;
  friend bool operator==(const PepWorkRule&, const PepWorkRule&) = default;
};

// By the names of shared/domain/profile/epep_form.h.
struct EpepFormSection {
  std::string code;
  std::string owner;
  bool mandatory = false;
  friend bool operator==(const EpepFormSection&, const EpepFormSection&) = default;
};
struct EpepForm {
  std::string phase;
  std::vector<EpepFormSection> sections;
  friend bool operator==(const EpepForm&, const EpepForm&) = default;
};

// When people are told (shared/domain/alert_levels.h); what is left out is the default's.
struct MailHoursRule {
  std::optional<int> from_hour = std::nullopt;
  std::optional<int> until_hour = std::nullopt;
  bool any_day = false;
  std::vector<std::string> at_once = {};  // empty: the default ones
  bool no_digest = false;
  friend bool operator==(const MailHoursRule&, const MailHoursRule&) = default;
};

struct PolicyProfile {
  AuthorityCode authority;
  std::uint64_t version = 0;  // given when it takes effect
  absl::CivilDay effective_on;
  std::vector<DeadlineRule> rules;
  std::vector<TermCutOff> cut_offs;
  std::string source;
  // For how many calendar months after care has ceased those who worked with a child still reach it
  // (shared/domain/access/access_after_care.h); nullopt: the default.
  std::optional<int> access_after_care_months = std::nullopt;
  // When an interim PEP may open and how far it puts the initial one off
  // (shared/domain/profile/pep_settings.h); nullopt: the defaults.
  std::optional<int> interim_most_school_days = std::nullopt;
  std::optional<int> interim_school_days_after_reopening = std::nullopt;
  // The first and the last age at which a PEP asks for an SDQ
  // (shared/domain/profile/sdq_settings.h); nullopt: the defaults.
  std::optional<int> sdq_from_age = std::nullopt;
  std::optional<int> sdq_until_age = std::nullopt;
  // What in a high band asks for strategies in the review of an SDQ, by the names of
  // shared/domain/profile/sdq_settings.h; empty: everything.
  std::vector<std::string> sdq_strategies_for = {};
  // From which age a PEP is due, of a child in provision and of every other
  // (shared/domain/profile/pep_settings.h); nullopt: the defaults.
  std::optional<int> pep_in_provision_from_age = std::nullopt;
  std::optional<int> pep_from_age = std::nullopt;
  // Who may chair a PEP meeting, and who must attend, by the names of shared/domain/attendee.h;
  // empty: Designated Teacher or deputy, and nobody.
  std::vector<std::string> meeting_chairs = {};
  std::vector<std::string> meeting_attendees = {};
  // Who does a part of the work on a PEP; a part that is not here is the Designated Teacher's.
  std::vector<PepWorkRule> pep_work = {};
  // An ePEP is finalised with SMART outcomes, and once those of PEPs before it are reviewed.
  bool finalise_needs_outcomes = false;
  // Which sections an ePEP has by phase; the shipped form counts for a phase that is not here.
  std::vector<EpepForm> epep_forms = {};
  // An ePEP is finalised once its mandatory sections are complete.
  bool finalise_needs_sections = false;
  // Of the kinds of notices whose recipients are not the default ones.
  std::vector<NoticeRule> notices = {};
  std::optional<MailHoursRule> mail_hours = std::nullopt;
  std::vector<DisabledRule> disabled_rules = {};
  // The day of effect of the authority's first profile; given when it takes effect. nullopt: not
  // yet, or it took effect before this was kept.
  std::optional<absl::CivilDay> first_effective_on = std::nullopt;
  friend bool operator==(const PolicyProfile&, const PolicyProfile&) = default;

  // The row of a rule; null where the authority does not run it.
  const DeadlineRule* RowOf(std::string_view rule_id) const;
  // The same of a kind of notices; null where the default counts.
  const NoticeRule* NoticesOf(std::string_view kind) const;
  MailHours HoursOfMail() const;
};

struct PolicyState {
  std::optional<PolicyProfile> adopted;
  std::vector<PolicyProfile> waiting;  // earliest day of effect first; all later than adopted's
  friend bool operator==(const PolicyState&, const PolicyState&) = default;
};

struct AdoptPolicyProfile {
  // Its version and the first profile's day are not looked at.
  PolicyProfile profile;
};
using PolicyCommand = std::variant<AdoptPolicyProfile, Wake>;

// The contract's event of the same name: the profile is in effect from now on.
struct PolicyProfileAdopted {
  PolicyProfile profile;
};
// Stays inside registry: the profile waits for its day.
struct PolicyProfilePlanned {
  PolicyProfile profile;
};
using PolicyEvent = std::variant<PolicyProfileAdopted, PolicyProfilePlanned>;

struct Policy {
  using State = PolicyState;
  using Command = PolicyCommand;
  using Event = PolicyEvent;
  using Facts = Moment;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Policy>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_POLICY_H_
