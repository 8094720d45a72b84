// SHA-256, and ids that follow from it: where the same request must find the same record again, its
// id is derived and not drawn.
// Promises: the same text gives the same answer for ever, on every machine. Does not: keep a
// secret; whoever knows the text knows the id. Threads: pure functions, but for the class.
#ifndef PEPLINE_SHARED_BASE_DIGEST_H_
#define PEPLINE_SHARED_BASE_DIGEST_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // of OpenSSL

namespace pepline {

std::string Sha256(const std::string& text);  // 32 bytes
// The same of a text that comes in pieces. Threads: one at a time.
class Sha256InPieces {
 public:
  Sha256InPieces();
  void Add(std::string_view piece);
  std::string Finish();  // once

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};
// 40 small hexadecimal digits; a name that Redis gives to scripts, not a protection.
std::string Sha1InHex(const std::string& text);
// `count` (at most 32) small letters and digits, spread evenly enough for ids.
std::string LettersFrom(const std::string& text, std::size_t count);

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_DIGEST_H_
