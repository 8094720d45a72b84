#include "shared/rpc/page_tokens.h"

#include <openssl/rand.h>

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/engine/envelopes.h"
#include "shared/security/openssl_objects.h"

namespace pepline {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr char kVersion = 1;  // the first byte of a token: how the rest is to be read
// A position is filled up to a multiple of this; its length would tell one kind of deadline from
// another.
constexpr std::size_t kBlock = 256;
constexpr std::size_t kLengthBytes = 2;
constexpr int kMostAttempts = 10;
constexpr char kAdvice[] =
    "not a token of this list for this caller and filter; begin again without a token";

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
int Size(std::string_view text) { return static_cast<int>(text.size()); }

absl::StatusOr<std::string> RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(Bytes(bytes), Size(bytes)) != 1) {
    return absl::UnavailableError("the machine gives no random numbers; no list can go on");
  }
  return bytes;
}

RecordKey KeyRecord() { return {std::string(kPageTokenKeyKind), std::string(kPageTokenKeyKind)}; }

// Empty: there is none yet.
absl::StatusOr<std::string> FindKey(Store& store) {
  const auto state = LoadState(store, kPageTokenKeyKind, KeyRecord());
  if (!state.ok()) return state.status();
  if (!*state) return std::string();
  if ((*state)->size() == kKeyBytes) return **state;
  return absl::DataLossError(
      "the key of page tokens cannot be read; delete the record page-token-key, another is made");
}

// Of all replicas that make a key at once the first one's counts.
absl::StatusOr<std::string> FindOrMakeKey(Store& store) {
  for (int attempt = 1;; ++attempt) {
    auto found = FindKey(store);
    if (!found.ok() || !found->empty()) return found;
    auto key = RandomBytes(kKeyBytes);
    if (!key.ok()) return key.status();
    runtime::v1::AggregateRecord record;
    record.set_state(*key);
    Commit commit{.partition = PartitionOf(kPageTokenKeyKind, store.partitions())};
    commit.writes.push_back(
        {.key = KeyRecord(), .expected_revision = 0, .bytes = record.SerializeAsString()});
    auto applied = store.Apply(commit);
    if (applied.ok()) return *std::move(key);
    if (!absl::IsAborted(applied.status()) || attempt == kMostAttempts) return applied.status();
  }
}

std::string Filled(std::string_view position) {
  std::string block = {static_cast<char>(position.size() >> 8),
                       static_cast<char>(position.size() & 0xff)};
  block.append(position);
  block.resize((block.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return block;
}

std::optional<std::string> Emptied(std::string_view block) {
  if (block.size() < kLengthBytes) return std::nullopt;
  const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(block[0])) << 8 |
                           static_cast<unsigned char>(block[1]);
  if (size > block.size() - kLengthBytes) return std::nullopt;
  return std::string(block.substr(kLengthBytes, size));
}

// Version, nonce, text, tag. nullopt: OpenSSL cannot.
std::optional<std::string> Seal(const std::string& key, const std::string& nonce,
                                std::string_view bound_to, std::string_view text) {
  const openssl::Cipher cipher(EVP_CIPHER_CTX_new());
  std::string sealed(text.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  const bool done =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(std::string_view(key)),
                         Bytes(std::string_view(nonce))) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(bound_to), Size(bound_to)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), Bytes(sealed), &size, Bytes(text), Size(text)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), Bytes(sealed) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!done) return std::nullopt;
  return absl::StrCat(std::string(1, kVersion), nonce, sealed, tag);
}

// nullopt: altered, of another key, or bound to something else.
std::optional<std::string> Unseal(const std::string& key, std::string_view bound_to,
                                  std::string_view sealed) {
  if (sealed.size() < 1 + kNonceBytes + kTagBytes || sealed.front() != kVersion) {
    return std::nullopt;
  }
  const std::string_view nonce = sealed.substr(1, kNonceBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  sealed = sealed.substr(1 + kNonceBytes, sealed.size() - 1 - kNonceBytes - kTagBytes);
  const openssl::Cipher cipher(EVP_CIPHER_CTX_new());
  std::string text(sealed.size(), '\0');
  int size = 0;
  const bool done =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(std::string_view(key)),
                         Bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(bound_to), Size(bound_to)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(text), &size, Bytes(sealed), Size(sealed)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(text) + size, &size) == 1;
  if (!done) return std::nullopt;
  return Emptied(text);
}

void AppendPart(std::string_view part, std::string& text) {
  absl::StrAppend(&text, part.size(), ":");
  text.append(part);
}

}  // namespace

std::string AskedPage::BoundTo(const Call& call, const google::protobuf::Message& filter) {
  std::string bound_to;
  AppendPart(call.rpc, bound_to);
  AppendPart(call.actor.subject, bound_to);
  AppendPart(RoleName(call.actor.role), bound_to);
  AppendPart(call.actor.authority.text(), bound_to);
  absl::StrAppend(&bound_to, call.actor.schools.size(), ":");
  for (const SchoolUrn& school : call.actor.schools) AppendPart(school.text(), bound_to);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    filter.SerializeToCodedStream(&out);
  }
  AppendPart(bytes, bound_to);
  return bound_to;
}

absl::StatusOr<AskedPage> AskedPage::Open(Store& store, std::string bound_to, int size,
                                          const std::string& token, Violations& violations) {
  AskedPage page(store, std::move(bound_to), size);
  if (token.empty()) return page;
  std::string sealed;
  if (token.size() > kLongestPageToken || !absl::WebSafeBase64Unescape(token, &sealed)) {
    violations.push_back({"page_token", kAdvice});
    return page;
  }
  const auto key = FindKey(store);
  if (!key.ok()) return key.status();
  auto position = key->empty() ? std::nullopt : Unseal(*key, page.bound_to_, sealed);
  if (position) {
    page.position_ = *std::move(position);
  } else {
    violations.push_back({"page_token", kAdvice});
  }
  return page;
}

absl::StatusOr<std::string> AskedPage::TokenFor(std::string_view position) const {
  if (position.empty()) return std::string();
  auto key = FindOrMakeKey(*store_);
  if (!key.ok()) return key.status();
  auto nonce = RandomBytes(kNonceBytes);
  if (!nonce.ok()) return nonce.status();
  const auto sealed = Seal(*key, *nonce, bound_to_, Filled(position));
  std::string token = sealed ? absl::WebSafeBase64Escape(*sealed) : std::string();
  if (token.empty() || token.size() > kLongestPageToken) {
    return absl::InternalError("the list cannot be gone on with: its place cannot be sealed");
  }
  return token;
}

}  // namespace pepline
