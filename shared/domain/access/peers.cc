#include "shared/domain/access/peers.h"

#include <algorithm>

namespace pepline {
namespace {

#include "shared/domain/peers_table.inc"

}  // namespace

std::span<const Peer> Peers() { return kPeers; }
std::span<const PeerRow> PeerTable() { return kPeerRows; }

std::optional<std::string_view> IdentityOf(std::string_view name) {
  for (const Peer& peer : kPeers) {
    if (peer.name == name) return peer.identity;
  }
  return std::nullopt;
}

bool PeerMayCall(std::string_view identity, std::string_view rpc) {
  return std::ranges::any_of(
      kPeerRows, [&](const PeerRow& row) { return row.identity == identity && row.rpc == rpc; });
}

}  // namespace pepline
