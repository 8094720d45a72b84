#include "shared/rpc/held_streams.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

using Json = nlohmann::json;

constexpr int kAllSockets = 1'000'000;

// The object that channelz answered, whose text this frees; empty when there is none.
Json Parsed(char* answer) {
  const std::unique_ptr<char, void (*)(void*)> text(answer, gpr_free);
  Json json = text == nullptr ? Json() : Json::parse(text.get(), nullptr, false);
  return json.is_object() ? json : Json::object();
}

// channelz says numbers as texts, and leaves out those that are 0.
std::int64_t NumberIn(const Json& object, const char* name) {
  std::int64_t number = 0;
  const auto found = object.find(name);
  if (found != object.end() && found->is_string()) {
    (void)absl::SimpleAtoi(found->get<std::string>(), &number);
  }
  return number;
}

// An address as channelz writes it: a port, and the bytes of a host in base64. An IPv4 peer of a
// socket for both is IPv4 there.
Json AddressOf(const sockaddr_storage& peer) {
  std::string_view host;
  in_port_t port = 0;
  if (peer.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(peer);
    host = {reinterpret_cast<const char*>(&six.sin6_addr), sizeof(six.sin6_addr)};
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) host.remove_prefix(12);
    port = six.sin6_port;
  } else {
    const auto& four = reinterpret_cast<const sockaddr_in&>(peer);
    host = {reinterpret_cast<const char*>(&four.sin_addr), sizeof(four.sin_addr)};
    port = four.sin_port;
  }
  return {{"port", ntohs(port)},
          {"ip_address", absl::Base64Escape(absl::string_view(host.data(), host.size()))}};
}

std::int64_t HeldOfSocket(std::int64_t id, const Json& address) {
  const Json answer = Parsed(grpc_channelz_get_socket(id));
  const Json socket = answer.value("socket", Json::object());
  if (socket.value("remote", Json::object()).value("tcpip_address", Json()) != address) return 0;
  const Json data = socket.value("data", Json::object());
  return NumberIn(data, "streamsStarted") - NumberIn(data, "streamsSucceeded") -
         NumberIn(data, "streamsFailed");
}

}  // namespace

std::int64_t HeldStreams(const sockaddr_storage& peer) {
  const Json address = AddressOf(peer);
  const std::string port = absl::StrCat(":", address["port"].get<int>());
  const Json servers = Parsed(grpc_channelz_get_servers(0));
  for (const Json& server : servers.value("server", Json::array())) {
    const std::int64_t id = NumberIn(server.value("ref", Json::object()), "serverId");
    const Json sockets = Parsed(grpc_channelz_get_server_sockets(id, 0, kAllSockets));
    for (const Json& socket : sockets.value("socketRef", Json::array())) {
      // A name ends with the peer's port, which leaves one socket in most cases.
      if (!absl::EndsWith(socket.value("name", ""), port)) continue;
      const std::int64_t held = HeldOfSocket(NumberIn(socket, "socketId"), address);
      if (held > 0) return held;
    }
  }
  return 0;
}

std::uint64_t BytesReceived(int file) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  const bool known = getsockopt(file, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  return known ? info.tcpi_bytes_received : 0;
}

}  // namespace pepline
