// grpc.health.v1 and reflection.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "tests/unit/calls/calls_fixture.h"

namespace pepline {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthTest : public CallsTest {
 protected:
  // UNKNOWN: there is no such service.
  HealthCheckResponse::ServingStatus Health(const std::string& service) {
    HealthCheckRequest request;
    request.set_service(service);
    const Answered answered = AskBare("grpc.health.v1.Health/Check", request.SerializeAsString());
    if (answered.status.error_code() == grpc::NOT_FOUND) return HealthCheckResponse::UNKNOWN;
    EXPECT_TRUE(answered.status.ok()) << answered.status.error_message();
    HealthCheckResponse response;
    EXPECT_TRUE(response.ParseFromString(answered.bytes));
    return response.status();
  }
  // One answer of the reflection stream to one request.
  std::string Reflect(const std::string& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    grpc::CompletionQueue queue;
    const auto next = [&] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    auto call = stub_->PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    call->StartCall(nullptr);
    EXPECT_TRUE(next());
    const grpc::Slice slice(request);
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    EXPECT_TRUE(next());
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    EXPECT_TRUE(next());
    call->WritesDone(nullptr);
    EXPECT_TRUE(next());
    grpc::Status status;
    call->Finish(&status, nullptr);
    EXPECT_TRUE(next());
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(answer.Dump(&slices).ok());
    std::string bytes;
    for (const grpc::Slice& one : slices) {
      bytes.append(reinterpret_cast<const char*>(one.begin()), one.size());
    }
    return bytes;
  }
};

TEST_F(HealthTest, EachServiceIsKnownByItsFullName) {
  const std::vector<std::string> names = {"", registry::v1::RegistryService::service_full_name(),
                                          scheduling::v1::SchedulingService::service_full_name()};
  for (const std::string& name : names) {
    EXPECT_EQ(Health(name), HealthCheckResponse::NOT_SERVING) << name;
  }
  server_->SetServing(true);
  for (const std::string& name : names) {
    EXPECT_EQ(Health(name), HealthCheckResponse::SERVING) << name;
  }
  server_->SetServing(false);
  for (const std::string& name : names) {
    EXPECT_EQ(Health(name), HealthCheckResponse::NOT_SERVING) << name;
  }
  EXPECT_EQ(Health("pepline.registry.v1.NoService"), HealthCheckResponse::UNKNOWN);
}

TEST_F(HealthTest, ReflectionDescribesWhatItLists) {
  const std::string listed = Reflect(std::string("\x3a\x01*", 3));  // list_services
  for (const char* name : {"grpc.health.v1.Health", "pepline.registry.v1.RegistryService"}) {
    EXPECT_TRUE(absl::StrContains(listed, name)) << name;
    const std::string text = name;
    const std::string described =  // file_containing_symbol
        Reflect(absl::StrCat("\x22", std::string(1, static_cast<char>(text.size())), text));
    EXPECT_TRUE(absl::StrContains(described, text.substr(text.rfind('.') + 1))) << name;
    EXPECT_FALSE(absl::StrContains(described, "not found")) << name;
    EXPECT_TRUE(absl::StrContains(described, ".proto")) << name;
  }
}

}  // namespace
}  // namespace pepline
