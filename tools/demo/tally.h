// Counts what happened in a play, from the events alone.
// Promises: a PEP counts once however often something is said of it. Threads: one at a time.
#ifndef PEPLINE_TOOLS_DEMO_TALLY_H_
#define PEPLINE_TOOLS_DEMO_TALLY_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "tools/story/topic_follower.h"

namespace pepline::demo {

class Tally {
 public:
  // PEPs that open after this day are the next term's.
  explicit Tally(absl::CivilDay last_day) : last_day_(last_day) {}

  void Count(const story::AnyEvent& event);

  std::int64_t events = 0;
  // PEPs of the term.
  std::set<std::string> due, held, finalised_in_time, finalised_late, sdqs_missing;
  std::map<std::string, bool> outcomes;  // whether it is SMART, as it was said last
  std::int64_t next_term_due = 0;
  std::int64_t deadlines_missed = 0;
  std::int64_t alerts_raised = 0, alerts_escalated = 0, alerts_resolved = 0, alerts_seen = 0;
  // Mails, by SMTP; and messages that were given up.
  std::int64_t delivered = 0, not_delivered = 0;
  std::int64_t funding_asked = 0, funding_approved = 0, funding_declined = 0;
  std::int64_t released_pence = 0;

 private:
  void CountOne(const registry::v1::RegistryEvent& event);
  void CountOne(const scheduling::v1::SchedulingEvent& event);
  void CountOne(const assessments::v1::AssessmentsEvent& event);
  void CountOne(const funding::v1::FundingEvent& event);
  void CountOne(const notifications::v1::NotificationsEvent& event);

  absl::CivilDay last_day_;
  std::set<std::string> digests_;  // that were counted, whatever they tell of
};

}  // namespace pepline::demo

#endif  // PEPLINE_TOOLS_DEMO_TALLY_H_
