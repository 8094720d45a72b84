// Where a port of ours listens, from a setting: host:port, with brackets around a host of IPv6;
// port 0 takes any. Threads: functions only.
#ifndef PEPLINE_SHARED_BASE_LISTEN_ADDRESS_H_
#define PEPLINE_SHARED_BASE_LISTEN_ADDRESS_H_

#include <netdb.h>

#include <memory>
#include <string>

namespace pepline {

struct AddressFree {
  void operator()(addrinfo* found) const { freeaddrinfo(found); }
};
using ListenAddress = std::unique_ptr<addrinfo, AddressFree>;

// Null when it is none, or the host is not known.
ListenAddress ResolveListenAddress(const std::string& address);

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_LISTEN_ADDRESS_H_
