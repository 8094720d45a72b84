// Wakes a server of this machine that looks up from its waiting only when a caller comes: connects
// and leaves, again and again, until told that it is awake.
// Does not: tell whether anybody answered. Errors: none; to a closed port it connects in vain.
// Threads: give it one of its own.
#ifndef PEPLINE_SHARED_BASE_LOOPBACK_WAKE_H_
#define PEPLINE_SHARED_BASE_LOOPBACK_WAKE_H_

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace pepline {

inline void WakeByLoopbackUntil(const std::atomic<bool>& awake, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  while (!awake) {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    poll(nullptr, 0, 1);
    close(connection);
  }
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_LOOPBACK_WAKE_H_
