#include "shared/engine/command_memory.h"

#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"

namespace pepline {
namespace {

// Field 1000, which no answer has, with 32 bytes.
constexpr std::string_view kMark = "\xc2\x3e\x20";
constexpr std::size_t kOwnerBytes = 32;

// Whose memory it is; empty in those that an older program wrote.
std::string_view OwnerIn(std::string_view remembered) {
  if (remembered.size() < kMark.size() + kOwnerBytes) return "";
  const std::string_view end = remembered.substr(remembered.size() - kMark.size() - kOwnerBytes);
  return end.substr(0, kMark.size()) == kMark ? end.substr(kMark.size()) : "";
}

}  // namespace

CommandMemory::CommandMemory(const Origin& origin, const Target& target)
    : origin_(origin), command_id_(origin.command_id) {
  if (command_id_.empty()) return;
  const RecordKey& record = target.keys.front();
  // Lengths keep the parts apart.
  owner_ = Sha256(absl::StrCat(origin.caller.size(), ":", origin.caller, record.kind.size(), ":",
                               record.kind, record.id));
}

CommandMemory::Whose CommandMemory::Recognise(const SeenCommand& seen) {
  if (seen.fingerprint == origin_.fingerprint) return Whose::kThisCommand;
  const std::string_view owner = OwnerIn(seen.answer);
  if (owner.empty() || owner == owner_) return Whose::kOtherPayload;
  // Longer than any id that a caller may give, so nobody else's.
  command_id_ = absl::StrCat("of-caller-and-record:",
                             absl::BytesToHexString(Sha256(owner_ + origin_.command_id)));
  return Whose::kLookFurther;
}

std::string CommandMemory::ToRemember(const std::string& answer) const {
  return absl::StrCat(answer, std::string(kMark), owner_);
}

std::string CommandMemory::AnswerIn(const SeenCommand& seen) {
  const std::size_t behind = OwnerIn(seen.answer).empty() ? 0 : kMark.size() + kOwnerBytes;
  return seen.answer.substr(0, seen.answer.size() - behind);
}

}  // namespace pepline
