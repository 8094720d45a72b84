// Requests whose bytes are no message of the contract, and metadata beyond its bound.
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "shared/security/rpc_access.h"
#include "tests/unit/calls/calls_fixture.h"

namespace pepline {
namespace {

using testing::HasSubstr;

class MalformedTest : public CallsTest {};

TEST_F(MalformedTest, BytesThatAreNoRequestAreRefusedWithAReasonByEveryRpc) {
  double refused = 0;
  for (const auto& [rpc, access] : AccessOfRpcs()) {
    // The others are refused before their bytes are read.
    if (!access.gives_personal_data || !MayCall(access.grants, Role::kVirtualSchool)) continue;
    for (const std::string& bytes : {std::string("\x0a\x7f"), std::string("\xff\xff\xff\xff"),
                                     std::string("\x0a\x05"
                                                 "chd")}) {
      const grpc::Status status = Ask(rpc, bytes).status;
      EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << rpc;
      EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << rpc;
      EXPECT_THAT(status.error_message(), HasSubstr(rpc));
      EXPECT_EQ(DetailOf<common::v1::ErrorInfo>(status).domain(), rpc_server_->domain());
      EXPECT_EQ(Refused("malformed"), ++refused);
      EXPECT_EQ(
          metrics_.Value("pepline_rpc_requests_total", {{"rpc", rpc}, {"outcome", "refused"}}),
          static_cast<int>(refused) % 3 == 0 ? 3 : static_cast<int>(refused) % 3);
    }
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(MalformedTest, ATextThatIsNotUtf8IsRefusedAndTheSameInUtf8IsNot) {
  const auto request = [](const std::string& child) {
    return absl::StrCat("\x0a", std::string(1, static_cast<char>(child.size())), child);
  };
  const grpc::Status status = Ask(kGetPep, request("Zo\xeb")).status;
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  EXPECT_THAT(status.error_message(), HasSubstr("UTF-8"));
  EXPECT_EQ(status.error_message().find("Zo"), std::string::npos) << "holds the value";
  EXPECT_TRUE(Ask(kGetPep, request("Zo\xc3\xab")).status.ok());
  EXPECT_TRUE(Ask(kGetPep, "").status.ok()) << "no bytes are an empty message";
}

TEST_F(MalformedTest, ACallThatEndsWithoutARequestIsRefusedWithAReason) {
  const grpc::Status status = AskWithoutRequest(kGetPep);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  EXPECT_EQ(handled_, 0);
}

TEST_F(MalformedTest, TooMuchMetadataIsRefusedAndNobodyElseOnTheConnectionIsDisturbed) {
  absl::Notification begun, go_on;
  backend_->handler = [&](const Call&) {
    if (!begun.HasBeenNotified()) begun.Notify();
    go_on.WaitForNotification();
    return grpc::Status::OK;
  };
  Answered other;
  std::thread caller([&] { other = Ask(kGetPep, ""); });
  begun.WaitForNotification();
  for (int kilobytes : {17, 40}) {
    const grpc::Status status =
        Ask(kGetPep, "", {{"x-much", std::string(kilobytes * 1024, 'x')}}).status;
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "METADATA_TOO_LARGE");
  }
  go_on.Notify();
  caller.join();
  EXPECT_TRUE(other.status.ok()) << other.status.error_message();
  EXPECT_TRUE(Ask(kGetPep, "", {{"x-much", std::string(14 * 1024, 'x')}}).status.ok());
}

}  // namespace
}  // namespace pepline
