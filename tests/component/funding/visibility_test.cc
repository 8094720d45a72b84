// Who may see and do what, and what lists hold.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

using ::testing::UnorderedElementsAre;

class FundingVisibilityTest : public FundingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-list%016d", number); }
  // Odd ones at the other school; each child has one draft.
  std::vector<v1::FundingRequest> BeginWithDrafts(int count) {
    std::vector<v1::FundingRequest> drafts;
    Begin();
    if (HasFatalFailure()) return drafts;
    for (int i = 0; i < count; ++i) SayInCare(ChildOf(i), i % 2 == 0 ? kSchool : kOtherSchool);
    Settle();
    for (int i = 0; i < count; ++i) {
      drafts.push_back(Done(&Stub::DraftFundingRequest, Tutoring(ChildOf(i))));
    }
    return drafts;
  }
  // Over all pages.
  std::vector<std::string> Listed(v1::ListFundingRequestsRequest request,
                                  const Actor& actor = VirtualSchool(), int* pages = nullptr) {
    std::vector<std::string> children;
    do {
      v1::ListFundingRequestsResponse response;
      const grpc::Status status = Call(&Stub::ListFundingRequests, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::FundingRequest& one : response.funding_requests()) {
        children.push_back(one.child_id());
      }
      request.set_page_token(response.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return children;
  }
};

TEST_F(FundingVisibilityTest, ARequestOfAnotherSchoolOrAuthorityIsNotThereAtAll) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest request = Submitted();
  v1::GetFundingRequestRequest unknown;
  unknown.set_funding_request_id("req-93125aaaaaaaaaaaaaaa");
  v1::GetFundingRequestResponse response;
  const grpc::Status missing = Call(&Stub::GetFundingRequest, unknown, response);
  EXPECT_EQ(missing.error_code(), grpc::NOT_FOUND);

  v1::GetFundingRequestRequest get;
  get.set_funding_request_id(request.funding_request_id());
  for (const Actor& stranger :
       {DesignatedTeacher(kOtherSchool), OfAuthority(Role::kVirtualSchool, "825"),
        OfAuthority(Role::kFinance, "825"), OfAuthority(Role::kAuditor, "")}) {
    const grpc::Status status = Call(&Stub::GetFundingRequest, get, response, stranger);
    EXPECT_EQ(status.error_code(), missing.error_code());
    EXPECT_EQ(status.error_message(), missing.error_message()) << "existence is a secret";
    EXPECT_EQ(status.error_details(), missing.error_details());
  }
  EXPECT_EQ(Refused(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(request),
                    DesignatedTeacher(kOtherSchool)),
            "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(request, 100),
                    OfAuthority(Role::kVirtualSchool, "825")),
            "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request),
                    OfAuthority(Role::kFinance, "825")),
            "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::OpenFundLine, Opening(5, "2026-27"), OfAuthority(Role::kFinance, "825")),
            "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::ChangeFundLine, Changing(5), OfAuthority(Role::kVirtualSchool, "825")),
            "NOT_FOUND");
  v1::GetFundLineRequest line;
  line.set_fund_line_id(kLine);
  v1::GetFundLineResponse shown;
  EXPECT_EQ(Call(&Stub::GetFundLine, line, shown, OfAuthority(Role::kFinance, "825")).error_code(),
            grpc::NOT_FOUND);
  for (const Actor& reader : {DesignatedTeacher(kSchool), VirtualSchool(), Finance(),
                              OfAuthority(Role::kAuditor, kAuthority)}) {
    EXPECT_EQ(Request(request.funding_request_id(), reader).child_id(), kChild);
  }
}

TEST_F(FundingVisibilityTest, ARoleWithoutARowMayNotCall) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest request = Submitted();
  const auto refuse = [&](const Actor& actor) {
    std::vector<std::string> reasons = {
        Refused(&Stub::ApproveFundingRequest, Approving(request, 100), actor),
        Refused(&Stub::DeclineFundingRequest, Declining(request), actor)};
    EXPECT_EQ(refused_.error_code(), grpc::PERMISSION_DENIED);
    return std::set<std::string>(reasons.begin(), reasons.end());
  };
  for (const Actor& actor :
       {DesignatedTeacher(kSchool), Finance(), SocialWorker(), PeplineService()}) {
    EXPECT_EQ(refuse(actor), std::set<std::string>{"ROLE_NOT_ALLOWED"});
  }
  Done(&Stub::ApproveFundingRequest, Approving(request, 100));
  for (const Actor& actor : {VirtualSchool(), DesignatedTeacher(kSchool)}) {
    EXPECT_EQ(Refused(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request), actor),
              "ROLE_NOT_ALLOWED")
        << "finance alone pays";
  }
  EXPECT_EQ(Refused(&Stub::OpenFundLine, Opening(5, "2026-27"), DesignatedTeacher(kSchool)),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(FundLine().released_pence(), 0);
}

