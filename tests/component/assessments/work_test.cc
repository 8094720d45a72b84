// The work-list of assessments on the running service.
#include "absl/strings/str_cat.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AssessmentsWorkTest : public AssessmentsTest {
 protected:
  const Actor teacher_ = DesignatedTeacher(kSchool);
  const Actor social_worker_ = OfAuthority(Role::kSocialWorker, kAuthority);

  // Over all pages of this size: "<record> <step>".
  std::vector<std::string> Work(const Actor& actor, v1::ListWorkRequest request = {}) {
    std::vector<std::string> steps;
    do {
      v1::ListWorkResponse response;
      const grpc::Status status = Call(&Stub::ListWork, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const auto& item : response.items()) {
        steps.push_back(
            absl::StrCat(item.record_id(), " ", common::v1::WorkStep_Name(item.step()).substr(10)));
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return steps;
  }
  static std::string Sdq(const char* kind, const char* step) {
    return absl::StrCat(kPep, ".", kind, " ", step);
  }
};

TEST_F(AssessmentsWorkTest, ReturnsReviewsAndProposalsAreListedForThoseWhoseTheyAre) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitInCare(kSibling, kOtherSchool);
  EmitPepOpened(kSibling);
  Settle();
  const std::string siblings = absl::StrCat(kSibling, ".1.pep.teacher RETURN_SDQ");
  EXPECT_THAT(Work(teacher_), ElementsAre(Sdq("pep.teacher", "RETURN_SDQ"))) << "no day yet";
  EXPECT_THAT(Work(DesignatedTeacher(kOtherSchool)), ElementsAre(siblings));
  EXPECT_THAT(Work(OfAuthority(Role::kVirtualSchool, "825")), IsEmpty());

  // A day makes the teacher's the deadline of its PEP, which scheduling lists; the carer's is here.
  EmitMeeting("2025-09-16");
  Settle();
  EXPECT_THAT(Work(teacher_), IsEmpty());
  MoveClockTo("2025-09-09 09:00");
  Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER), VirtualSchool());
  Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF), VirtualSchool());
  EXPECT_THAT(Work(teacher_),
              ElementsAre(Sdq("pep.carer", "RETURN_SDQ"), Sdq("pep.self", "RETURN_SDQ")));
  EXPECT_THAT(Work(social_worker_),
              ElementsAre(Sdq("pep.carer", "RETURN_SDQ"), Sdq("pep.self", "RETURN_SDQ"), siblings))
      << "what is due in a week before what has no day";

  MoveClockTo("2025-09-10 09:00");
  const std::string self = absl::StrCat(kPep, ".pep.self");
  Done(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ3, self));
  auto high = Scoring(30);
  Done(&Stub::RecordSdqScores, high);
  EXPECT_THAT(Work(teacher_),
              ElementsAre(Sdq("pep.carer", "RETURN_SDQ"), Sdq("pep.teacher", "REVIEW_SDQ")));
  EXPECT_THAT(Work(social_worker_), ElementsAre(Sdq("pep.carer", "RETURN_SDQ"), siblings,
                                                Sdq("pep.self", "CONFIRM_SDQ_NOT_OBTAINED")));
  v1::ListWorkRequest pages;
  pages.set_page_size(1);
  const std::vector<std::string> all = Work(VirtualSchool());
  EXPECT_EQ(all.size(), 4u);
  EXPECT_EQ(Work(VirtualSchool(), pages), all);
  pages.set_school_urn(kOtherSchool);
  EXPECT_THAT(Work(VirtualSchool(), pages), ElementsAre(siblings));

  Done(&Stub::ReviewSdq, Reviewing("a quiet place"));
  Done(&Stub::ConfirmSdqNotObtained, Confirming("the child was asked twice", self), social_worker_);
  EXPECT_THAT(Work(VirtualSchool()), ElementsAre(Sdq("pep.carer", "RETURN_SDQ"), siblings));
}

TEST_F(AssessmentsWorkTest, NobodyAsksAfterTheSdqOfAChildWhoseCareHasCeased) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER, v1::SDQ_PURPOSE_ANNUAL_CARER),
       VirtualSchool());
  EXPECT_EQ(Work(VirtualSchool()).size(), 2u);
  auto ceased = RegistryEvent(kChild);
  ceased.mutable_child_ceased_to_be_looked_after()->set_child_id(kChild);
  ceased.mutable_child_ceased_to_be_looked_after()->set_ceased_on("2025-09-08");
  Emit(kChild, ceased);
  Settle();
  EXPECT_THAT(Work(VirtualSchool()), IsEmpty());
}

TEST_F(AssessmentsWorkTest, ATokenOfAPageIsGoodForItsCallerAlone) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER), VirtualSchool());
  v1::ListWorkRequest request;
  request.set_page_size(1);
  v1::ListWorkResponse first, rest;
  ASSERT_TRUE(Call(&Stub::ListWork, request, first, teacher_).ok());
  request.set_page_token(first.next_page_token());
  EXPECT_EQ(FieldOf(Call(&Stub::ListWork, request, rest, VirtualSchool())), "page_token");
  ASSERT_TRUE(Call(&Stub::ListWork, request, rest, teacher_).ok());
  EXPECT_EQ(rest.items_size(), 1);
  request.clear_page_token();
  request.set_within_days(367);
  EXPECT_EQ(FieldOf(Call(&Stub::ListWork, request, rest, teacher_)), "within_days");
  EXPECT_EQ(Call(&Stub::ListWork, {}, rest, OfAuthority(Role::kAuditor, kAuthority)).error_code(),
            grpc::PERMISSION_DENIED);
}

}  // namespace
}  // namespace pepline::assessments
