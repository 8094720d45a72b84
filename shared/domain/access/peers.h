// Who may call whom: a peer is a program that calls, known by its client certificate. The table is
// deploy/peers.yaml, made into C++ by the build. Pure. Default deny: a peer without a row, and an
// RPC without a row, is refused. The token's role is asked besides (shared/security/rpc_access.h);
// both must allow a call. Tested row by row (tests/unit/shared/peers_test.cc). Threads: values and
// a constant table; safe from any thread.
#ifndef PEPLINE_SHARED_DOMAIN_ACCESS_PEERS_H_
#define PEPLINE_SHARED_DOMAIN_ACCESS_PEERS_H_

#include <optional>
#include <span>
#include <string_view>

namespace pepline {

struct Peer {
  std::string_view name;      // "notifications"
  std::string_view identity;  // "spiffe://pepline/notifications"
};

struct PeerRow {
  std::string_view identity;
  std::string_view rpc;  // "pepline.registry.v1.RegistryService/LookUpContacts"
};

std::span<const Peer> Peers();
std::span<const PeerRow> PeerTable();

// nullopt: no peer has this name.
std::optional<std::string_view> IdentityOf(std::string_view name);
// May whoever shows a certificate with this identity call this RPC at all?
bool PeerMayCall(std::string_view identity, std::string_view rpc);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ACCESS_PEERS_H_
