// Gives registry one file to import, in chunks, and again under the same request id while something
// is away. Errors: what registry answers; UNAVAILABLE where it has no address. Threads: blocks.
#ifndef PEPLINE_TOOLS_CLIENT_IMPORT_FILE_H_
#define PEPLINE_TOOLS_CLIENT_IMPORT_FILE_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "tools/client/caller.h"

namespace pepline::client {

// The register of schools and bank holidays: of no authority, and imported by an operator.
bool IsNational(registry::v1::ImportKind kind);

// `options` must have its request id; `bound` is that of one try; `sent` hears how many of the
// bytes are on their way.
grpc::Status ImportFile(Caller& caller, const Actor& actor,
                        const registry::v1::ImportOptions& options, const std::string& bytes,
                        absl::Duration bound, const std::function<void(std::size_t)>& sent,
                        registry::v1::ImportResponse& response);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_IMPORT_FILE_H_