TEST_F(FundingVisibilityTest, AnUnknownChildIsNotThere) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, Tutoring("chd-unknown0000000000001")), "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kOtherSchool)),
            "NOT_FOUND");
}

TEST_F(FundingVisibilityTest, ARequestFollowsItsChildToTheNewSchool) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest request = Drafted();
  SayMoved(kChild, kSchool, kOtherSchool);
  Settle();
  EXPECT_EQ(Refused(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
                    DesignatedTeacher(kSchool)),
            "NOT_FOUND");
  EXPECT_EQ(Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
                 DesignatedTeacher(kOtherSchool))
                .state(),
            v1::FUNDING_REQUEST_STATE_SUBMITTED);
}

TEST_F(FundingVisibilityTest, ListsPageThroughEveryRequestOnceAndFilter) {
  const auto drafts = BeginWithDrafts(23);
  ASSERT_EQ(drafts.size(), 23u);
  v1::ListFundingRequestsRequest request;
  request.set_page_size(5);
  int pages = 0;
  const auto all = Listed(request, VirtualSchool(), &pages);
  EXPECT_EQ(all.size(), 23u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 23u);
  EXPECT_GE(pages, 5);
  EXPECT_EQ(Listed(request, DesignatedTeacher(kOtherSchool)).size(), 11u);
  EXPECT_EQ(Listed(request, Finance()).size(), 23u);
  EXPECT_TRUE(Listed(request, OfAuthority(Role::kVirtualSchool, "825")).empty());

  Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(drafts[4]));
  request.set_state(v1::FUNDING_REQUEST_STATE_SUBMITTED);
  EXPECT_THAT(Listed(request), UnorderedElementsAre(ChildOf(4)));
  request.set_authority_code(kAuthority);
  EXPECT_THAT(Listed(request), UnorderedElementsAre(ChildOf(4)));
  request.set_authority_code("825");
  EXPECT_TRUE(Listed(request).empty());
  request.clear_state();
  EXPECT_TRUE(Listed(request).empty());
  request.set_authority_code(kAuthority);
  EXPECT_EQ(Listed(request).size(), 23u);
  request.set_state(v1::FUNDING_REQUEST_STATE_DRAFT);
  EXPECT_EQ(Listed(request).size(), 22u);

  v1::ListFundingRequestsRequest one;
  one.set_child_id(ChildOf(7));
  EXPECT_THAT(Listed(one), UnorderedElementsAre(ChildOf(7)));
  EXPECT_TRUE(Listed(one, DesignatedTeacher(kSchool)).empty());
  EXPECT_THAT(Listed(one, DesignatedTeacher(kOtherSchool)), UnorderedElementsAre(ChildOf(7)));
  one.set_pep_id(absl::StrCat(ChildOf(7), ".2"));
  EXPECT_THAT(Listed(one), UnorderedElementsAre(ChildOf(7)));
  one.set_pep_id(absl::StrCat(ChildOf(8), ".2"));
  EXPECT_TRUE(Listed(one).empty()) << "all filters must hold";
  one.clear_child_id();
  EXPECT_THAT(Listed(one), UnorderedElementsAre(ChildOf(8)));
  v1::ListFundingRequestsRequest of_line;
  of_line.set_fund_line_id(kLine);
  EXPECT_EQ(Listed(of_line).size(), 23u);
  of_line.set_fund_line_id("931.2026-27");
  EXPECT_TRUE(Listed(of_line).empty());
}

TEST_F(FundingVisibilityTest, ABadPageOrFilterIsNamed) {
  ASSERT_NO_FATAL_FAILURE(BeginEmpty());
  v1::ListFundingRequestsRequest request;
  v1::ListFundingRequestsResponse response;
  request.set_page_size(1001);
  EXPECT_EQ(FieldOf(Call(&Stub::ListFundingRequests, request, response)), "page_size");
  request.set_page_size(10);
  request.set_state(static_cast<v1::FundingRequestState>(3));
  EXPECT_EQ(FieldOf(Call(&Stub::ListFundingRequests, request, response)), "state");
  request.clear_state();
  request.set_page_token("not a token");
  EXPECT_EQ(Call(&Stub::ListFundingRequests, request, response).error_code(),
            grpc::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace pepline::funding
