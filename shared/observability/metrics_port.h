// The HTTP port for Prometheus and Kubernetes: /metrics (text format), /healthz (200 while the
// process turns its wheel), /readyz (200 while ready, else 503 with the reason; below it what each
// loop of the process says). Anything else: 404; other methods than GET and HEAD: 405.
// Promises: whoever connects and says nothing, or reads slowly, keeps nobody else from an answer:
// connections wait in one place, 64 from one address and 256 in all, and end after five seconds of
// silence. The probes never wait for a scrape: these have a thread of their own, and where four are
// asked for already the next is answered 503. Threads: two of its own.
#ifndef PEPLINE_SHARED_OBSERVABILITY_METRICS_PORT_H_
#define PEPLINE_SHARED_OBSERVABILITY_METRICS_PORT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/observability/metrics.h"

namespace pepline {

class MetricsPort {
 public:
  struct Answers {
    std::function<void()> before_scrape;   // brings gauges up to date; may be empty
    std::function<absl::Status()> health;  // OK: 200; must not block
    std::function<absl::Status()> ready;   // OK: 200; must not block
    std::function<std::string()> details;  // lines below the answer of /readyz; may be empty
  };
  // `address` is host:port, with brackets around a host of IPv6; port 0 takes any. Unavailable with
  // the setting's name and the fix when it cannot be had.
  static absl::StatusOr<std::unique_ptr<MetricsPort>> Start(const std::string& address,
                                                            Metrics& metrics, Answers answers);
  ~MetricsPort();
  int port() const;

 private:
  struct Parts;
  explicit MetricsPort(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_METRICS_PORT_H_
