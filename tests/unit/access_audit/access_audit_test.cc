// What a line of the audit trail says, and what it never repeats.
#include "shared/rpc/access_audit.h"

#include <gmock/gmock.h>

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "shared/observability/log.h"
#include "tests/unit/access_audit/captured_log.h"

namespace pepline {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kChild[] = "chd-abcdefghij0123456789";

Call CallOf(const std::string& rpc) {
  return {.rpc = "pepline.registry.v1.RegistryService/" + rpc,
          .actor = {.subject = "stf-00000000000000000001",
                    .role = Role::kSocialWorker,
                    .authority = AuthorityCode("931"),
                    .schools = {}},
          .traceparent = kTraceparent,
          .peer = "spiffe://pepline/gateway"};
}

class AccessAuditTest : public testing::Test {
 protected:
  AuditLine Noted(const Call& call, const grpc::Status& status,
                  const google::protobuf::Message& request,
                  const google::protobuf::Message& response) {
    EXPECT_TRUE(NoteRead(call, status, request, response));
    std::vector<AuditLine> lines = log_.NewLines();
    EXPECT_EQ(lines.size(), 1u);
    return lines.size() == 1 ? lines.front() : AuditLine::object();
  }
  // Of a GetChild with this child_id that was answered.
  AuditLine NotedChild(const std::string& child_id, const Call& call = CallOf("GetChild")) {
    registry::v1::GetChildRequest request;
    request.set_child_id(child_id);
    registry::v1::GetChildResponse response;
    response.mutable_child()->set_given_name("Amber");
    response.mutable_child()->set_family_name("Test-Alder");
    return Noted(call, grpc::Status::OK, request, response);
  }

