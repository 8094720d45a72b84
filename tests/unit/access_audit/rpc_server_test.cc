// The RPC server and the audit trail: every call of an RPC that gives out personal data leaves one
// line before it is answered, and no other call leaves any.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/rpc/rpc_service.h"
#include "shared/security/auth.h"
#include "tests/unit/access_audit/all_services.h"
#include "tests/unit/access_audit/captured_log.h"

namespace pepline {
namespace {

using testing::HasSubstr;

constexpr char kGetChild[] = "pepline.registry.v1.RegistryService/GetChild";
constexpr Role kRoles[] = {Role::kVirtualSchool, Role::kDesignatedTeacher,
                           Role::kSocialWorker,  Role::kIndependentReviewingOfficer,
                           Role::kFinance,       Role::kAuditor,
                           Role::kService,       Role::kHeadteacher};

class RpcServerTrailTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string key = folder_.path() + "/key";
    const std::string jwks = folder_.path() + "/jwks";
    const std::string service_key = folder_.path() + "/service-key";
    const std::string service_jwks = folder_.path() + "/service-jwks";
    ASSERT_TRUE(MakeSigningKey(key, jwks).ok());
    ASSERT_TRUE(MakeSigningKey(service_key, service_jwks).ok());
    authenticator_ =
        *Authenticator::Create({jwks, "test", "pepline", service_jwks, "test-services"}, metrics_);
    signer_ = *TokenSigner::Create(key, "test", "pepline");
    service_signer_ = *TokenSigner::Create(service_key, "test-services", "pepline");
    rpc_server_ = std::make_unique<RpcServer>(pool_, *authenticator_, metrics_, "test.pepline");
    backend_ = std::make_unique<RpcBackend>(RpcBackend{*rpc_server_, Fine});
    services_ = std::make_unique<ServedServices>(*backend_);
    auto server = GrpcServer::Start({}, services_->services(), metrics_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials()));
  }

  static grpc::Status Fine(const Call&) { return grpc::Status::OK; }
  static Actor Somebody(Role role) {
    return {.subject = "stf-00000000000000000001",
            .role = role,
            .authority = AuthorityCode("931"),
            .schools = {}};
  }
  static std::optional<Role> RoleThat(bool may, std::string_view rpc) {
    for (Role role : kRoles) {
      if (MayCall(AccessTo(rpc).grants, role) == may) return role;
    }
    return std::nullopt;
  }

  // Calls with a request that has a request_id and nothing else; by nobody without a role.
  grpc::Status Ask(std::string_view rpc, std::optional<Role> role) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    if (role) {
      const TokenSigner& signer = *role == Role::kService ? *service_signer_ : *signer_;
      context.AddMetadata("authorization",
                          "Bearer " + *signer.Sign(Somebody(*role), absl::Minutes(5)));
    }
    grpc::CompletionQueue queue;
    const grpc::Slice id("\x0a\x01x");  // field 1, where a command has its request_id
    auto call = stub_->PrepareUnaryCall(&context, absl::StrCat("/", std::string(rpc)),
                                        grpc::ByteBuffer(&id, 1), &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&answer_, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status;
  }
  double Reads(const char* outcome) const {
    return metrics_.Value("pepline_personal_data_reads_total", {{"outcome", outcome}});
  }
  // The one line that the last call left.
  AuditLine OnlyLine(std::string_view rpc) {
    const std::vector<AuditLine> lines = log_.NewLines();
    EXPECT_EQ(lines.size(), 1u) << rpc;
    if (lines.size() != 1) return AuditLine::object();
    EXPECT_EQ(lines.front()["audit"], "personal-data-read");
    EXPECT_EQ(lines.front()["rpc"], std::string(rpc));
    return lines.front();
  }

  CapturedLog log_;
  const TemporaryFolder folder_;
  Metrics metrics_;
  WorkerPool pool_{2, 100};
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<TokenSigner> service_signer_;
  std::unique_ptr<RpcServer> rpc_server_;
  std::unique_ptr<RpcBackend> backend_;
  std::unique_ptr<ServedServices> services_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::ByteBuffer answer_;
};

