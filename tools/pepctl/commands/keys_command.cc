// `pepctl keys make`: the keys that a new installation needs before anything can start.
#include "absl/strings/str_cat.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/stack/environment.h"

namespace pepline::pepctl {

int MakeKeys(const std::string& folder, Invocation& invocation) {
  if (invocation.globals.dry_run) {
    invocation.err << "Nothing was written (--dry-run).\n";
    return kDone;
  }
  const auto keys = FindOrMakeKeys(folder);
  if (!keys.ok()) return Fail(invocation, keys.status());
  invocation.out << keys->signing_key_file << "\n"
                 << keys->jwks_file << "\n"
                 << keys->service_signing_key_file << "\n"
                 << keys->service_jwks_file << "\n"
                 << absl::StrCat(folder, "/id-key") << "\n";
  return kDone;
}

}  // namespace pepline::pepctl
