// What the contract alone forbids is said in one answer with what the handler finds.
#include "absl/strings/str_cat.h"
#include "shared/rpc/request_faults.h"
#include "tests/unit/calls/calls_fixture.h"

namespace pepline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> Fields(const google::protobuf::Message& request) {
  std::vector<std::string> fields;
  for (const FieldViolation& fault : FaultsOf(request)) fields.push_back(fault.field);
  return fields;
}

TEST(RequestFaults, AnEnumNumberThatTheContractDoesNotHaveIsNamedByItsPath) {
  registry::v1::LookUpContactsRequest contacts;
  contacts.add_roles(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  EXPECT_THAT(Fields(contacts), IsEmpty());
  contacts.add_roles(static_cast<common::v1::RecipientRole>(4711));
  EXPECT_THAT(Fields(contacts), ElementsAre("roles[1]"));
  registry::v1::AppointStaffRequest appoint;
  appoint.set_request_id("a");
  appoint.mutable_appointment()->set_role(static_cast<decltype(appoint.appointment().role())>(-3));
  EXPECT_THAT(Fields(appoint), ElementsAre("appointment.role"));
}

TEST(RequestFaults, ARequestIdHasOneToSixtyFourCharactersOfAnyScript) {
  scheduling::v1::FinaliseEpepRequest request;
  EXPECT_THAT(Fields(request), ElementsAre("request_id"));
  std::string id;
  for (int i = 0; i < 64; ++i) id += "\xc5\xa1";  // š: two bytes
  request.set_request_id(id);
  EXPECT_THAT(Fields(request), IsEmpty());
  request.set_request_id(id + "x");
  EXPECT_THAT(Fields(request), ElementsAre("request_id"));
}

TEST(RequestFaults, AFilterThatNothingCanMatchIsNamed) {
  scheduling::v1::ListPepsRequest peps;
  peps.set_school_urn("123034");
  peps.set_authority_code("931");
  peps.set_child_id("chd-abcdefghij0123456789");
  peps.set_academic_year("2099/00");
  peps.set_term("spring");
  EXPECT_THAT(Fields(peps), IsEmpty());
  peps.set_school_urn("12303");
  peps.set_authority_code("Oxfordshire");
  peps.set_child_id("Invented Child");
  peps.set_academic_year("2025/27");
  peps.set_term("Spring");
  peps.set_state(static_cast<scheduling::v1::PepState>(99));
  EXPECT_THAT(Fields(peps), UnorderedElementsAre("school_urn", "authority_code", "child_id",
                                                 "academic_year", "term", "state"));
  for (const FieldViolation& fault : FaultsOf(peps)) {
    for (const char* value : {"12303", "Oxfordshire", "Invented", "2025/27"}) {
      EXPECT_EQ(fault.description.find(value), std::string::npos) << fault.description;
    }
  }
  notifications::v1::ListAlertsRequest alerts;
  alerts.set_level(3);
  EXPECT_THAT(Fields(alerts), IsEmpty());
  alerts.set_level(4);
  EXPECT_THAT(Fields(alerts), ElementsAre("level"));
  funding::v1::ListFundingRequestsRequest requests;
  requests.set_fund_line_id("931.2025-26");
  EXPECT_THAT(Fields(requests), IsEmpty());
  requests.set_fund_line_id("931.2025");
  EXPECT_THAT(Fields(requests), ElementsAre("fund_line_id"));
}

class FaultsTest : public CallsTest {};

TEST_F(FaultsTest, AllThatIsWrongIsSaidInOneAnswer) {
  backend_->handler = [](const Call& call) {
    EXPECT_FALSE(call.faults.empty());
    EXPECT_EQ(call.OriginOf(registry::v1::EnrolChildRequest()).command_id, "");
    return BadRequestStatus("registry.pepline",
                            {{"child_id", "give the child's id"}, {"request_id", "give another"}});
  };
  const grpc::Status status = Ask("pepline.registry.v1.RegistryService/EnrolChild", "").status;
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_THAT(FieldsOf(status), ElementsAre("child_id", "request_id"));
  EXPECT_THAT(status.error_message(), HasSubstr("give another"));
}

TEST_F(FaultsTest, AnAnswerThatWouldLookLikeTheTruthIsNotGiven) {
  backend_->handler = [](const Call&) { return grpc::Status::OK; };
  scheduling::v1::ListPepsRequest request;
  request.set_term("winter");
  request.set_page_size(10);
  const Answered answered =
      Ask("pepline.scheduling.v1.SchedulingService/ListPeps", request.SerializeAsString());
  EXPECT_EQ(answered.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(answered.status), ElementsAre("term"));
  EXPECT_EQ(answered.bytes, "");
}

}  // namespace
}  // namespace pepline
