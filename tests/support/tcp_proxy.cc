#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

constexpr std::size_t kMostWaiting = 1 << 20;  // bytes a direction; then the sender must wait
constexpr std::size_t kAtOnce = 64 << 10;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool Passing(ssize_t result) { return result >= 0 || errno == EAGAIN || errno == EINTR; }

// One direction of a connection: what came from one end and is to go to the other.
struct Direction {
  struct Piece {
    absl::Time due;
    std::string bytes;
  };
  int from = -1;
  int to = -1;
  std::deque<Piece> waiting = {};
  std::size_t size = 0;
  bool ended = false;   // nothing more comes
  bool closed = false;  // ... and the other end was told so

  bool Reads() const { return !ended && size < kMostWaiting; }
  bool Writes(absl::Time now) const { return !waiting.empty() && waiting.front().due <= now; }

  // False when the connection is broken.
  bool Read(absl::Time due) {
    char buffer[kAtOnce];
    const ssize_t got = recv(from, buffer, sizeof(buffer), 0);
    if (!Passing(got)) return false;
    if (got == 0) ended = true;
    if (got > 0) {
      waiting.push_back({due, std::string(buffer, static_cast<std::size_t>(got))});
      size += static_cast<std::size_t>(got);
    }
    return true;
  }
  bool Write() {
    std::string& bytes = waiting.front().bytes;
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (!Passing(sent)) return false;
    if (sent <= 0) return true;
    size -= static_cast<std::size_t>(sent);
    bytes.erase(0, static_cast<std::size_t>(sent));
    if (bytes.empty()) waiting.pop_front();
    return true;
  }
  void TellEnd() {
    if (!ended || closed || !waiting.empty()) return;
    closed = true;
    shutdown(to, SHUT_WR);
  }
};

