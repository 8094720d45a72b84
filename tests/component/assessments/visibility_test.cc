// Who may see and do what: of the child's school and authority now, with a good token, in time.
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

class AssessmentsVisibilityTest : public AssessmentsTest {
 protected:
  // Every RPC about one child, but the list.
  using Ask = std::function<grpc::Status(const Actor&)>;
  template <class Request, class Response>
  std::pair<const char*, Ask> Asking(const char* name, Rpc<Request, Response> rpc,
                                     std::type_identity_t<Request> request) {
    return {name, [this, rpc, request](const Actor& actor) {
              Response response;
              return Call(rpc, request, response, actor);
            }};
  }
  std::vector<std::pair<const char*, Ask>> EveryRpc() {
    v1::GetSdqRequest get_sdq;
    get_sdq.set_sdq_id(kTeachersSdq);
    v1::GetPupilViewsRequest get_views;
    get_views.set_child_id(kChild);
    return {
        Asking("RequestSdq", &Stub::RequestSdq, Complete(Requesting(v1::SDQ_INFORMANT_SELF))),
        Asking("MarkSdqSent", &Stub::MarkSdqSent, Complete(Sending())),
        Asking("RecordSdqAnswers", &Stub::RecordSdqAnswers, Complete(Answering())),
        Asking("RecordSdqScores", &Stub::RecordSdqScores, Complete(Scoring(12))),
        Asking("ReviewSdq", &Stub::ReviewSdq, Complete(Reviewing(""))),
        Asking("RecordSdqNotObtained", &Stub::RecordSdqNotObtained,
               Complete(NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ2))),
        Asking("CapturePupilViews", &Stub::CapturePupilViews, Complete(Capturing("I like art"))),
        Asking("DeclinePupilViews", &Stub::DeclinePupilViews, Complete(Declining("no"))),
        Asking("GetSdq", &Stub::GetSdq, get_sdq),
        Asking("GetPupilViews", &Stub::GetPupilViews, get_views),
    };
  }
};

TEST_F(AssessmentsVisibilityTest, AChildOfAnotherSchoolOrAuthorityIsNotThereAtAll) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::GetSdqRequest unknown;
  unknown.set_sdq_id("chd-unknown0000000000001.1.pep.teacher");
  v1::GetSdqResponse response;
  const grpc::Status not_there = Call(&Stub::GetSdq, unknown, response, VirtualSchool());
  EXPECT_EQ(not_there.error_code(), grpc::NOT_FOUND);
  for (const auto& [name, ask] : EveryRpc()) {
    for (const Actor& stranger :
         {DesignatedTeacher(kOtherSchool), OfAuthority(Role::kVirtualSchool, "825")}) {
      const grpc::Status status = ask(stranger);
      EXPECT_EQ(status.error_code(), grpc::NOT_FOUND) << name;
      EXPECT_EQ(status.error_details(), not_there.error_details()) << name;
      EXPECT_EQ(status.error_message(), not_there.error_message()) << "existence is a secret";
    }
  }
  EXPECT_EQ(Said().size(), 1u) << "nothing was done";
}

TEST_F(AssessmentsVisibilityTest, AnUnknownChildIsNobodys) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto request = Requesting(v1::SDQ_INFORMANT_CARER);
  request.set_child_id("chd-unknown0000000000001");
  EXPECT_EQ(Refused(&Stub::RequestSdq, request, VirtualSchool()), "NOT_FOUND");
  auto views = Capturing("I like art");
  views.set_child_id("chd-unknown0000000000001");
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, views, VirtualSchool()), "NOT_FOUND");
  EXPECT_TRUE(Said("chd-unknown0000000000001").empty());
}

TEST_F(AssessmentsVisibilityTest, AMoveOfSchoolTakesAccessWithTheChild) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Send(&Stub::CapturePupilViews, Capturing("I like art"));
  SayMovedSchool(kChild, kOtherSchool);
  Settle();
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending(), DesignatedTeacher(kSchool)), "NOT_FOUND");
  v1::GetPupilViewsRequest request;
  request.set_child_id(kChild);
  v1::GetPupilViewsResponse response;
  EXPECT_EQ(Call(&Stub::GetPupilViews, request, response, DesignatedTeacher(kSchool)).error_code(),
            grpc::NOT_FOUND);
  EXPECT_TRUE(Call(&Stub::GetPupilViews, request, response, DesignatedTeacher(kOtherSchool)).ok());
  EXPECT_EQ(Send(&Stub::MarkSdqSent, Sending(), DesignatedTeacher(kOtherSchool)).sdq().state(),
            v1::SDQ_STATE_SENT);
}

