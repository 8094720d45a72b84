#include "shared/rpc/grpc_listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
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
#include "shared/base/listen_address.h"
#include "shared/observability/log.h"
#include "shared/rpc/held_streams.h"

namespace pepline {
namespace {

constexpr int kBacklog = 512;
constexpr int kShareOfOneAddress = 4;  // a quarter
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);
constexpr absl::Duration kBetweenLogLines = absl::Minutes(1);
constexpr int kPauseWithoutFilesMs = 100;
// A peer can make gRPC hold some tens of thousands of streams a second, 18 kB each.
constexpr int kBetweenLooksAtStreamsMs = 50;
// So few bytes begin no streams that matter: one needs 28 at least, with its reset.
constexpr std::uint64_t kBytesWorthALook = 16 * 1024;
// Those that may run, and as many times more that are being cleared away.
constexpr int kHeldOfThoseThatMayRun = 4;

// A connection that was handed to gRPC, which closes it. Its file is known by number and inode,
// since the number alone is soon another's.
struct Taken {
  int file;
  ino_t inode;
  std::string from;
  sockaddr_storage peer;
  std::uint64_t received = 0;  // bytes, at the last look
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
  Parts(const Bounds& given_bounds, Metrics& given_metrics)
      : bounds(given_bounds), metrics(given_metrics) {}
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
  void CutThoseThatFlood();
  bool Floods(int file, Taken& one) const;
  // Counts one. True when the log is to say so, which is once a minute.
  bool CountRefused(absl::Time& logged_at) const;

  const Bounds bounds;
  Metrics& metrics;
  int listening = -1;
  int stop = -1;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server;
  std::vector<Taken> taken;
  absl::Time looked_at = absl::InfinitePast();
  absl::Time streams_looked_at = absl::InfinitePast();
  absl::Time full_logged_at = absl::InfinitePast();
  absl::Time flood_logged_at = absl::InfinitePast();
  std::thread accepting;
};

void GrpcListener::Parts::Accept() {
  while (true) {
    pollfd files[] = {{stop, POLLIN, 0}, {listening, POLLIN, 0}};
    const int ready = poll(files, 2, taken.empty() ? -1 : kBetweenLooksAtStreamsMs);
    if (ready < 0) continue;  // a signal
    if (files[0].revents != 0) return;
    CutThoseThatFlood();
    if (ready == 0) continue;
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
    if (CountRefused(full_logged_at)) {
      LogWarning("connections are refused, as too many are open, in all or from one address",
                 {{LogField::kSetting, "PEPLINE_MAX_CONNECTIONS"},
                  {LogField::kCount, absl::StrCat(taken.size())}});
    }
    return;
  }
  taken.push_back({file, InodeOf(file), std::move(host), peer});
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listening;
  connection.fd = file;
  server->HandleNewConnection(&connection);
}

bool GrpcListener::Parts::HasRoomFor(const std::string& host) {
  const auto has_room = [&] {
    const int open = static_cast<int>(taken.size());
    const auto theirs = std::ranges::count(taken, host, &Taken::from);
    return open < bounds.connections &&
           theirs < std::max(1, bounds.connections / kShareOfOneAddress);
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

// gRPC holds a call for every stream until it has cleared it away, and it does not get to that
// while more streams come in. So the whole connection goes, with what waits in its socket: a
// shutdown alone would leave gRPC some megabytes more to read.
void GrpcListener::Parts::CutThoseThatFlood() {
  if (absl::Now() - streams_looked_at < absl::Milliseconds(kBetweenLooksAtStreamsMs)) return;
  streams_looked_at = absl::Now();
  std::erase_if(taken, [this](Taken& one) {
    // A duplicate stays the same connection, whatever becomes of the number meanwhile.
    const int file = fcntl(one.file, F_DUPFD_CLOEXEC, 0);
    const bool open = file >= 0 && InodeOf(file) == one.inode;
    const bool floods = open && Floods(file, one);
    if (floods) {
      sockaddr nowhere = {};
      nowhere.sa_family = AF_UNSPEC;
      if (connect(file, &nowhere, sizeof(nowhere)) != 0) shutdown(file, SHUT_RDWR);
      if (CountRefused(flood_logged_at)) {
        LogWarning("a connection is cut off, as it opens streams faster than they can be ended",
                   {{LogField::kSetting, "PEPLINE_MAX_CONCURRENT_STREAMS"}});
      }
    }
    if (file >= 0) close(file);
    return !open || floods;
  });
}

bool GrpcListener::Parts::Floods(int file, Taken& one) const {
  const std::uint64_t before = std::exchange(one.received, BytesReceived(file));
  return one.received - before >= kBytesWorthALook &&
         HeldStreams(one.peer) > kHeldOfThoseThatMayRun * bounds.streams;
}

bool GrpcListener::Parts::CountRefused(absl::Time& logged_at) const {
  metrics.Count("pepline_rpc_refused_total", {{"cause", "overloaded"}});
  if (absl::Now() - logged_at < kBetweenLogLines) return false;
  logged_at = absl::Now();
  return true;
}

GrpcListener::GrpcListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
GrpcListener::~GrpcListener() = default;

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Listen(const std::string& address,
                                                                   const Bounds& bounds,
                                                                   Metrics& metrics) {
  const ListenAddress place = ResolveListenAddress(address);
  if (place == nullptr) return absl::UnavailableError("it is no host:port that is known here");
  auto parts = std::make_unique<Parts>(bounds, metrics);
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
