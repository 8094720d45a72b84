#include "tests/component/rpc/http2_peer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr std::uint8_t kHeaders = 1, kReset = 3, kSettings = 4;
constexpr std::uint8_t kEndOfHeaders = 4;
constexpr std::size_t kFlushAt = 64 * 1024;

std::string Number(std::uint32_t number) {
  const std::uint32_t in_order = htonl(number);
  return std::string(reinterpret_cast<const char*>(&in_order), sizeof(in_order));
}

// HPACK, a literal that is not put into the table (RFC 7541, 6.2.2); shorter than 127 bytes.
std::string Text(const std::string& text) {
  return absl::StrCat(std::string(1, static_cast<char>(text.size())), text);
}

}  // namespace

Http2Peer::Http2Peer(int port, const std::string& from)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in ours = {};
  ours.sin_family = AF_INET;
  inet_pton(AF_INET, from.c_str(), &ours.sin_addr);
  EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&ours), sizeof(ours)), 0);
  sockaddr_in theirs = ours;
  inet_pton(AF_INET, "127.0.0.1", &theirs.sin_addr);
  theirs.sin_port = htons(static_cast<std::uint16_t>(port));
  alive_ = connect(socket_, reinterpret_cast<sockaddr*>(&theirs), sizeof(theirs)) == 0;
  unsent_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  Frame(kSettings, 0, 0, "");
  Flush();
}

Http2Peer::~Http2Peer() { close(socket_); }

std::uint32_t Http2Peer::Open(const std::string& path) {
  const std::uint32_t stream = next_stream_;
  next_stream_ += 2;
  Frame(kHeaders, kEndOfHeaders, stream,
        absl::StrCat("\x83\x86",                            // POST, http
                     "\x04", Text(path),                    // :path
                     "\x01", Text("127.0.0.1"),             // :authority
                     "\x0f\x10", Text("application/grpc"),  // content-type
                     std::string(1, '\0'), Text("te"), Text("trailers"), std::string(1, '\0'),
                     Text("grpc-timeout"), Text("600S")));
  return stream;
}

void Http2Peer::Reset(std::uint32_t stream) { Frame(kReset, 0, stream, Number(8)); }  // CANCEL

void Http2Peer::Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                      const std::string& payload) {
  absl::StrAppend(&unsent_, Number(static_cast<std::uint32_t>(payload.size())).substr(1),
                  std::string(1, static_cast<char>(type)), std::string(1, static_cast<char>(flags)),
                  Number(stream), payload);
  if (unsent_.size() >= kFlushAt) Flush();
}

void Http2Peer::Flush() {
  while (alive_ && !unsent_.empty()) {
    // Reading in between, so that neither end waits for the other for ever.
    ReadWhatHasCome();
    pollfd ready{socket_, POLLIN | POLLOUT, 0};
    if (poll(&ready, 1, 10'000) != 1) alive_ = false;
    if ((ready.revents & POLLOUT) == 0) continue;
    const ssize_t sent = send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN) alive_ = false;
  }
  ReadWhatHasCome();
}

void Http2Peer::ReadWhatHasCome() {
  char bytes[64 * 1024];
  ssize_t count = 0;
  while ((count = recv(socket_, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
  }
  if (count == 0 || errno != EAGAIN) alive_ = false;
}

}  // namespace pepline
