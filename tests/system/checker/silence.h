// Silence: something stands still for longer than a minute and no alert rule would fire. From what
// somebody saw of every loop of the stack, once every few seconds, and from the numbers that its
// processes gave meanwhile, which the rules of deploy/prometheus are asked about (promtool).
// Promises: a loop stands still while it has something to do and the mark of its progress does not
// change; instants at which nobody could look change nothing. Does not say whose fault it is.
// Errors: Unavailable when promtool is not there or does not understand. Threads: one at a time.
#ifndef PEPLINE_TESTS_SYSTEM_CHECKER_SILENCE_H_
#define PEPLINE_TESTS_SYSTEM_CHECKER_SILENCE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

// A loop may stand for so long; so much later, at most, a rule must fire.
inline constexpr absl::Duration kMayStand = absl::Seconds(60);
inline constexpr absl::Duration kRuleMayTake = absl::Seconds(20);

// A loop that had something to do and made no progress from `since` to `until`.
struct StandStill {
  std::string loop;     // "consumer of pepline.registry.events.v1/3"
  std::string service;  // whose it is: "scheduling"
  absl::Time since;
  absl::Time until;
};

class StandStills {
 public:
  // What was seen of a loop: has it something to do, and a mark that changes with every progress.
  void See(absl::Time at, const std::string& service, const std::string& loop, bool waits,
           const std::string& mark);
  // Those that lasted longer than the bound; what still stands lasts until `now`.
  std::vector<StandStill> LongerThan(absl::Duration bound, absl::Time now) const;

 private:
  struct Seen {
    bool waits = false;
    std::string mark;
    absl::Time since;
  };
  std::map<std::pair<std::string, std::string>, Seen> loops_;  // by service and loop
  std::vector<StandStill> over_;
};

// The metrics of all processes over time, as Prometheus would have scraped them.
class ScrapedMetrics {
 public:
  // Only what the rules of these files ask about is kept. Errors: of reading them.
  static absl::StatusOr<ScrapedMetrics> For(const std::vector<std::string>& rule_files);
  // The text of /metrics of one process of a service; empty text: it did not answer.
  void Take(absl::Time at, const std::string& service, const std::string& instance,
            const std::string& text);
  // Which alerts about the service, or about all, would have been firing at some instant between
  // the two.
  absl::StatusOr<std::vector<std::string>> Firing(const std::string& service, absl::Time since,
                                                  absl::Time until) const;

 private:
  // Values by the number of the slot of time.
  using Series = std::map<std::int64_t, std::string>;
  std::vector<std::string> rule_files_;
  std::string rules_;  // their text
  std::map<std::string, Series> series_;
};

// Asks which alerts fire: ScrapedMetrics::Firing, or a test's own answer.
using AskRules = std::function<absl::StatusOr<std::vector<std::string>>(
    const std::string& service, absl::Time since, absl::Time until)>;

// One line for each that no alert would have told of.
std::vector<std::string> CheckSilence(const std::vector<StandStill>& stands, const AskRules& ask);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_CHECKER_SILENCE_H_
