#include "tests/unit/calls/calls_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

Answered Send(grpc::GenericStub& stub, grpc::ClientContext& context, const std::string& rpc,
              const std::string& request) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, absl::StrCat("/", rpc), ToBuffer(request), &queue);
  call->StartCall();
  Answered answered;
  grpc::ByteBuffer answer;
  call->Finish(&answer, &answered.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  for (const auto& [name, value] : context.GetServerTrailingMetadata()) {
    answered.trailing.emplace(std::string(name.data(), name.size()),
                              std::string(value.data(), value.size()));
  }
  answered.bytes = ToBytes(answer);
  return answered;
}

}  // namespace

void CallsTest::SetUp() {
  const std::string key = folder_.path() + "/key";
  const std::string jwks = folder_.path() + "/jwks";
  ASSERT_TRUE(MakeSigningKey(key, jwks).ok());
  authenticator_ = *Authenticator::Create({jwks, "test", "pepline"}, metrics_);
  const auto signer = *TokenSigner::Create(key, "test", "pepline");
  token_ = *signer->Sign({.subject = "stf-00000000000000000001",
                          .role = Role::kVirtualSchool,
                          .authority = AuthorityCode("931"),
                          .schools = {}},
                         absl::Minutes(5));
  rpc_server_ = std::make_unique<RpcServer>(pool_, *authenticator_, metrics_, "scheduling.pepline");
  backend_ = std::make_unique<RpcBackend>(RpcBackend{*rpc_server_, [this](const Call&) {
                                                       ++handled_;
                                                       return grpc::Status::OK;
                                                     }});
  services_ = std::make_unique<ServedServices>(*backend_);
  auto server = GrpcServer::Start({}, services_->services(), metrics_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                 grpc::InsecureChannelCredentials());
  stub_ = std::make_unique<grpc::GenericStub>(channel_);
}

Answered CallsTest::Ask(const std::string& rpc, const std::string& request,
                        const std::map<std::string, std::string>& metadata) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
  return Send(*stub_, context, rpc, request);
}

Answered CallsTest::AskBare(const std::string& rpc, const std::string& request) {
  grpc::ClientContext context;
  return Send(*stub_, context, rpc, request);
}

grpc::Status CallsTest::AskWithoutRequest(const std::string& rpc) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call = stub_->PrepareCall(&context, absl::StrCat("/", rpc), &queue);
  call->StartCall(nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok));
  call->WritesDone(nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok));
  grpc::Status status;
  call->Finish(&status, nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok));
  return status;
}

std::vector<std::string> CallsTest::FieldsOf(const grpc::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<common::v1::BadRequest>(status);
  for (const auto& one : bad.field_violations()) {
    fields.push_back(one.field());
    EXPECT_FALSE(one.description().empty());
  }
  return fields;
}

}  // namespace pepline
