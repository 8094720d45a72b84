#include "tools/stack/http_get.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

absl::StatusOr<HttpAnswer> HttpGet(const std::string& address, const std::string& path,
                                   absl::Duration bound) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("'", address, "' is not HOST:PORT"));
  }
  addrinfo wanted = {};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int found = getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(),
                                &wanted, &first);
  if (found != 0) {
    return absl::UnavailableError(absl::StrCat(address, ": ", gai_strerror(found)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> place(first, &freeaddrinfo);
  const Socket connection(place->ai_family);
  const timeval timeout = absl::ToTimeval(bound);
  setsockopt(connection.fd(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(connection.fd(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  // HTTP/1.0 so that the body ends where the connection ends.
  const std::string request =
      absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: ", address, "\r\n\r\n");
  std::string text;
  if (connect(connection.fd(), place->ai_addr, place->ai_addrlen) == 0 &&
      send(connection.fd(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    char buffer[16384];
    ssize_t size = 0;
    while ((size = recv(connection.fd(), buffer, sizeof(buffer), 0)) > 0) {
      text.append(buffer, static_cast<std::size_t>(size));
    }
  }
  HttpAnswer answer;
  const auto head_end = text.find("\r\n\r\n");
  if (!absl::StartsWith(text, "HTTP/1.") || head_end == std::string::npos ||
      !absl::SimpleAtoi(text.substr(9, 3), &answer.status)) {
    return absl::UnavailableError(absl::StrCat("no HTTP answer from ", address, path));
  }
  answer.body = text.substr(head_end + 4);
  return answer;
}

absl::StatusOr<HttpAnswer> HttpGet(int port, const std::string& path, absl::Duration bound) {
  return HttpGet(absl::StrCat("127.0.0.1:", port), path, bound);
}

}  // namespace pepline
