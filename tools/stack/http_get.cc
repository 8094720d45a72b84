#include "tools/stack/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

class Socket {
 public:
  Socket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
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

absl::StatusOr<HttpAnswer> HttpGet(int port, const std::string& path, absl::Duration bound) {
  const Socket connection;
  const timeval timeout = absl::ToTimeval(bound);
  setsockopt(connection.fd(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(connection.fd(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // HTTP/1.0 so that the body ends where the connection ends.
  const std::string request =
      absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: 127.0.0.1:", port, "\r\n\r\n");
  std::string text;
  if (connect(connection.fd(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
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
    return absl::UnavailableError(absl::StrCat("no HTTP answer from 127.0.0.1:", port, path));
  }
  answer.body = text.substr(head_end + 4);
  return answer;
}

}  // namespace pepline
