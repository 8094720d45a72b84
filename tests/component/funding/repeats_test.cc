// What comes twice, late, or as garbage: commands by RPC, events by Kafka, and pages that nobody
// gave.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

TEST_F(FundingTest, ARepeatedCommandGetsItsFirstAnswer) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto draft = Complete(Tutoring());
  v1::DraftFundingRequestResponse first;
  ASSERT_TRUE(Call(&Stub::DraftFundingRequest, draft, first, DesignatedTeacher(kSchool)).ok());
  const auto approving = Complete(Approving(first.funding_request(), 20'000));
  Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(first.funding_request()),
       DesignatedTeacher(kSchool));
  const auto approved = Done(&Stub::ApproveFundingRequest, approving);
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(first.funding_request()), Finance());
  const auto emitted = Emitted().size();

  for (int start = 0; start < 2; ++start) {
    v1::DraftFundingRequestResponse again;
    ASSERT_TRUE(Call(&Stub::DraftFundingRequest, draft, again, DesignatedTeacher(kSchool)).ok());
    EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
    EXPECT_EQ(Done(&Stub::ApproveFundingRequest, approving).SerializeAsString(),
              approved.SerializeAsString());
    EXPECT_EQ(Emitted().size(), emitted);
    EXPECT_EQ(FundLine().released_pence(), 20'000) << "paid once";
    EXPECT_EQ(FundLine().approved_pence(), 0);
    if (start == 0) KillAndRestart();  // it is remembered on disk
  }
}

TEST_F(FundingTest, ARequestIdIsNotUsedForAnotherCommand) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  auto draft = Tutoring();
  draft.set_request_id("mine");
  const v1::FundingRequest request = Drafted(draft);
  auto dearer = draft;
  dearer.mutable_cost_lines(0)->set_amount_pence(99'000);
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, dearer, DesignatedTeacher(kSchool)),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(refused_.error_code(), grpc::ALREADY_EXISTS);
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, draft, VirtualSchool()), "ALREADY_DRAFTED")
      << "somebody else's id is another one, and tells nothing of the first answer";
  auto submit = Of<v1::SubmitFundingRequestRequest>(request);
  submit.set_request_id("mine");
  EXPECT_EQ(Refused(&Stub::SubmitFundingRequest, submit, DesignatedTeacher(kSchool)),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(Request(request.funding_request_id()).asked_pence(), 30'000);
  EXPECT_EQ(Emitted().size(), 1u);
}

TEST_F(FundingTest, ARefusedCommandMayBeTriedAgainUnderItsId) {
  ASSERT_NO_FATAL_FAILURE(Begin(10'000));
  auto approving = Approving(Submitted(), 30'000);
  approving.set_request_id("approve");
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, approving), "FUND_LINE_EXCEEDED");
  Done(&Stub::ChangeFundLine, Changing(30'000), Finance());
  EXPECT_EQ(Done(&Stub::ApproveFundingRequest, approving).approved_pence(), 30'000);
}

TEST_F(FundingTest, EventsThatComeTwiceOrLateTakeNothingBack) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string aggregate = absl::StrCat("registry/child/", kChild);
  EmitMoved(kChild, kSchool, kOtherSchool);
  registry::v1::RegistryEvent enrolled_before;
  *enrolled_before.mutable_header() =
      ServiceUnderTest::Header(aggregate, 2, service_->clock().Now());
  enrolled_before.mutable_child_enrolled()->set_child_id(kChild);
  enrolled_before.mutable_child_enrolled()->set_school_urn(kSchool);
  for (int i = 0; i < 2; ++i) Emit(kChild, enrolled_before);
  Settle();
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kSchool)),
            "NOT_FOUND");
  Done(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kOtherSchool));
}

TEST_F(FundingTest, GarbageGoesToTheDeadLettersAndTheRestGoesOn) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitBytesTo(kRegistryTopic, kChild, "\xff\xff not an event");
  EmitBytesTo(kRegistryTopic, kChild, "");
  auto nameless = RegistryEvent("registry/child/chd-nameless000000000001");
  nameless.mutable_child_became_looked_after()->set_child_id("chd-nameless000000000001");
  Emit(kChild, nameless);
  EmitMoved(kChild, kSchool, kOtherSchool);
  Settle();
  Done(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kOtherSchool));
  const auto buried = Buried(kRegistryTopic);
  ASSERT_EQ(buried.size(), 3u);
  EXPECT_EQ(buried[0].value, "\xff\xff not an event") << "byte for byte, to be looked at";
}

TEST_F(FundingTest, AnEventOfALaterVersionIsPassedOverAndCounted) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  auto future = RegistryEvent(absl::StrCat("registry/child/", kChild));
  future.GetReflection()->MutableUnknownFields(&future)->AddLengthDelimited(999, "unheard of");
  Emit(kChild, future);
  auto school = RegistryEvent("registry/school/123240");
  school.mutable_school_registered()->set_school_urn(kSchool);
  Emit(kSchool, school);  // not funding's concern
  Settle();
  EXPECT_EQ(service_->Metric(
                "pepline_funding_unknown_events_total{topic=\"pepline.registry.events.v1\"}"),
            1);
  Drafted();
}

TEST_F(FundingTest, ABadPageOrFilterIsNamed) {
  ASSERT_NO_FATAL_FAILURE(BeginEmpty());
  const auto field_of = [this](const auto& change) {
    v1::ListFundingRequestsRequest request;
    change(request);
    v1::ListFundingRequestsResponse response;
    return FieldOf(Call(&Stub::ListFundingRequests, request, response));
  };
  EXPECT_EQ(field_of([](auto& request) { request.set_page_size(1001); }), "page_size");
  EXPECT_EQ(field_of([](auto& request) { request.set_state(v1::FundingRequestState(3)); }),
            "state");
  EXPECT_EQ(field_of([](auto& request) { request.set_page_token("not a token"); }), "page_token");
}

}  // namespace
}  // namespace pepline::funding