struct Connection {
  int client = -1;
  int server = -1;
  Direction there, back;
  Connection(int client_socket, int server_socket)
      : client(client_socket),
        server(server_socket),
        there{.from = client_socket, .to = server_socket},
        back{.from = server_socket, .to = client_socket} {}
  ~Connection() {
    close(client);
    close(server);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
};

// Closed at once, and not in the slow and friendly way.
void Reset(int socket_fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace

struct TcpProxy::Parts {
  int target_port = 0;
  int port = 0;
  int listener = -1;
  int bell[2] = {-1, -1};  // rung when something is wanted

  absl::Mutex mutex;
  bool cut ABSL_GUARDED_BY(mutex) = false;
  bool refusing ABSL_GUARDED_BY(mutex) = false;
  bool break_all ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  absl::Duration delay ABSL_GUARDED_BY(mutex);
  int open ABSL_GUARDED_BY(mutex) = 0;

  std::list<Connection> connections;  // of the thread
  std::thread thread;

  ~Parts() {
    for (const int fd : {listener, bell[0], bell[1]}) {
      if (fd >= 0) close(fd);
    }
  }

  absl::Status Listen() {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    if (listener < 0 || pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0 ||
        bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener, 128) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      return absl::UnavailableError(absl::StrCat("a proxy gets no port: ", strerror(errno)));
    }
    port = ntohs(address.sin_port);
    return absl::OkStatus();
  }

  template <class Change>
  void Want(Change change) {
    {
      absl::MutexLock lock(&mutex);
      change();
    }
    const char byte = 0;
    // A full pipe rings already.
    if (write(bell[1], &byte, 1) < 0 && errno != EAGAIN) std::abort();
  }

  void Accept(bool refuse) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    const int server = refuse ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = Loopback(target_port);
    if (server < 0 ||
        (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 &&
         errno != EINPROGRESS)) {
      Reset(client);
      close(client);
      if (server >= 0) close(server);
      return;
    }
    const int on = 1;
    for (const int fd : {client, server}) {
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    connections.emplace_back(client, server);
  }

  // False when it is over or broken.
  static bool Serve(Connection& connection, short client_has, short server_has, absl::Time now,
                    absl::Duration slow) {
    for (auto [direction, from_has, to_has] :
         {std::tuple{&connection.there, client_has, server_has},
          std::tuple{&connection.back, server_has, client_has}}) {
      if ((from_has & POLLERR) != 0) return false;
      if ((from_has & (POLLIN | POLLHUP)) != 0 && direction->Reads() &&
          !direction->Read(now + slow)) {
        return false;
      }
      if ((to_has & POLLOUT) != 0 && direction->Writes(now) && !direction->Write()) return false;
      direction->TellEnd();
    }
    return !(connection.there.closed && connection.back.closed);
  }

  void Run() {
    while (true) {
      bool is_cut, refuses, breaks, stops;
      absl::Duration slow;
      {
        absl::MutexLock lock(&mutex);
        is_cut = cut;
        breaks = std::exchange(break_all, false);
        stops = stopping;
        if (breaks || stops) open = 0;
      }
      if (breaks || stops) {
        for (const Connection& connection : connections) {
          Reset(connection.client);
          Reset(connection.server);
        }
        connections.clear();
      }
      if (stops) return;

      const absl::Time now = absl::Now();
      absl::Time next = absl::InfiniteFuture();
      std::vector<pollfd> looks = {{bell[0], POLLIN, 0}};
      if (!is_cut) {
        looks.push_back({listener, POLLIN, 0});
        for (const Connection& connection : connections) {
          const auto wants = [&](const Direction& reads, const Direction& writes) {
            if (!writes.waiting.empty()) next = std::min(next, writes.waiting.front().due);
            return static_cast<short>((reads.Reads() ? POLLIN : 0) |
                                      (writes.Writes(now) ? POLLOUT : 0));
          };
          for (const auto& [fd, events] :
               {std::pair{connection.client, wants(connection.there, connection.back)},
                std::pair{connection.server, wants(connection.back, connection.there)}}) {
            // One that is at its end would ring for ever.
            looks.push_back({events == 0 ? -1 : fd, events, 0});
          }
        }
      }
      const absl::Duration nap = std::max(next - now, absl::ZeroDuration());
      poll(looks.data(), looks.size(),
           next == absl::InfiniteFuture() ? -1
                                          : static_cast<int>(absl::ToInt64Milliseconds(
                                                absl::Ceil(nap, absl::Milliseconds(1)))));
      char rung[64];
      while (read(bell[0], rung, sizeof(rung)) > 0) {
      }
      if (is_cut) continue;
      {
        // What was wanted while nothing stirred counts for what stirs now.
        absl::MutexLock lock(&mutex);
        if (cut || break_all || stopping) continue;
        refuses = refusing;
        slow = delay;
      }
      const absl::Time then = absl::Now();
      std::size_t look = 2;
      for (auto connection = connections.begin(); connection != connections.end(); look += 2) {
        const bool lives =
            Serve(*connection, looks[look].revents, looks[look + 1].revents, then, slow);
        connection = lives ? std::next(connection) : connections.erase(connection);
      }
      if ((looks[1].revents & POLLIN) != 0) Accept(refuses);
      absl::MutexLock lock(&mutex);
      open = static_cast<int>(connections.size());
    }
  }
};

TcpProxy::TcpProxy(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  parts_->thread = std::thread([this] { parts_->Run(); });
}

TcpProxy::~TcpProxy() {
  parts_->Want([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { parts_->stopping = true; });
  parts_->thread.join();
}

absl::StatusOr<std::unique_ptr<TcpProxy>> TcpProxy::Start(int target_port) {
  auto parts = std::make_unique<Parts>();
  parts->target_port = target_port;
  if (absl::Status status = parts->Listen(); !status.ok()) return status;
  return std::unique_ptr<TcpProxy>(new TcpProxy(std::move(parts)));
}

int TcpProxy::port() const { return parts_->port; }

void TcpProxy::Cut() {
  parts_->Want([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { parts_->cut = true; });
}
void TcpProxy::Refuse() {
  parts_->Want([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { parts_->refusing = true; });
}
void TcpProxy::Delay(absl::Duration each_way) {
  parts_->Want([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { parts_->delay = each_way; });
}
void TcpProxy::CloseAll() {
  parts_->Want([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { parts_->break_all = true; });
}
void TcpProxy::Mend() {
  parts_->Want([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    parts_->cut = false;
    parts_->refusing = false;
    parts_->delay = absl::ZeroDuration();
  });
}

int TcpProxy::connections() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->open;
}

}  // namespace pepline
