#include "shared/runtime/grpc_listener.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/runtime/listen_address.h"
#include "shared/runtime/log.h"

namespace pepline {
namespace {

constexpr int kBacklog = 512;
constexpr int kShareOfOneAddress = 4;  // a quarter
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);
constexpr absl::Duration kBetweenLogLines = absl::Minutes(1);
constexpr int kPauseWithoutFilesMs = 100;

// A connection that was handed to gRPC, which closes it. Its file is known by number and inode,
// since the number alone is soon another's.
struct Taken {
  int file;
  ino_t inode;
  std::string from;
};

ino_t InodeOf(int file) {
  struct stat found = {};
  return fstat(file, &found) == 0 && S_ISSOCK(found.st_mode) ? found.st_ino : 0;
}

std::string HostOf(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, text, sizeof(text));
  } else {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof(text));
  }
  return text;
}

// -1 when it cannot be had; errno says why.
int ListenOn(const sockaddr* address, socklen_t size) {
  const int file = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0) return -1;
  const int on = 1, off = 0;
  setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // connections inherit it
  if (address->sa_family == AF_INET6) {
    setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(file, address, size) == 0 && listen(file, kBacklog) == 0) return file;
  const int error = errno;
  close(file);
  errno = error;
  return -1;
}

int ListenOn(const addrinfo& place) {
  const auto& four = *reinterpret_cast<const sockaddr_in*>(place.ai_addr);
  if (place.ai_family == AF_INET && four.sin_addr.s_addr == INADDR_ANY) {
    sockaddr_in6 both = {};
    both.sin6_family = AF_INET6;
    both.sin6_port = four.sin_port;
    const int file = ListenOn(reinterpret_cast<const sockaddr*>(&both), sizeof(both));
    if (file >= 0 || errno != EAFNOSUPPORT) return file;
  }
  return ListenOn(place.ai_addr, place.ai_addrlen);
}

}  // namespace

struct GrpcListener::Parts {
  Parts(int most, Metrics& given_metrics) : most_connections(most), metrics(given_metrics) {}
  ~Parts() {
    const std::uint64_t one = 1;
    if (accepting.joinable()) {
      if (write(stop, &one, sizeof(one)) < 0) std::abort();  // the thread would never end
      accepting.join();
    }
    if (listening >= 0) close(listening);
    if (stop >= 0) close(stop);
  }

  void Accept();
  void Take(int file, const sockaddr_storage& peer);
  bool HasRoomFor(const std::string& host);
  void ForgetThoseThatEnded();

  const int most_connections;
  Metrics& metrics;
  int listening = -1;
  int stop = -1;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server;
  std::vector<Taken> taken;
  absl::Time looked_at = absl::InfinitePast();
  absl::Time logged_at = absl::InfinitePast();
  std::thread accepting;
};

void GrpcListener::Parts::Accept() {
  while (true) {
    pollfd files[] = {{stop, POLLIN, 0}, {listening, POLLIN, 0}};
    if (poll(files, 2, -1) < 0) continue;  // a signal
    if (files[0].revents != 0) return;
    sockaddr_storage peer = {};
    socklen_t size = sizeof(peer);
    const int file =
        accept4(listening, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (file >= 0) {
      Take(file, peer);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      poll(files, 1, kPauseWithoutFilesMs);  // it stays in the queue until there is room
    }
  }
}

void GrpcListener::Parts::Take(int file, const sockaddr_storage& peer) {
  std::string host = HostOf(peer);
  if (!HasRoomFor(host)) {
    close(file);
    metrics.Count("pepline_rpc_refused_total", {{"cause", "overloaded"}});
    if (absl::Now() - logged_at < kBetweenLogLines) return;
    logged_at = absl::Now();
    LogWarning("connections are refused, as too many are open, in all or from one address",
               {{LogField::kSetting, "PEPLINE_MAX_CONNECTIONS"},
                {LogField::kCount, absl::StrCat(taken.size())}});
    return;
  }
  taken.push_back({file, InodeOf(file), std::move(host)});
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listening;
  connection.fd = file;
  server->HandleNewConnection(&connection);
}

bool GrpcListener::Parts::HasRoomFor(const std::string& host) {
  const auto has_room = [&] {
    const int open = static_cast<int>(taken.size());
    const auto theirs = std::ranges::count(taken, host, &Taken::from);
    return open < most_connections && theirs < std::max(1, most_connections / kShareOfOneAddress);
  };
  if (has_room()) return true;
  ForgetThoseThatEnded();
  return has_room();
}

void GrpcListener::Parts::ForgetThoseThatEnded() {
  if (absl::Now() - looked_at < kBetweenLooks) return;
  looked_at = absl::Now();
  std::erase_if(taken, [](const Taken& one) { return InodeOf(one.file) != one.inode; });
}

GrpcListener::GrpcListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
GrpcListener::~GrpcListener() = default;

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Listen(const std::string& address,
                                                                   int most_connections,
                                                                   Metrics& metrics) {
  const ListenAddress place = ResolveListenAddress(address);
  if (place == nullptr) return absl::UnavailableError("it is no host:port that is known here");
  auto parts = std::make_unique<Parts>(most_connections, metrics);
  parts->stop = eventfd(0, EFD_CLOEXEC);
  parts->listening = ListenOn(*place);
  if (parts->stop < 0 || parts->listening < 0) return absl::UnavailableError(strerror(errno));
  return std::unique_ptr<GrpcListener>(new GrpcListener(std::move(parts)));
}

int GrpcListener::port() const {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (getsockname(parts_->listening, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

void GrpcListener::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server) {
  parts_->server = std::move(server);
  parts_->accepting = std::thread([parts = parts_.get()] { parts->Accept(); });
}

}  // namespace pepline
