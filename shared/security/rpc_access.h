// Which role may call which RPC, on whose records, and which RPCs give out personal data: as the
// contracts say it of each RPC (pepline/common/v1/access.proto), read from their descriptors.
// Promises: default deny: an RPC that says nothing, or that no contract of this program has, is
// refused to everybody. Tested RPC by RPC (tests/unit/shared/authorisation_test.cc).
// Threads: a constant table; safe from any thread.
#ifndef PEPLINE_SHARED_SECURITY_RPC_ACCESS_H_
#define PEPLINE_SHARED_SECURITY_RPC_ACCESS_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/domain/authorisation.h"

namespace pepline {

struct RpcAccess {
  std::vector<Grant> grants;
  // Every call leaves a line on the audit trail (shared/rpc/access_audit.h).
  bool gives_personal_data = false;
};

// Of every RPC whose contract is linked into this program, by its name:
// "pepline.scheduling.v1.SchedulingService/FinaliseEpep".
const std::map<std::string, RpcAccess, std::less<>>& AccessOfRpcs();
// Nothing is granted where the RPC is not known.
const RpcAccess& AccessTo(std::string_view rpc);

}  // namespace pepline

#endif  // PEPLINE_SHARED_SECURITY_RPC_ACCESS_H_
