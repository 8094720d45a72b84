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
    v1::CorrectSdqRequest correct;
    correct.set_sdq_id(kTeachersSdq);
    correct.set_form(v1::SDQ_FORM_T4_10);
    correct.set_reason("keyed wrongly");
    correct.mutable_scores()->set_total(12);
    v1::CorrectPupilViewsRequest correct_views;
    correct_views.set_child_id(kChild);
    correct_views.set_reason("it is another child's");
    correct_views.set_taken_back(true);
    return {
        Asking("RequestSdq", &Stub::RequestSdq, Complete(Requesting(v1::SDQ_INFORMANT_SELF))),
        Asking("MarkSdqSent", &Stub::MarkSdqSent, Complete(Sending())),
        Asking("RecordSdqAnswers", &Stub::RecordSdqAnswers, Complete(Answering())),
        Asking("RecordSdqScores", &Stub::RecordSdqScores, Complete(Scoring(12))),
        Asking("CorrectSdq", &Stub::CorrectSdq, Complete(correct)),
        Asking("ReviewSdq", &Stub::ReviewSdq, Complete(Reviewing(""))),
        Asking("RecordSdqNotObtained", &Stub::RecordSdqNotObtained,
               Complete(NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ3))),
        Asking("CapturePupilViews", &Stub::CapturePupilViews, Complete(Capturing("I like art"))),
        Asking("DeclinePupilViews", &Stub::DeclinePupilViews, Complete(Declining("no"))),
        Asking("CorrectPupilViews", &Stub::CorrectPupilViews, Complete(correct_views)),
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
      EXPECT_EQ(DetailsOf(status), DetailsOf(not_there)) << name;
      EXPECT_EQ(status.error_message(), not_there.error_message()) << "existence is a secret";
    }
  }
  EXPECT_EQ(Emitted().size(), 1u) << "nothing was done";
}

TEST_F(AssessmentsVisibilityTest, AnUnknownChildIsNobodys) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto request = Requesting(v1::SDQ_INFORMANT_CARER);
  request.set_child_id("chd-unknown0000000000001");
  EXPECT_EQ(Refused(&Stub::RequestSdq, request, VirtualSchool()), "NOT_FOUND");
  auto views = Capturing("I like art");
  views.set_child_id("chd-unknown0000000000001");
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, views, VirtualSchool()), "NOT_FOUND");
  EXPECT_TRUE(Emitted("chd-unknown0000000000001").empty());
}

TEST_F(AssessmentsVisibilityTest, AMoveOfSchoolTakesAccessWithTheChild) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::CapturePupilViews, Capturing("I like art"));
  EmitMovedSchool(kChild, kOtherSchool);
  Settle();
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending(), DesignatedTeacher(kSchool)), "NOT_FOUND");
  v1::GetPupilViewsRequest request;
  request.set_child_id(kChild);
  v1::GetPupilViewsResponse response;
  EXPECT_EQ(Call(&Stub::GetPupilViews, request, response, DesignatedTeacher(kSchool)).error_code(),
            grpc::NOT_FOUND);
  EXPECT_TRUE(Call(&Stub::GetPupilViews, request, response, DesignatedTeacher(kOtherSchool)).ok());
  EXPECT_EQ(Done(&Stub::MarkSdqSent, Sending(), DesignatedTeacher(kOtherSchool)).sdq().state(),
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

TEST_F(AssessmentsVisibilityTest, ThoseWhoWorkedWithAChildReachItForThreeMonthsAfterCare) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto in_care = RegistryEvent(kSibling);
  in_care.mutable_child_became_looked_after()->set_child_id(kSibling);
  in_care.mutable_child_became_looked_after()->set_authority_code("825");
  Emit(kSibling, in_care);
  EmitMovedSchool(kSibling, kSchool);
  EmitPepOpened(kSibling);
  auto ceased = RegistryEvent(kChild);
  ceased.mutable_child_ceased_to_be_looked_after()->set_child_id(kChild);
  ceased.mutable_child_ceased_to_be_looked_after()->set_ceased_on("2025-09-08");
  Emit(kChild, ceased);
  MoveClockTo("2025-12-08 12:00");
  const std::vector<Actor> worked_with_the_child = {DesignatedTeacher(kSchool), SocialWorker()};
  v1::GetSdqRequest get;
  get.set_sdq_id(kTeachersSdq);
  v1::GetSdqResponse response;
  for (const Actor& actor : worked_with_the_child) {
    EXPECT_TRUE(Call(&Stub::GetSdq, get, response, actor).ok()) << RoleName(actor.role);
  }
  EXPECT_EQ(Listed({}, DesignatedTeacher(kSchool)).size(), 2u) << "of both authorities";
  MoveClockTo("2025-12-09 00:00");
  for (const auto& [name, ask] : EveryRpc()) {
    EXPECT_EQ(ask(DesignatedTeacher(kSchool)).error_code(), grpc::NOT_FOUND) << name;
  }
  EXPECT_EQ(Call(&Stub::GetSdq, get, response, SocialWorker()).error_code(), grpc::NOT_FOUND);
  EXPECT_THAT(Listed({}, DesignatedTeacher(kSchool)),
              ::testing::ElementsAre(absl::StrCat(kSibling, ".1.pep.teacher")));
  EXPECT_TRUE(Call(&Stub::GetSdq, get, response, VirtualSchool()).ok());
  EXPECT_THAT(Listed({}, OfAuthority(Role::kAuditor, kAuthority)),
              ::testing::ElementsAre(kTeachersSdq));
}

