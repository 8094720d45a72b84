#include "shared/redis/redis_topology.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace pepline {
namespace {

constexpr int kSlots = 16384;

// CRC-16/XMODEM, as the specification of Redis Cluster has it.
std::uint16_t Crc16(std::string_view text) {
  std::uint16_t crc = 0;
  for (const char character : text) {
    crc = static_cast<std::uint16_t>(crc ^ (static_cast<unsigned char>(character) << 8));
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
  }
  return crc;
}

}  // namespace

int RedisSlot(std::string_view key) {
  const auto open = key.find('{');
  if (open != std::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  return Crc16(key) % kSlots;
}

std::optional<RedisRedirect> ParseRedirect(std::string_view error, const std::string& asked_host) {
  const std::vector<std::string> words = absl::StrSplit(std::string(error), ' ');
  if (words.size() < 3 || (words[0] != "MOVED" && words[0] != "ASK")) return std::nullopt;
  RedisRedirect redirect{.ask = words[0] == "ASK"};
  const auto colon = words[2].rfind(':');  // an IPv6 host has colons of its own
  if (colon == std::string::npos || !absl::SimpleAtoi(words[1], &redirect.slot) ||
      !absl::SimpleAtoi(words[2].substr(colon + 1), &redirect.to.port)) {
    return std::nullopt;
  }
  redirect.to.host = colon == 0 ? asked_host : words[2].substr(0, colon);
  return redirect;
}

std::optional<RedisTopology> RedisTopology::Parse(const redisReply& slots,
                                                  const std::string& asked_host) {
  if (slots.type != REDIS_REPLY_ARRAY) return std::nullopt;
  RedisTopology topology;
  for (std::size_t i = 0; i < slots.elements; ++i) {
    // First slot, last slot, the owner, its replicas.
    const redisReply& range = *slots.element[i];
    if (range.type != REDIS_REPLY_ARRAY || range.elements < 3) return std::nullopt;
    const redisReply& owner = *range.element[2];
    if (owner.type != REDIS_REPLY_ARRAY || owner.elements < 2) return std::nullopt;
    std::string host;
    if (owner.element[0]->type == REDIS_REPLY_STRING) {
      host.assign(owner.element[0]->str, owner.element[0]->len);
    }
    if (host.empty() || host == "?") host = asked_host;
    topology.ranges_[static_cast<int>(range.element[1]->integer)] = {
        static_cast<int>(range.element[0]->integer),
        {std::move(host), static_cast<int>(owner.element[1]->integer)}};
  }
  return topology;
}

const RedisAddress* RedisTopology::Owner(int slot) const {
  if (const auto moved = moved_.find(slot); moved != moved_.end()) return &moved->second;
  const auto range = ranges_.lower_bound(slot);
  if (range == ranges_.end() || slot < range->second.first) return nullptr;
  return &range->second.owner;
}

void RedisTopology::SetOwner(int slot, RedisAddress owner) { moved_[slot] = std::move(owner); }

std::set<RedisAddress> RedisTopology::Owners() const {
  std::set<RedisAddress> owners;
  for (const auto& [last, range] : ranges_) owners.insert(range.owner);
  for (const auto& [slot, owner] : moved_) owners.insert(owner);
  return owners;
}

}  // namespace pepline