TEST_F(AssessmentsVisibilityTest, ARoleWithoutARowMayNotCall) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  for (const auto& [name, ask] : EveryRpc()) {
    for (const Actor& actor : {Finance(), PeplineService(),
                               OfAuthority(Role::kIndependentReviewingOfficer, kAuthority)}) {
      const grpc::Status status = ask(actor);
      EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED) << name;
      EXPECT_EQ(ReasonOf(status), "ROLE_NOT_ALLOWED") << name;
    }
  }
  EXPECT_EQ(Refused(&Stub::ReviewSdq, Reviewing(""), SocialWorker()), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending(), OfAuthority(Role::kAuditor, kAuthority)),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Content(kTeachersSdq, OfAuthority(Role::kAuditor, kAuthority)).sdq().sdq_id(),
            kTeachersSdq);
}

TEST_F(AssessmentsVisibilityTest, ATokenMustBeGoodAndADeadlineSet) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::GetSdqRequest request;
  request.set_sdq_id(kTeachersSdq);
  v1::GetSdqResponse response;
  const auto call_with = [&](const std::string& bearer, bool deadline) {
    grpc::ClientContext context;
    if (!bearer.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", bearer));
    if (deadline) context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    return stub_->GetSdq(&context, request, &response);
  };
  const auto good = service_->signer().Sign(VirtualSchool(), absl::Minutes(5));
  const auto expired = service_->signer().Sign(VirtualSchool(), -absl::Minutes(5));
  ASSERT_TRUE(good.ok() && expired.ok());
  std::string forged = *good;
  forged[forged.size() - 8] = forged[forged.size() - 8] == 'A' ? 'B' : 'A';
  EXPECT_EQ(call_with(*good, true).error_code(), grpc::OK);
  EXPECT_EQ(call_with(*expired, true).error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(call_with(forged, true).error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(call_with("", true).error_code(), grpc::UNAUTHENTICATED);
  const grpc::Status no_deadline = call_with(*good, false);
  EXPECT_EQ(no_deadline.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(no_deadline), "NO_DEADLINE");
}

TEST_F(AssessmentsVisibilityTest, ListsPageThroughEverySdqOnceAndFilter) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto child_of = [](int number) { return absl::StrFormat("chd-list%016d", number); };
  for (int i = 0; i < 15; ++i) {  // odd ones at the other school
    SayInCare(child_of(i), i % 2 == 0 ? kSchool : kOtherSchool);
    SayPepOpened(child_of(i));
  }
  SayMeeting("2025-09-09", child_of(4));
  Settle();
  auto carers = Requesting(v1::SDQ_INFORMANT_CARER);
  carers.set_child_id(child_of(3));
  Send(&Stub::RequestSdq, carers, VirtualSchool());
  const std::string carers_id = absl::StrCat(child_of(3), ".1.pep.carer");
  v1::ListSdqsRequest request;
  request.set_page_size(4);
  const auto all = Listed(request);
  EXPECT_EQ(all.size(), 16u);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << "each once";
  EXPECT_EQ(Listed(request, DesignatedTeacher(kOtherSchool)).size(), 8u);
  EXPECT_TRUE(Listed(request, OfAuthority(Role::kVirtualSchool, "825")).empty());

  auto filtered = request;
  filtered.set_school_urn(kSchool);
  EXPECT_EQ(Listed(filtered).size(), 8u);
  filtered.set_authority_code("825");
  EXPECT_TRUE(Listed(filtered).empty());
  filtered = request;
  filtered.set_informant(v1::SDQ_INFORMANT_CARER);
  EXPECT_THAT(Listed(filtered), testing::ElementsAre(carers_id));
  filtered.set_purpose(v1::SDQ_PURPOSE_ANNUAL_CARER);
  EXPECT_TRUE(Listed(filtered).empty());
  filtered = request;
  filtered.set_child_id(child_of(3));
  EXPECT_EQ(Listed(filtered).size(), 2u);
  EXPECT_TRUE(Listed(filtered, DesignatedTeacher(kSchool)).empty());
  filtered = request;
  filtered.set_pep_id(absl::StrCat(child_of(3), ".1"));
  EXPECT_EQ(Listed(filtered).size(), 2u);

  Send(&Stub::MarkSdqSent, Sending(carers_id), VirtualSchool());
  filtered = request;
  filtered.set_state(v1::SDQ_STATE_SENT);
  EXPECT_THAT(Listed(filtered), testing::ElementsAre(carers_id));
  MoveClockTo("2025-09-10 09:00");
  filtered = request;
  filtered.set_missing_only(true);
  EXPECT_THAT(Listed(filtered), testing::ElementsAre(absl::StrCat(child_of(4), ".1.pep.teacher")));

  v1::ListSdqsResponse response;
  request.set_page_size(1001);
  EXPECT_EQ(FieldOf(Call(&Stub::ListSdqs, request, response)), "page_size");
  request.set_page_size(10);
  request.set_page_token("not a token");
  EXPECT_EQ(Call(&Stub::ListSdqs, request, response).error_code(), grpc::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace pepline::assessments