// Fifteen children with a PEP each, the odd ones at the other school.
class AssessmentsListsTest : public AssessmentsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-list%016d", number); }
  static std::string PepOf(int child, int cycle = 1) {
    return absl::StrCat(ChildOf(child), ".", cycle);
  }
  static std::string TeachersOf(int child, int cycle = 1) {
    return absl::StrCat(PepOf(child, cycle), ".pep.teacher");
  }
  static std::string CarersOf(int child) { return absl::StrCat(PepOf(child), ".pep.carer"); }
  static v1::ListSdqsRequest InFours() {
    v1::ListSdqsRequest request;
    request.set_page_size(4);
    return request;
  }
  void BeginWithChildren() {
    ASSERT_NO_FATAL_FAILURE(Begin());
    for (int i = 0; i < 15; ++i) {
      EmitInCare(ChildOf(i), i % 2 == 0 ? kSchool : kOtherSchool);
      EmitPepOpened(ChildOf(i));
    }
    Settle();
    auto carers = Requesting(v1::SDQ_INFORMANT_CARER);
    carers.set_child_id(ChildOf(3));
    Done(&Stub::RequestSdq, carers, VirtualSchool());
  }
};

TEST_F(AssessmentsListsTest, PageThroughEverySdqOnce) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  const auto all = Listed(InFours());
  EXPECT_EQ(all.size(), 16u);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << "each once";
  EXPECT_EQ(Listed(InFours(), DesignatedTeacher(kOtherSchool)).size(), 8u);
  EXPECT_TRUE(Listed(InFours(), OfAuthority(Role::kVirtualSchool, "825")).empty());

  v1::ListSdqsResponse response;
  v1::ListSdqsRequest request;
  request.set_page_size(1001);
  EXPECT_EQ(FieldOf(Call(&Stub::ListSdqs, request, response)), "page_size");
  request.set_page_size(10);
  request.set_page_token("not a token");
  EXPECT_EQ(FieldOf(Call(&Stub::ListSdqs, request, response)), "page_token");
}

TEST_F(AssessmentsListsTest, PagesAreFullWhateverLiesBetween) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  int pages = 0;
  EXPECT_EQ(Listed(InFours(), DesignatedTeacher(kOtherSchool), &pages).size(), 8u);
  EXPECT_EQ(pages, 2) << "what the caller may not see is passed over";
  auto filtered = InFours();
  filtered.set_school_urn(kSchool);
  pages = 0;
  EXPECT_EQ(Listed(filtered, VirtualSchool(), &pages).size(), 8u);
  EXPECT_EQ(pages, 2);
  filtered = InFours();
  filtered.set_informant(v1::SDQ_INFORMANT_CARER);
  pages = 0;
  EXPECT_THAT(Listed(filtered, VirtualSchool(), &pages), testing::ElementsAre(CarersOf(3)));
  EXPECT_EQ(pages, 1);
}