TEST_F(RpcServerTrailTest, EveryMarkedRpcLeavesOneLineWhateverBecomesOfTheCall) {
  int marked = 0;
  for (const auto& [rpc, access] : AccessOfRpcs()) {
    if (!access.gives_personal_data) continue;
    ++marked;
    SCOPED_TRACE(rpc);
    const std::optional<Role> may = RoleThat(true, rpc);
    const std::optional<Role> may_not = RoleThat(false, rpc);
    ASSERT_TRUE(may && may_not);
    const grpc::Status answered = Ask(rpc, may);
    EXPECT_TRUE(answered.ok()) << answered.error_message();
    AuditLine line = OnlyLine(rpc);
    EXPECT_EQ(line["outcome"], "answered");
    EXPECT_EQ(line["role"], std::string(RoleName(*may)));
    EXPECT_EQ(line["subject"], "stf-00000000000000000001");
    EXPECT_EQ(line["trace"].get<std::string>().size(), 32u);

    EXPECT_EQ(Ask(rpc, may_not).error_code(), grpc::PERMISSION_DENIED);
    line = OnlyLine(rpc);
    EXPECT_EQ(line["outcome"], "denied");
    EXPECT_EQ(line["role"], std::string(RoleName(*may_not)));

    EXPECT_EQ(Ask(rpc, std::nullopt).error_code(), grpc::UNAUTHENTICATED);
    EXPECT_EQ(OnlyLine(rpc)["outcome"], "unauthenticated");
  }
  EXPECT_GT(marked, 15);
  EXPECT_EQ(Reads("answered"), marked);
  EXPECT_EQ(Reads("denied"), marked);
  EXPECT_EQ(Reads("unauthenticated"), marked);
  EXPECT_EQ(Reads("unwritten"), 0);
}

TEST_F(RpcServerTrailTest, ARecordOfSomebodyElseIsDeniedOnTheTrailAndNotFoundForTheCaller) {
  Resource resource{AuthorityCode("933"), {}};
  backend_->handler = [&](const Call& call) {
    EXPECT_FALSE(call.MayTouch(resource));
    return DeniedStatus("test.pepline");
  };
  EXPECT_EQ(Ask(kGetChild, Role::kSocialWorker).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(OnlyLine(kGetChild)["outcome"], "denied");
  resource = {};
  EXPECT_EQ(Ask(kGetChild, Role::kSocialWorker).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(OnlyLine(kGetChild)["outcome"], "not-found");
}

TEST_F(RpcServerTrailTest, WhatIsNotMarkedLeavesNone) {
  for (const char* rpc : {"pepline.registry.v1.RegistryService/GetSchoolCalendar",
                          "pepline.registry.v1.RegistryService/EnrolChild",
                          "pepline.scheduling.v1.SchedulingService/FinaliseEpep",
                          "pepline.assessments.v1.AssessmentsService/ReviewSdq",
                          "pepline.funding.v1.FundingService/GetFundLine",
                          "pepline.notifications.v1.NotificationsService/AcknowledgeAlert"}) {
    ASSERT_FALSE(AccessTo(rpc).gives_personal_data);
    EXPECT_TRUE(Ask(rpc, Role::kVirtualSchool).ok()) << rpc;
    EXPECT_EQ(Ask(rpc, std::nullopt).error_code(), grpc::UNAUTHENTICATED) << rpc;
  }
  EXPECT_TRUE(log_.NewLines().empty());
  EXPECT_EQ(Reads("answered") + Reads("denied") + Reads("unauthenticated"), 0);
}

TEST_F(RpcServerTrailTest, NothingIsGivenOutWhileTheTrailCannotBeWritten) {
  log_.BreakOff();
  const grpc::Status status = Ask(kGetChild, Role::kSocialWorker);
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("audit trail"));
  EXPECT_THAT(status.error_details(), HasSubstr("AUDIT_TRAIL_AWAY"));
  EXPECT_EQ(Ask(kGetChild, Role::kFinance).error_code(), grpc::PERMISSION_DENIED)
      << "a refusal gives nothing out and stays what it is";
  EXPECT_TRUE(Ask("pepline.registry.v1.RegistryService/GetSchoolCalendar", Role::kFinance).ok());
  EXPECT_EQ(Reads("unwritten"), 2);
  EXPECT_EQ(Reads("answered"), 0);
  log_.GoOn();
  EXPECT_TRUE(Ask(kGetChild, Role::kSocialWorker).ok());
  EXPECT_EQ(OnlyLine(kGetChild)["outcome"], "answered");
}

TEST_F(RpcServerTrailTest, ACallThatThePoolDoesNotTakeIsOnTheTrailToo) {
  pool_.Stop();
  EXPECT_EQ(Ask(kGetChild, Role::kSocialWorker).error_code(), grpc::RESOURCE_EXHAUSTED);
  const AuditLine line = OnlyLine(kGetChild);
  EXPECT_EQ(line["outcome"], "failed");
  EXPECT_FALSE(line.contains("subject")) << "nobody looked at the token";
}

TEST(RpcServiceDeathTest, AServiceThatLeavesAnRpcOutDoesNotStartAndNamesIt) {
  const char* const funding = funding::v1::FundingService::service_full_name();
  EXPECT_DEATH(CheckAllAreServed(funding, {0}), "FundingService.ChangeFundLine is served by no");
  EXPECT_DEATH(CheckAllAreServed("pepline.Nobody", {}), "there is no service pepline.Nobody");
}

}  // namespace
}  // namespace pepline
