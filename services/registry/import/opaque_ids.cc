#include "services/registry/import/opaque_ids.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pepline::registry {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";  // 5 bits each
constexpr std::size_t kLength = 20;

}  // namespace

OpaqueIds::OpaqueIds(std::string key) : key_(std::move(key)) {}

std::string OpaqueIds::Digest(std::string_view kind, const AuthorityCode& authority,
                              std::string_view own_id) const {
  // Lengths keep the parts apart.
  const std::string text =
      absl::StrCat(kind.size(), ":", std::string(kind), authority.text().size(), ":",
                   authority.text(), std::string(own_id));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  if (made == nullptr || size < kLength) std::abort();  // without SHA-256 nothing here works
  std::string id;
  unsigned int bits = 0;
  int held = 0;
  for (std::size_t byte = 0; id.size() < kLength; ++byte) {
    bits = ((bits & 0xff) << 8) | digest[byte];
    held += 8;
    while (held >= 5 && id.size() < kLength) {
      held -= 5;
      id.push_back(kLetters[(bits >> held) & 31]);
    }
  }
  return id;
}

ChildId OpaqueIds::OfChild(const AuthorityCode& authority, std::string_view own_id) const {
  return ChildId("chd-" + Digest("child", authority, own_id));
}

StaffId OpaqueIds::OfStaff(const AuthorityCode& authority, std::string_view own_id) const {
  return StaffId("stf-" + Digest("staff", authority, own_id));
}

}  // namespace pepline::registry
