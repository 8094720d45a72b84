// Who may see and do what, and what lists hold.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class FundingVisibilityTest : public FundingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-list%016d", number); }
  // Odd ones at the other school; each child has one draft.
  std::vector<v1::FundingRequest> BeginWithDrafts(int count) {
    std::vector<v1::FundingRequest> drafts;
    Begin();
    if (HasFatalFailure()) return drafts;
    for (int i = 0; i < count; ++i) EmitInCare(ChildOf(i), i % 2 == 0 ? kSchool : kOtherSchool);
    Settle();
    for (int i = 0; i < count; ++i) {
      drafts.push_back(Done(&Stub::DraftFundingRequest, Tutoring(ChildOf(i))));
    }
    return drafts;
  }
  // Over all pages; how long each was is in sizes_.
  std::vector<v1::FundingRequest> ListAll(v1::ListFundingRequestsRequest request,
                                          const Actor& actor) {
    std::vector<v1::FundingRequest> all;
    sizes_.clear();
    do {
      v1::ListFundingRequestsResponse response;
      const grpc::Status status = Call(&Stub::ListFundingRequests, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      sizes_.push_back(response.funding_requests_size());
      all.insert(all.end(), response.funding_requests().begin(), response.funding_requests().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  // Whose requests these are.
  std::vector<std::string> Listed(const v1::ListFundingRequestsRequest& request,
                                  const Actor& actor = VirtualSchool()) {
    std::vector<std::string> children;
    for (const v1::FundingRequest& one : ListAll(request, actor)) {
      children.push_back(one.child_id());
    }
    return children;
  }

  std::vector<int> sizes_;
};

// Requests of two authorities and three fund lines, of children at one school, whose Designated
// Teacher sees them all. Each is known by what it is for.
class FundingFiltersTest : public FundingVisibilityTest {
 protected:
  static constexpr char kNextLine[] = "931.2026-27";
  static constexpr char kForeignLine[] = "825.2025-26";
  static std::string PepOf(int child, int number) {
    return absl::StrCat(ChildOf(child), ".", number);
  }

  void BeginWithBooks() {
    ASSERT_NO_FATAL_FAILURE(Begin());
    Done(&Stub::OpenFundLine, Opening(kLinePence, "2026-27"), Finance());
    auto foreign = Opening(kLinePence);
    foreign.set_authority_code("825");
    Done(&Stub::OpenFundLine, foreign, OfAuthority(Role::kFinance, "825"));
    for (int child : {1, 2}) EmitInCare(ChildOf(child));
    EmitInCare(ChildOf(3), kSchool, "825");
    Settle();
    Draft("a", 1, 2, kLine);
    Submit(Draft("b", 1, 3, kLine));
    Decline(Submit(Draft("c", 1, 3, kNextLine)), VirtualSchool());
    Submit(Draft("d", 2, 2, kLine));
    Draft("e", 2, 2, kNextLine);
    Submit(Draft("f", 3, 2, kForeignLine));
    Decline(Submit(Draft("g", 3, 2, kForeignLine)), OfAuthority(Role::kVirtualSchool, "825"));
    all_ = ListAll({}, DesignatedTeacher(kSchool));
    ASSERT_EQ(all_.size(), 7u);
  }
  v1::FundingRequest Draft(const std::string& purpose, int child, int pep, const char* line) {
    auto draft = Tutoring(ChildOf(child));
    draft.set_description(purpose);
    draft.set_pep_id(PepOf(child, pep));
    draft.set_outcome_id(PepOf(child, pep) + ".o1");
    draft.set_fund_line_id(line);
    if (line == std::string(kNextLine)) {
      draft.set_start_on("2026-04-20");
      draft.set_end_on("2026-07-17");
    }
    return Drafted(draft);
  }
  v1::FundingRequest Submit(const v1::FundingRequest& request) {
    return Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
                DesignatedTeacher(kSchool));
  }
  void Decline(const v1::FundingRequest& request, const Actor& by) {
    Done(&Stub::DeclineFundingRequest, Declining(request), by);
  }

  static std::set<std::string> PurposesOf(const std::vector<v1::FundingRequest>& requests) {
    std::set<std::string> purposes;
    for (const auto& one : requests) EXPECT_TRUE(purposes.insert(one.description()).second);
    return purposes;
  }
  // What the filter leaves, in pages of one or two.
  std::set<std::string> Found(v1::ListFundingRequestsRequest wanted, int page_size = 2) {
    wanted.set_page_size(page_size);
    return PurposesOf(ListAll(wanted, DesignatedTeacher(kSchool)));
  }
  // The field for which the list is refused.
  std::string FieldOfList(const v1::ListFundingRequestsRequest& wanted) {
    v1::ListFundingRequestsResponse response;
    return FieldOf(Call(&Stub::ListFundingRequests, wanted, response));
  }
  // The same, from all there are.
  std::set<std::string> Expected(const v1::ListFundingRequestsRequest& wanted) const {
    std::vector<v1::FundingRequest> some;
    for (const auto& one : all_) {
      if ((wanted.child_id().empty() || one.child_id() == wanted.child_id()) &&
          (wanted.pep_id().empty() || one.pep_id() == wanted.pep_id()) &&
          (wanted.state() == 0 || one.state() == wanted.state()) &&
          one.fund_line_id().starts_with(wanted.authority_code()) &&
          (wanted.fund_line_id().empty() || one.fund_line_id() == wanted.fund_line_id())) {
        some.push_back(one);
      }
    }
    return PurposesOf(some);
  }

  std::vector<v1::FundingRequest> all_;
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
    EXPECT_EQ(DetailsOf(status), DetailsOf(missing));
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
  EmitMoved(kChild, kSchool, kOtherSchool);
  Settle();
  EXPECT_EQ(Refused(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
                    DesignatedTeacher(kSchool)),
            "NOT_FOUND");
  EXPECT_EQ(Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
                 DesignatedTeacher(kOtherSchool))
                .state(),
            v1::FUNDING_REQUEST_STATE_SUBMITTED);
}

TEST_F(FundingVisibilityTest, AfterCareARequestIsForThoseAloneWhoAnswerForTheMoney) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  auto foreign = Opening(kLinePence);
  foreign.set_authority_code("825");
  Done(&Stub::OpenFundLine, foreign, OfAuthority(Role::kFinance, "825"));
  const std::string theirs = ChildOf(1);
  EmitInCare(theirs, kSchool, "825");
  Settle();
  const v1::FundingRequest request = Drafted();
  auto draft = Tutoring(theirs);
  draft.set_fund_line_id("825.2025-26");
  Drafted(draft);
  EmitCareCeased(kChild);  // on 22 September
  Settle();
  const Actor school = DesignatedTeacher(kSchool);
  EXPECT_THAT(Listed({}, school), UnorderedElementsAre(kChild, theirs));
  AdvanceClock(absl::Hours(24) * 92);  // 23 December
  EXPECT_THAT(Listed({}, school), ElementsAre(theirs));
  v1::GetFundingRequestRequest get;
  get.set_funding_request_id(request.funding_request_id());
  v1::GetFundingRequestResponse response;
  EXPECT_EQ(Call(&Stub::GetFundingRequest, get, response, school).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Refused(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(request),
                    school),
            "NOT_FOUND");
  for (const Actor& actor : {VirtualSchool(), Finance(), OfAuthority(Role::kAuditor, kAuthority)}) {
    EXPECT_TRUE(Call(&Stub::GetFundingRequest, get, response, actor).ok()) << RoleName(actor.role);
    EXPECT_THAT(Listed({}, actor), ElementsAre(kChild));
  }
}

