// The work-list of funding on the running service: what is due first first, and what has no day by
// how long it waits, for those who may do it.
#include "absl/strings/str_cat.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kSibling[] = "chd-sibling0000000000001";

class FundingWorkTest : public FundingTest {
 protected:
  const Actor teacher_ = DesignatedTeacher(kSchool);

  // Over all pages: "<child> <step>".
  std::vector<std::string> Work(const Actor& actor, v1::ListWorkRequest request = {}) {
    std::vector<std::string> steps;
    do {
      v1::ListWorkResponse response;
      const grpc::Status status = Call(&Stub::ListWork, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const auto& item : response.items()) {
        const bool is_draft = item.step() == common::v1::WORK_STEP_SUBMIT_FUNDING_REQUEST;
        EXPECT_EQ(item.has_waiting_since(), is_draft);
        EXPECT_EQ(item.has_due_at(), !is_draft);
        EXPECT_EQ(item.rule_id().empty(), is_draft);
        EXPECT_FALSE(item.late());
        EXPECT_EQ(item.authority_code(), kAuthority);
        EXPECT_EQ(item.school_urn(), item.child_id() == kChild ? kSchool : kOtherSchool);
        steps.push_back(
            absl::StrCat(item.child_id(), " ", common::v1::WorkStep_Name(item.step()).substr(10)));
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return steps;
  }
  static std::string Step(const char* child, const char* step) {
    return absl::StrCat(child, " ", step);
  }
};

TEST_F(FundingWorkTest, EachStepIsOnTheListOfThoseWhoMayDoIt) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitInCare(kSibling, kOtherSchool);
  Settle();
  const auto ours = Drafted();
  AdvanceClock(absl::Hours(1));
  Done(&Stub::DraftFundingRequest, Tutoring(kSibling));
  EXPECT_THAT(Work(teacher_), ElementsAre(Step(kChild, "SUBMIT_FUNDING_REQUEST")));
  EXPECT_THAT(Work(VirtualSchool()), ElementsAre(Step(kChild, "SUBMIT_FUNDING_REQUEST"),
                                                 Step(kSibling, "SUBMIT_FUNDING_REQUEST")));
  EXPECT_THAT(Work(Finance()), IsEmpty());
  EXPECT_THAT(Work(OfAuthority(Role::kVirtualSchool, "825")), IsEmpty());
  v1::ListWorkRequest filter;
  filter.set_school_urn(kOtherSchool);
  EXPECT_THAT(Work(VirtualSchool(), filter), ElementsAre(Step(kSibling, "SUBMIT_FUNDING_REQUEST")));
  EXPECT_THAT(Work(teacher_, filter), IsEmpty());

  AdvanceClock(absl::Hours(1));
  Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(ours), teacher_);
  EXPECT_THAT(Work(teacher_), IsEmpty());
  EXPECT_THAT(Work(VirtualSchool()), ElementsAre(Step(kChild, "DECIDE_FUNDING_REQUEST"),
                                                 Step(kSibling, "SUBMIT_FUNDING_REQUEST")))
      << "what has a day before what has none";
  v1::ListWorkRequest pages;
  pages.set_page_size(1);
  EXPECT_EQ(Work(VirtualSchool(), pages), Work(VirtualSchool()));

  Done(&Stub::ApproveFundingRequest, Approving(ours, 20'000));
  EXPECT_THAT(Work(Finance()), ElementsAre(Step(kChild, "RELEASE_FUNDING")));
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(ours), Finance());
  EXPECT_THAT(Work(Finance()), IsEmpty());
  EXPECT_THAT(Work(VirtualSchool()), ElementsAre(Step(kSibling, "SUBMIT_FUNDING_REQUEST")));
}

TEST_F(FundingWorkTest, ATokenOfAPageIsGoodForItsCallerAlone) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  for (int i = 0; i < 2; ++i) Drafted();
  v1::ListWorkRequest request;
  request.set_page_size(1);
  v1::ListWorkResponse first, rest;
  ASSERT_TRUE(Call(&Stub::ListWork, request, first, teacher_).ok());
  request.set_page_token(first.next_page_token());
  EXPECT_EQ(FieldOf(Call(&Stub::ListWork, request, rest, VirtualSchool())), "page_token");
  ASSERT_TRUE(Call(&Stub::ListWork, request, rest, teacher_).ok());
  ASSERT_EQ(rest.items_size(), 1);
  EXPECT_NE(rest.items(0).record_id(), first.items(0).record_id());
  request.clear_page_token();
  request.set_within_days(-1);
  EXPECT_EQ(FieldOf(Call(&Stub::ListWork, request, rest, teacher_)), "within_days");
  EXPECT_EQ(Call(&Stub::ListWork, {}, rest, OfAuthority(Role::kSocialWorker, "931")).error_code(),
            grpc::PERMISSION_DENIED);
}

}  // namespace
}  // namespace pepline::funding
