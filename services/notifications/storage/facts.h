// Gathers what an alert's rules may know besides the alert: the time, and for an alert about a
// school what registry said last of its Designated Teacher. Promises: reads the store at every
// call. Threads: safe from any thread; blocks on the store. Errors: whatever the store answers.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_FACTS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_FACTS_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/notifications/domain/alert.h"
#include "shared/base/clock.h"
#include "shared/engine/execute.h"
#include "shared/store/store.h"

namespace pepline::notifications {

inline constexpr std::string_view kVacancyKind = "vacancy";

class FactsLoader {
 public:
  FactsLoader(Store& store, const Clock& clock) : store_(store), clock_(clock) {}
  // `caught_up`: everything that other services said of it was heard (catch_up_gate.h).
  absl::StatusOr<AlertFacts> Load(const AlertId& alert, bool caught_up = true) const;

 private:
  Store& store_;
  const Clock& clock_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_FACTS_H_
