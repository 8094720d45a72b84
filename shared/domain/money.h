// Money in integer pence. Promises: no floating point anywhere; sums are checked by the caller's
// rule (a fund line never goes below zero), not here. Range: +/- 9e16 pounds. Threads: values only.
#ifndef PEPLINE_SHARED_DOMAIN_MONEY_H_
#define PEPLINE_SHARED_DOMAIN_MONEY_H_

#include <compare>
#include <cstdint>

namespace pepline {

struct Pence {
  std::int64_t value = 0;
  friend auto operator<=>(const Pence&, const Pence&) = default;
  friend Pence operator+(Pence a, Pence b) { return {a.value + b.value}; }
  friend Pence operator-(Pence a, Pence b) { return {a.value - b.value}; }
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_MONEY_H_
