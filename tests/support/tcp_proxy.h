// Stands between a client and a server of this machine and does to their connections what networks
// do: holds everything back, turns newcomers away, is slow, breaks what is open. For tests that
// need an outage of one path only, without rights of root.
// Promises: no byte is lost or swapped on a connection that stays open, as TCP promises; what was
// held back goes on when the path is whole again. Errors: Unavailable when no port can be had; a
// server that is not there looks like one that closes at once. Threads: one of its own; every
// function from any thread.
#ifndef PEPLINE_TESTS_SUPPORT_TCP_PROXY_H_
#define PEPLINE_TESTS_SUPPORT_TCP_PROXY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

class TcpProxy {
 public:
  // Listens on a port of the kernel's choice and connects to 127.0.0.1:`target_port`, where nobody
  // needs to listen yet.
  static absl::StatusOr<std::unique_ptr<TcpProxy>> Start(int target_port);
  ~TcpProxy();  // closes everything
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const;

  // Nothing passes in either direction; connections stay open, and new ones wait to be taken.
  void Cut();
  // What is open goes on; whoever is new is turned away.
  void Refuse();
  // Every byte takes this much longer, in each direction.
  void Delay(absl::Duration each_way);
  // Breaks what is open now.
  void CloseAll();
  // The path is whole and quick again.
  void Mend();

  int connections() const;  // that are open now

 private:
  struct Parts;
  explicit TcpProxy(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_TCP_PROXY_H_