TEST_F(FundingVisibilityTest, ListsPageThroughEveryRequestOnceAndFilter) {
  const auto drafts = BeginWithDrafts(23);
  ASSERT_EQ(drafts.size(), 23u);
  v1::ListFundingRequestsRequest request;
  request.set_page_size(5);
  const auto all = Listed(request);
  EXPECT_EQ(all.size(), 23u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 23u);
  EXPECT_THAT(sizes_, ElementsAre(5, 5, 5, 5, 3));
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

TEST_F(FundingVisibilityTest, APageIsFullAlthoughOtherRequestsArePassedOver) {
  const auto drafts = BeginWithDrafts(23);
  ASSERT_EQ(drafts.size(), 23u);
  v1::ListFundingRequestsRequest request;
  request.set_page_size(5);
  EXPECT_EQ(Listed(request, DesignatedTeacher(kOtherSchool)).size(), 11u);
  EXPECT_THAT(sizes_, ElementsAre(5, 5, 1)) << "of another school";

  std::set<std::string> submitted;
  for (int i = 1; i < 23; i += 3) {
    Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(drafts[i]));
    submitted.insert(ChildOf(i));
  }
  request.set_page_size(4);
  request.set_state(v1::FUNDING_REQUEST_STATE_SUBMITTED);
  const auto all = Listed(request);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()), submitted);
  EXPECT_THAT(sizes_, ElementsAre(4, 4)) << "in another stage";
  EXPECT_EQ(Listed(request, DesignatedTeacher(kOtherSchool)).size(), 4u);
  EXPECT_THAT(sizes_, ElementsAre(4)) << "both";
}

