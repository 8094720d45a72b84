// Calls of any RPC by its name, with a request in protobuf's text form; and tokens of every kind,
// good and bad. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_CLIENT_H_
#define PEPLINE_TESTS_COMPONENT_REACH_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "google/protobuf/message.h"
#include "shared/security/auth.h"
#include "tests/component/reach/model.h"
#include "tools/stack/processes.h"

namespace pepline::reach {

enum class TokenKind {
  kGood,
  kMissing,
  kGarbled,   // the claims are another role's than what was signed
  kUnsigned,  // algorithm "none"
  kExpired,
  kOfAnotherKey,  // signed by somebody else
  kOfAnotherIssuer,
  kOfAnotherAudience,
  kOfTheOtherIssuer,  // a person's that says it is a service, or a service's that says a person
};
inline constexpr int kTokenKinds = 9;
std::string_view NameOf(TokenKind kind);

// Keys of people and of services, who checks them, and tokens.
class Tokens {
 public:
  Tokens();
  const Authenticator& authenticator() const { return *authenticator_; }
  const TokenSigner& service_signer() const { return *services_; }
  // The value of the metadata "authorization"; empty: none is sent.
  const std::string& Of(const Caller& caller, TokenKind kind = TokenKind::kGood);

 private:
  using Key = std::tuple<std::string, char, std::string, std::set<std::string>, TokenKind>;
  std::string Make(const Caller& caller, TokenKind kind) const;

  const TemporaryFolder folder_;
  Metrics metrics_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<TokenSigner> people_, services_, stranger_, other_issuer_, other_audience_;
  std::map<Key, std::string> made_;
};

// The RPC's descriptor.
const google::protobuf::MethodDescriptor& MethodOf(std::string_view service, std::string_view rpc);
// The RPC's request with these fields.
std::unique_ptr<google::protobuf::Message> RequestOf(
    const google::protobuf::MethodDescriptor& method, const std::string& fields);

struct Reply {
  grpc::Status status;
  std::unique_ptr<google::protobuf::Message> message;  // of an answer that is OK; else empty
};

class Client {
 public:
  explicit Client(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}
  Reply Call(const google::protobuf::MethodDescriptor& method,
             const google::protobuf::Message& request, const std::string& authorization);

 private:
  grpc::GenericStub stub_;
};

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_CLIENT_H_
