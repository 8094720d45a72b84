// Who is let in but may not call this: the identity of the certificate and the role of the token
// must both allow a call.
#include "shared/domain/access/peers.h"

#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "tests/component/support/refusal_of.h"
#include "tests/component/tls/tls_fixture.h"

namespace pepline {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TlsPeersTest : public TlsTest {
 protected:
  std::shared_ptr<grpc::Channel> As(const CertificateWish& wish) {
    return Connect(Showing(Issue(wish), authority_->certificate()));
  }
  double Refused() const { return service_->Metric("pepline_rpc_refused_total{cause=\"peer\"}"); }
};

TEST_F(TlsPeersTest, EachPeerCallsWhatTheTableSays) {
  ASSERT_NO_FATAL_FAILURE(Begin("funding"));
  int refused = 0;
  for (const Peer& peer : Peers()) {
    const grpc::Status status = Ask(As({.identity = std::string(peer.identity)}));
    if (peer.name == "gateway" || peer.name == "pepctl") {
      EXPECT_TRUE(LetIn(status)) << peer.name;
      continue;
    }
    ++refused;
    EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED) << peer.name;
    EXPECT_EQ(ReasonOf(status, "funding"), "PEER_NOT_ALLOWED") << peer.name;
    EXPECT_THAT(status.error_message(), HasSubstr(std::string(peer.identity)));
    EXPECT_THAT(status.error_message(), HasSubstr("FundingService/GetFundLine"));
  }
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(Refused(), refused);
}

TEST_F(TlsPeersTest, ACertificateWithoutAKnownIdentityCallsNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin("funding"));
  for (const char* identity :
       {"", "spiffe://pepline/stranger", "spiffe://elsewhere/pepctl", "https://pepline/pepctl"}) {
    const grpc::Status status = Ask(As({.identity = identity}));
    EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED) << identity;
    EXPECT_EQ(ReasonOf(status, "funding"), "PEER_NOT_ALLOWED") << identity;
  }
}

TEST_F(TlsPeersTest, OnlyNotificationsLooksUpAddresses) {
  ASSERT_NO_FATAL_FAILURE(Begin("registry"));
  const auto look_up = [&](const std::string& peer, const Actor& actor) {
    registry::v1::LookUpContactsRequest request;
    request.set_authority_code("931");
    request.set_child_id("chd-abcdefghij0123456789");
    registry::v1::LookUpContactsResponse response;
    const auto context = service_->Context(actor);
    return registry::v1::RegistryService::NewStub(As(WishFor(peer)))
        ->LookUpContacts(context.get(), request, &response);
  };
  const grpc::Status right = look_up("notifications", PeplineService());
  EXPECT_NE(right.error_code(), grpc::PERMISSION_DENIED) << right.error_message();
  EXPECT_NE(right.error_code(), grpc::UNAVAILABLE) << right.error_message();
  // A service's token in other hands is not enough, and neither is the certificate alone.
  for (const char* peer : {"pepctl", "gateway", "funding", "registry"}) {
    const grpc::Status status = look_up(peer, PeplineService());
    EXPECT_EQ(ReasonOf(status, "registry"), "PEER_NOT_ALLOWED") << peer;
  }
  const grpc::Status person = look_up("notifications", VirtualSchool());
  EXPECT_EQ(person.error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(person, "registry"), "ROLE_NOT_ALLOWED");
  // Each of them is on the audit trail, by the peer too.
  std::vector<std::string> trail;
  for (const absl::string_view line : absl::StrSplit(Log(), '\n')) {
    if (absl::StrContains(line, "personal-data-read")) trail.emplace_back(line);
  }
  const auto denied = [](const char* peer) {
    return AllOf(HasSubstr(R"("outcome":"denied")"),
                 HasSubstr(absl::StrCat(R"("peer":"spiffe://pepline/)", peer, "\"")));
  };
  EXPECT_THAT(trail, ElementsAre(HasSubstr(R"("peer":"spiffe://pepline/notifications")"),
                                 denied("pepctl"), denied("gateway"), denied("funding"),
                                 denied("registry"), denied("notifications")));
}

TEST_F(TlsPeersTest, HealthIsOpenToEveryPeer) {
  ASSERT_NO_FATAL_FAILURE(Begin("funding"));
  for (const char* peer : {"notifications", "pepctl"}) {
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(As(WishFor(peer)));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    const grpc::Slice nothing("");
    const grpc::ByteBuffer request(&nothing, 1);
    auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_TRUE(status.ok()) << peer << ": " << status.error_message();
  }
}

}  // namespace
}  // namespace pepline
