#include "shared/base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <string_view>

#include "absl/strings/escaping.h"

namespace pepline {

std::string Sha256(const std::string& text) {
  // Fetched once: every look-up of OpenSSL's takes locks that all threads share.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, nullptr);
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

Sha256InPieces::Sha256InPieces() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}
void Sha256InPieces::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }
void Sha256InPieces::Add(std::string_view piece) {
  EVP_DigestUpdate(context_.get(), piece.data(), piece.size());
}
std::string Sha256InPieces::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

std::string Sha1InHex(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), size});
}

std::string LettersFrom(const std::string& text, std::size_t count) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string letters = Sha256(text).substr(0, count);
  for (char& letter : letters) {
    letter = kLetters[static_cast<unsigned char>(letter) % kLetters.size()];
  }
  return letters;
}

}  // namespace pepline