  CapturedLog log_;
};

TEST_F(AccessAuditTest, SaysWhoAskedForWhomAndWhatBecameOfIt) {
  SetLogService("registry");
  AuditLine line = NotedChild(kChild);
  EXPECT_TRUE(line.contains("time"));
  line.erase("time");
  const AuditLine expected = {{"level", "info"},
                              {"service", "registry"},
                              {"message", "personal data was asked for"},
                              {"audit", "personal-data-read"},
                              {"rpc", "pepline.registry.v1.RegistryService/GetChild"},
                              {"outcome", "answered"},
                              {"role", "social-worker"},
                              {"subject", "stf-00000000000000000001"},
                              {"peer", "spiffe://pepline/gateway"},
                              {"aggregate_id", kChild},
                              {"count", "1"},
                              {"trace", "4bf92f3577b34da6a3ce929d0e0e4736"}};
  EXPECT_EQ(line, expected) << line.dump();
}

TEST_F(AccessAuditTest, AListSaysItsScopeAndHowManyItHeld) {
  registry::v1::ListChildrenRequest request;
  request.set_authority_code("931");
  request.set_school_urn("123456");
  registry::v1::ListChildrenResponse response;
  for (int i = 0; i < 3; ++i) response.add_children()->set_given_name("Amber");
  const AuditLine line = Noted(CallOf("ListChildren"), grpc::Status::OK, request, response);
  EXPECT_EQ(line["authority"], "931");
  EXPECT_EQ(line["school"], "123456");
  EXPECT_EQ(line["count"], "3");
  EXPECT_FALSE(line.contains("aggregate_id"));
  EXPECT_THAT(log_.Text(), Not(HasSubstr("Amber")));
}

TEST_F(AccessAuditTest, KnowsTheIdsOfEveryService) {
  assessments::v1::GetSdqRequest sdq;
  sdq.set_sdq_id("chd-abcdefghij0123456789.2.pep.teacher");
  assessments::v1::GetSdqResponse answer;
  answer.add_bands()->set_score(20);
  answer.add_bands()->set_score(7);
  AuditLine line = Noted(CallOf("GetSdq"), grpc::Status::OK, sdq, answer);
  EXPECT_EQ(line["aggregate_id"], sdq.sdq_id());
  EXPECT_EQ(line["count"], "1") << "bands are no records";
  notifications::v1::GetAlertRequest alert;
  for (const char* id : {"chd-abcdefghij0123456789.1.finalise-within-5-school-days",
                         "123456.designated-teacher-vacancy"}) {
    alert.set_alert_id(id);
    line =
        Noted(CallOf("GetAlert"), grpc::Status::OK, alert, notifications::v1::GetAlertResponse());
    EXPECT_EQ(line["aggregate_id"], id);
  }
}

TEST_F(AccessAuditTest, RepeatsNothingThatDoesNotLookLikeAnIdOfOurs) {
  for (const char* typed : {"Amber Test-Alder", "amber", "T931000020001", "2015-05-03", "chd-Amber",
                            "chd-amber test-alder", "petra@meadow.example", "chd-\xff"}) {
    EXPECT_EQ(NotedChild(typed)["aggregate_id"], "unreadable") << typed;
  }
  EXPECT_EQ(NotedChild("chd-" + std::string(300, 'a'))["aggregate_id"], "unreadable");
  EXPECT_FALSE(NotedChild("").contains("aggregate_id"));
  registry::v1::ListStaffRequest request;
  request.set_authority_code("Petra Sample");
  EXPECT_EQ(Noted(CallOf("ListStaff"), grpc::Status::OK, request,
                  registry::v1::ListStaffResponse())["authority"],
            "unreadable");
  for (const char* personal : {"mber", "T9310", "etra", "2015-05-03"}) {
    EXPECT_THAT(log_.Text(), Not(HasSubstr(personal)));
  }
}

TEST_F(AccessAuditTest, SaysASubjectThatIsNotOpaqueAsItsDigest) {
  Call call = CallOf("GetChild");
  for (const char* opaque : {"stf-1", "pepline-notifications", "auth0|5f7c8ec7c33c6c004bbafe82",
                             "6e9e1f2c-1d3b-4c8e-9a52-0d2f6b1a7c11"}) {
    call.actor.subject = opaque;
    EXPECT_EQ(NotedChild(kChild, call)["subject"], opaque);
  }
  call.actor.subject = "petra@meadow.example";
  // printf %s petra@meadow.example | sha256sum
  EXPECT_EQ(NotedChild(kChild, call)["subject"],
            "sha256:69303d52f67863fd5cfcf872ad34931903b7796d0677f68af572016c59082cd2");
  EXPECT_THAT(log_.Text(), Not(HasSubstr("petra")));
}

TEST_F(AccessAuditTest, SaysNobodyWhereNobodyIsKnown) {
  Call call = CallOf("GetChild");
  call.actor = {};
  call.peer = "";
  const AuditLine line = Noted(call, grpc::Status(grpc::UNAUTHENTICATED, ""),
                               registry::v1::GetChildRequest(), registry::v1::GetChildResponse());
  EXPECT_EQ(line["outcome"], "unauthenticated");
  for (const char* field : {"role", "subject", "peer", "count"}) {
    EXPECT_FALSE(line.contains(field)) << field;
  }
}

TEST(ReadOutcome, TellsSomebodyElsesRecordFromOneThatIsNotThere) {
  const char* rpc = "pepline.registry.v1.RegistryService/GetChild";
  Call call = CallOf("GetChild");
  ASSERT_EQ(call.rpc, rpc);
  const grpc::Status not_found(grpc::NOT_FOUND, "");
  EXPECT_FALSE(call.MayTouch({}));
  EXPECT_EQ(ReadOutcome(call, not_found), "not-found");
  EXPECT_FALSE(call.MayTouch({AuthorityCode("933"), SchoolUrn("123456")}));
  EXPECT_EQ(ReadOutcome(call, not_found), "denied");
  EXPECT_TRUE(call.MayTouch({AuthorityCode("931"), {}}));
  EXPECT_EQ(ReadOutcome(call, not_found), "not-found");
}

TEST(ReadOutcome, HasAWordForEveryCode) {
  const Call call = CallOf("GetChild");
  const auto of = [&](grpc::StatusCode code) {
    return std::string(ReadOutcome(call, grpc::Status(code, "")));
  };
  EXPECT_EQ(of(grpc::OK), "answered");
  EXPECT_EQ(of(grpc::PERMISSION_DENIED), "denied");
  EXPECT_EQ(of(grpc::INVALID_ARGUMENT), "refused");
  EXPECT_EQ(of(grpc::FAILED_PRECONDITION), "refused");
  EXPECT_EQ(of(grpc::ALREADY_EXISTS), "refused");
  EXPECT_EQ(of(grpc::UNAVAILABLE), "failed");
  EXPECT_EQ(of(grpc::RESOURCE_EXHAUSTED), "failed");
  EXPECT_EQ(of(grpc::DEADLINE_EXCEEDED), "failed");
}

}  // namespace
}  // namespace pepline