TEST_F(AssessmentsListsTest, FilterByWhereTheChildIsAndWhoIsAsked) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  auto filtered = InFours();
  filtered.set_school_urn(kSchool);
  EXPECT_EQ(Listed(filtered).size(), 8u);
  filtered.set_authority_code("825");
  EXPECT_TRUE(Listed(filtered).empty());
  filtered = InFours();
  filtered.set_informant(v1::SDQ_INFORMANT_CARER);
  EXPECT_THAT(Listed(filtered), testing::ElementsAre(CarersOf(3)));
  filtered.set_purpose(v1::SDQ_PURPOSE_ANNUAL_CARER);
  EXPECT_TRUE(Listed(filtered).empty());
}

TEST_F(AssessmentsListsTest, FilterByChildAndByPepAlone) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  EmitPepOpened(ChildOf(3), 10);
  Settle();
  auto of_child = InFours();
  of_child.set_child_id(ChildOf(3));
  EXPECT_THAT(Listed(of_child),
              testing::ElementsAre(CarersOf(3), TeachersOf(3), TeachersOf(3, 10)));
  EXPECT_TRUE(Listed(of_child, DesignatedTeacher(kSchool)).empty());
  auto of_pep = InFours();
  of_pep.set_pep_id(PepOf(3));
  EXPECT_THAT(Listed(of_pep), testing::ElementsAre(CarersOf(3), TeachersOf(3)))
      << "a PEP's id says whose it is";
  EXPECT_TRUE(Listed(of_pep, DesignatedTeacher(kSchool)).empty());
  of_pep.set_page_size(1);
  EXPECT_THAT(Listed(of_pep), testing::ElementsAre(CarersOf(3), TeachersOf(3)));
  of_pep.set_child_id(ChildOf(3));
  EXPECT_EQ(Listed(of_pep).size(), 2u);
  of_pep.set_child_id(ChildOf(4));
  EXPECT_TRUE(Listed(of_pep).empty()) << "another child's PEP";
  of_pep = InFours();
  of_pep.set_pep_id(ChildOf(3));
  EXPECT_TRUE(Listed(of_pep).empty()) << "a child is no PEP";
}

TEST_F(AssessmentsListsTest, FilterByWhatIsOpenClosedOrMissing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  EmitMeeting("2025-09-09", ChildOf(4));
  Settle();
  Done(&Stub::MarkSdqSent, Sending(CarersOf(3)), VirtualSchool());
  auto sent = InFours();
  sent.set_state(v1::SDQ_STATE_SENT);
  EXPECT_THAT(Listed(sent), testing::ElementsAre(CarersOf(3)));
  auto requested = InFours();
  requested.set_state(v1::SDQ_STATE_REQUESTED);
  EXPECT_EQ(Listed(requested).size(), 15u);

  MoveClockTo("2025-09-10 09:00");
  auto missing = InFours();
  missing.set_missing_only(true);
  EXPECT_THAT(Listed(missing), testing::ElementsAre(TeachersOf(4)));
  missing.set_child_id(ChildOf(3));
  EXPECT_TRUE(Listed(missing).empty());

  const auto not_obtained = NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ5, CarersOf(3));
  Done(&Stub::RecordSdqNotObtained, not_obtained, VirtualSchool());
  Done(&Stub::ConfirmSdqNotObtained, Confirming("asked twice", CarersOf(3)), VirtualSchool());
  Done(&Stub::RecordSdqScores, Scoring(12, TeachersOf(4)));
  EXPECT_TRUE(Listed(sent).empty());
  EXPECT_EQ(Listed(requested).size(), 14u);
  missing.clear_child_id();
  EXPECT_TRUE(Listed(missing).empty());
  auto closed = InFours();
  closed.set_state(v1::SDQ_STATE_SCORED);
  EXPECT_THAT(Listed(closed), testing::ElementsAre(TeachersOf(4)));
  closed.set_state(v1::SDQ_STATE_NOT_OBTAINED);
  EXPECT_THAT(Listed(closed), testing::ElementsAre(CarersOf(3)));
}

}  // namespace
}  // namespace pepline::assessments
