#include "tests/component/reach/client.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"

namespace pepline::reach {
namespace {

constexpr char kIssuer[] = "people.example";
constexpr char kServiceIssuer[] = "services.example";
constexpr char kAudience[] = "pepline";
constexpr absl::Duration kGoodFor = absl::Minutes(110);
constexpr absl::Duration kPatience = absl::Seconds(60);

Actor ActorOf(const Caller& caller) {
  Actor actor{.subject = caller.subject,
              .role = *ParseRole(NameOfRole(caller.role)),
              .authority = AuthorityCode(caller.authority),
              .schools = {}};
  for (const std::string& urn : caller.schools) actor.schools.insert(SchoolUrn(urn));
  return actor;
}

// The token's three parts with another text in one of them.
std::string Changed(const std::string& token, std::size_t part, const char* from, const char* to) {
  std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::string text;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(parts[part], &text));
  parts[part] = absl::WebSafeBase64Escape(absl::StrReplaceAll(text, {{from, to}}));
  return absl::StrCat(parts[0], ".", parts[1], ".", parts[2]);
}

}  // namespace

std::string_view NameOf(TokenKind kind) {
  static constexpr std::string_view kNames[kTokenKinds] = {"good",
                                                           "missing",
                                                           "garbled",
                                                           "unsigned",
                                                           "expired",
                                                           "another key's",
                                                           "another issuer's",
                                                           "another audience's",
                                                           "the other issuer's"};
  return kNames[static_cast<int>(kind)];
}

Tokens::Tokens() {
  const auto file = [this](const char* name) { return absl::StrCat(folder_.path(), "/", name); };
  for (const char* name : {"people", "services", "stranger"}) {
    EXPECT_TRUE(MakeSigningKey(file(name), absl::StrCat(file(name), ".jwks")).ok());
  }
  auto checks = Authenticator::Create({.jwks_path = file("people.jwks"),
                                       .issuer = kIssuer,
                                       .audience = kAudience,
                                       .service_jwks_path = file("services.jwks"),
                                       .service_issuer = kServiceIssuer},
                                      metrics_);
  EXPECT_TRUE(checks.ok()) << checks.status();
  authenticator_ = *std::move(checks);
  people_ = *TokenSigner::Create(file("people"), kIssuer, kAudience);
  services_ = *TokenSigner::Create(file("services"), kServiceIssuer, kAudience);
  stranger_ = *TokenSigner::Create(file("stranger"), kIssuer, kAudience);
  other_issuer_ = *TokenSigner::Create(file("people"), "elsewhere.example", kAudience);
  other_audience_ = *TokenSigner::Create(file("people"), kIssuer, "another-product");
}

const std::string& Tokens::Of(const Caller& caller, TokenKind kind) {
  const Key key{caller.subject, caller.role, caller.authority, caller.schools, kind};
  const auto [found, is_new] = made_.try_emplace(key);
  if (is_new) found->second = Make(caller, kind);
  return found->second;
}

std::string Tokens::Make(const Caller& caller, TokenKind kind) const {
  const bool is_service = caller.role == 'P';
  const TokenSigner& own = is_service ? *services_ : *people_;
  const auto sign = [&](const TokenSigner& signer, absl::Duration valid_for = kGoodFor) {
    const auto token = signer.Sign(ActorOf(caller), valid_for);
    EXPECT_TRUE(token.ok()) << token.status();
    return *token;
  };
  switch (kind) {
    case TokenKind::kMissing:
      return "";
    case TokenKind::kGood:
      return "Bearer " + sign(own);
    case TokenKind::kGarbled:
      return "Bearer " + Changed(sign(own), 1, "\"role\"", "\"role\":\"finance\",\"was\"");
    case TokenKind::kUnsigned: {
      const std::string token = Changed(sign(own), 0, "ES256", "none");
      return "Bearer " + token.substr(0, token.rfind('.') + 1);
    }
    case TokenKind::kExpired:
      return "Bearer " + sign(own, -absl::Minutes(1));
    case TokenKind::kOfAnotherKey:
      return "Bearer " + sign(*stranger_);
    case TokenKind::kOfAnotherIssuer:
      return "Bearer " + sign(*other_issuer_);
    case TokenKind::kOfAnotherAudience:
      return "Bearer " + sign(*other_audience_);
    case TokenKind::kOfTheOtherIssuer:
      return "Bearer " + sign(is_service ? *people_ : *services_);
  }
  return "";
}

const google::protobuf::MethodDescriptor& MethodOf(std::string_view service, std::string_view rpc) {
  std::string name(service);
  name[0] = absl::ascii_toupper(static_cast<unsigned char>(name[0]));
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrCat("pepline.", std::string(service), ".v1.", name, "Service.", std::string(rpc)));
  EXPECT_NE(found, nullptr) << rpc;
  if (found == nullptr) std::abort();
  return *found;
}

std::unique_ptr<google::protobuf::Message> RequestOf(
    const google::protobuf::MethodDescriptor& method, const std::string& fields) {
  std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method.input_type())
          ->New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(fields, request.get())) << fields;
  return request;
}

Reply Client::Call(const google::protobuf::MethodDescriptor& method,
                   const google::protobuf::Message& request, const std::string& authorization) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  const grpc::Slice bytes(request.SerializeAsString());
  grpc::CompletionQueue queue;
  const auto call = stub_.PrepareUnaryCall(
      &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()),
      grpc::ByteBuffer(&bytes, 1), &queue);
  call->StartCall();
  Reply reply{.status = {},
              .message = std::unique_ptr<google::protobuf::Message>(
                  google::protobuf::MessageFactory::generated_factory()
                      ->GetPrototype(method.output_type())
                      ->New())};
  grpc::ByteBuffer answer;
  call->Finish(&answer, &reply.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  if (!reply.status.ok()) return reply;
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(answer.Dump(&slices).ok());
  std::string whole;
  for (const grpc::Slice& slice : slices) {
    whole.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  EXPECT_TRUE(reply.message->ParseFromString(whole));
  return reply;
}

}  // namespace pepline::reach
