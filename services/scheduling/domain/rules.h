// The deadlines of a PEP, one row each: what starts it, what ends it, and what waits for it. Words
// and ids are the catalogue's (shared/domain/rule_catalogue.h), lengths the policy profile's.
// Promises: pure; a rule without a row here is run by another service.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_RULES_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_RULES_H_

#include <optional>
#include <span>
#include <string_view>

#include "services/scheduling/domain/plan.h"

namespace pepline::scheduling {

struct RuleRow {
  Rule rule;
  // From which day the deadline counts; nullopt where this PEP has no such deadline.
  std::optional<absl::CivilDay> (*starts_on)(const Cycle& cycle, const Calendar& calendar);
  // When its work was done; nullopt while it is not.
  std::optional<absl::Time> (*done_at)(const Cycle& cycle);
  // When it was settled that its work will not be done; null where nobody can settle that.
  std::optional<absl::Time> (*waived_at)(const Cycle& cycle) = nullptr;
  // It counts from the day of the meeting, so that one that was missed keeps that day when the
  // meeting is moved or called off.
  bool of_meeting_day = false;
  // Due on the cut-off day of the PEP's term, whatever the length in the profile.
  bool by_term_cut_off = false;
  // Due on a school day inside a term, and not too early in the term that follows (four_months.cc).
  bool into_next_term = false;
  // How long it keeps the next term's PEP from opening: not at all, while it runs, or until it is
  // done or everybody was told that it is not.
  enum class HoldsBack { kNothing, kWhileItRuns, kUntilEverybodyWasTold };
  HoldsBack holds_back = HoldsBack::kNothing;
  // A later PEP's work ends it also where this PEP's meeting was held: one SDQ serves both.
  bool served_by_later = false;
  // Each meeting that is set for the PEP has one of its own: what ended it for one meeting does not
  // for the next.
  bool of_each_meeting = false;
  // The profile may let it end when the ePEP is finalised, and not with `done_at`.
  bool may_run_until_finalised = false;
  // While no meeting is on record as held it runs provisionally from the day of one that should
  // have been (unrecorded_meeting.cc).
  bool provisional_until_held = false;
  // An interim PEP puts it off until after the school reopens (interim.cc).
  bool put_off_by_interim = false;
};

// The deadline begins when its meeting is set, which lies ahead; every other one begins on the day
// that it counts from.
inline bool BeginsWhenSet(const RuleRow& row) { return row.of_meeting_day || row.of_each_meeting; }

std::span<const RuleRow> RuleRows();
const RuleRow* FindRow(Rule rule);  // null for a rule that scheduling does not run
// By its id; nullopt, too, for a rule of the catalogue that scheduling does not run.
std::optional<Rule> ParseRule(std::string_view rule_id);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_RULES_H_
