// A service of the contract by its full name ("pepline.funding.v1.FundingService"). Errors: one
// that this program does not have is a bug, and ends it. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RPC_CONTRACT_H_
#define PEPLINE_SHARED_RPC_CONTRACT_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace pepline {

const google::protobuf::ServiceDescriptor& ContractOf(const std::string& full_name);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_CONTRACT_H_
