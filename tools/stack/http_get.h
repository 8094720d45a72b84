// One plain HTTP GET, for /readyz, /healthz and /metrics of a service.
// Does not follow redirects or speak TLS. Errors: Unavailable when nobody answers in time or the
// answer is not HTTP. Threads: safe from any thread.
#ifndef PEPLINE_TOOLS_STACK_HTTP_GET_H_
#define PEPLINE_TOOLS_STACK_HTTP_GET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

// `address` is HOST:PORT.
absl::StatusOr<HttpAnswer> HttpGet(const std::string& address, const std::string& path,
                                   absl::Duration bound = absl::Seconds(2));
// From this machine (127.0.0.1).
absl::StatusOr<HttpAnswer> HttpGet(int port, const std::string& path,
                                   absl::Duration bound = absl::Seconds(2));

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_HTTP_GET_H_
