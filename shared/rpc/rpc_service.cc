#include "shared/rpc/rpc_service.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "shared/rpc/contract.h"

namespace pepline {

const google::protobuf::ServiceDescriptor& ContractOf(const std::string& full_name) {
  const auto* const contract =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  if (contract != nullptr) return *contract;
  std::fprintf(stderr, "bug: there is no service %s\n", full_name.c_str());
  std::abort();
}

void CheckAllAreServed(std::string_view service, const std::set<int>& served) {
  const google::protobuf::ServiceDescriptor& contract = ContractOf(std::string(service));
  for (int i = 0; i < contract.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& rpc = *contract.method(i);
    if (rpc.client_streaming() || rpc.server_streaming() || served.contains(i)) continue;
    std::fprintf(stderr, "bug: %s is served by no function; add a Serve line for it\n",
                 rpc.full_name().c_str());
    std::abort();
  }
}

}  // namespace pepline