TEST_F(FundingFiltersTest, EachLeavesWhatItSays) {
  ASSERT_NO_FATAL_FAILURE(BeginWithBooks());
  using Purposes = std::set<std::string>;
  v1::ListFundingRequestsRequest child, pep, state, authority, line;
  child.set_child_id(ChildOf(1));
  EXPECT_EQ(Found(child), (Purposes{"a", "b", "c"}));
  pep.set_pep_id(PepOf(1, 3));
  EXPECT_EQ(Found(pep), (Purposes{"b", "c"}));
  state.set_state(v1::FUNDING_REQUEST_STATE_SUBMITTED);
  EXPECT_EQ(Found(state), (Purposes{"b", "d", "f"}));
  state.set_state(v1::FUNDING_REQUEST_STATE_DECLINED);
  EXPECT_EQ(Found(state), (Purposes{"c", "g"})) << "waits for nothing";
  authority.set_authority_code("825");
  EXPECT_EQ(Found(authority), (Purposes{"f", "g"}));
  authority.set_authority_code(kAuthority);
  EXPECT_EQ(Found(authority), (Purposes{"a", "b", "c", "d", "e"}));
  line.set_fund_line_id(kNextLine);
  EXPECT_EQ(Found(line), (Purposes{"c", "e"}));
  line.set_fund_line_id(kForeignLine);
  EXPECT_EQ(Found(line), (Purposes{"f", "g"}));
}

TEST_F(FundingFiltersTest, HoldTogether) {
  ASSERT_NO_FATAL_FAILURE(BeginWithBooks());
  int found = 0;
  v1::ListFundingRequestsRequest wanted;
  for (const std::string& child : {std::string(), ChildOf(1), ChildOf(3)}) {
    wanted.set_child_id(child);
    for (const std::string& pep : {std::string(), PepOf(1, 3), PepOf(2, 2), PepOf(3, 2)}) {
      wanted.set_pep_id(pep);
      for (auto state : {v1::FUNDING_REQUEST_STATE_UNSPECIFIED, v1::FUNDING_REQUEST_STATE_DRAFT,
                         v1::FUNDING_REQUEST_STATE_SUBMITTED, v1::FUNDING_REQUEST_STATE_DECLINED}) {
        wanted.set_state(state);
        for (const char* authority : {"", kAuthority, "825"}) {
          wanted.set_authority_code(authority);
          for (const char* line : {"", kLine, kNextLine, kForeignLine}) {
            wanted.set_fund_line_id(line);
            const auto some = Found(wanted, 1);
            EXPECT_EQ(some, Expected(wanted)) << wanted.ShortDebugString();
            if (!some.empty()) ++found;
          }
        }
      }
    }
  }
  EXPECT_GT(found, 100) << "too little is found to tell";
}

TEST_F(FundingFiltersTest, ThatNameNothingLeaveNothing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithBooks());
  v1::ListFundingRequestsRequest child, pep, authority, line;
  child.set_child_id("chd-unknown0000000000001");
  EXPECT_THAT(Found(child), IsEmpty());
  for (const char* id : {"2", ".2", "chd-unknown0000000000001.2", "."}) {
    pep.set_pep_id(id);
    EXPECT_THAT(Found(pep), IsEmpty()) << id;
  }
  authority.set_authority_code("999");
  EXPECT_THAT(Found(authority), IsEmpty());
  line.set_fund_line_id("931.2024-25");
  EXPECT_THAT(Found(line), IsEmpty());
  // What no record can have is refused, so that a slip is not taken for "nothing there".
  for (const char* code : {"9", "93125"}) {
    authority.set_authority_code(code);
    EXPECT_EQ(FieldOfList(authority), "authority_code") << code;
  }
  for (const char* id : {"931", "931.2025-27"}) {
    line.set_fund_line_id(id);
    EXPECT_EQ(FieldOfList(line), "fund_line_id") << id;
  }
}

}  // namespace
}  // namespace pepline::funding
