// One machine of registry played by hand (tests/support/decider_runner.h). Threads: one.
#ifndef PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_
#define PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_

#include <string_view>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "tests/support/decider_runner.h"
#include "tests/support/london.h"

namespace pepline::registry {

inline Moment& MomentOf(Moment& facts) { return facts; }
template <class Facts>
Moment& MomentOf(Facts& facts) {
  return facts.moment;
}

template <class Rules>
class Machine : public DeciderRunner<Rules> {
 public:
  explicit Machine(std::string_view now = "2025-09-01 09:00") {
    MomentOf(this->facts) = {At(now), London()};
  }
  // Every alarm up to then fires.
  void Until(std::string_view then) { this->PlayUntil(At(then), Wake{}); }
};

}  // namespace pepline::registry

#endif  // PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_
