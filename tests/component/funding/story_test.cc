// From an open fund line to released money: every RPC, every event, every state.
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

using ::testing::ElementsAre;
using Event = v1::FundingEvent;

std::vector<Event::EventCase> Kinds(const std::vector<Event>& events) {
  std::vector<Event::EventCase> kinds;
  for (const Event& event : events) kinds.push_back(event.event_case());
  return kinds;
}

// The steps alone; deadlines have a test of their own.
std::vector<Event> WithoutDeadlines(std::vector<Event> events) {
  std::erase_if(events, [](const Event& event) { return event.has_request(); });
  return events;
}

TEST_F(FundingTest, MoneyIsAskedForApprovedInPartAndReleased) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest drafted = Drafted();
  EXPECT_EQ(drafted.state(), v1::FUNDING_REQUEST_STATE_DRAFT);
  EXPECT_EQ(drafted.asked_pence(), 30'000);
  EXPECT_TRUE(absl::StartsWith(drafted.funding_request_id(), "req-93125"));
  EXPECT_EQ(drafted.funding_request_id().size(), 24u);
  EXPECT_EQ(FundLine().left_pence(), kLinePence);

  AdvanceClock(absl::Hours(24));
  auto submitted = Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(drafted),
                        DesignatedTeacher(kSchool));
  EXPECT_EQ(submitted.state(), v1::FUNDING_REQUEST_STATE_SUBMITTED);
  EXPECT_EQ(submitted.submitted_by(), DesignatedTeacher(kSchool).subject);
  EXPECT_GT(submitted.submitted_at().seconds(), submitted.drafted_at().seconds());
  EXPECT_EQ(FundLine().left_pence(), kLinePence) << "asking commits nothing";

  auto approved = Done(&Stub::ApproveFundingRequest, Approving(drafted, 20'000));
  EXPECT_EQ(approved.state(), v1::FUNDING_REQUEST_STATE_APPROVED);
  EXPECT_EQ(approved.approved_pence(), 20'000);
  EXPECT_EQ(approved.decided_by(), VirtualSchool().subject);
  EXPECT_EQ(FundLine().approved_pence(), 20'000);
  EXPECT_EQ(FundLine().left_pence(), kLinePence - 20'000);

  AdvanceClock(absl::Hours(48));
  auto released = Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(drafted), Finance());
  EXPECT_EQ(released.state(), v1::FUNDING_REQUEST_STATE_RELEASED);
  EXPECT_EQ(released.released_by(), Finance().subject);
  const v1::FundLine line = FundLine();
  EXPECT_EQ(line.approved_pence(), 0);
  EXPECT_EQ(line.released_pence(), 20'000);
  EXPECT_EQ(line.left_pence(), kLinePence - 20'000);
  EXPECT_EQ(Request(drafted.funding_request_id()).SerializeAsString(),
            released.SerializeAsString());

  const auto emitted = WithoutDeadlines(Emitted());
  ASSERT_THAT(Kinds(emitted), ElementsAre(Event::kFundingDrafted, Event::kFundingSubmitted,
                                          Event::kFundingApproved, Event::kFundingReleased));
  EXPECT_EQ(emitted[0].funding_drafted().asked_pence(), 30'000);
  EXPECT_EQ(emitted[0].funding_drafted().request().pep_id(), absl::StrCat(kChild, ".2"));
  EXPECT_EQ(emitted[0].funding_drafted().request().outcome_id(), absl::StrCat(kChild, ".2.o1"));
  EXPECT_EQ(emitted[1].funding_submitted().asked_pence(), 30'000);
  EXPECT_EQ(emitted[2].funding_approved().approved_pence(), 20'000);
  EXPECT_EQ(emitted[3].funding_released().released_pence(), 20'000);
  EXPECT_EQ(emitted[3].funding_released().request().fund_line_id(), kLine);
  EXPECT_EQ(emitted[3].funding_released().request().funding_request_id(),
            drafted.funding_request_id());
}

TEST_F(FundingTest, AFundLineIsOpenedOnceAndItsAmountCorrected) {
  ASSERT_NO_FATAL_FAILURE(Begin(100'000));
  EXPECT_EQ(Refused(&Stub::OpenFundLine, Opening(100'000), Finance()), "FUND_LINE_ALREADY_OPEN");
  EXPECT_EQ(refused_.error_code(), grpc::ALREADY_EXISTS);
  const v1::FundLine next = Done(&Stub::OpenFundLine, Opening(5'000, "2026-27"));
  EXPECT_EQ(next.fund_line_id(), "931.2026-27");
  EXPECT_EQ(next.financial_year(), "2026-27");

  const v1::FundingRequest request = Submitted();
  Done(&Stub::ApproveFundingRequest, Approving(request, 30'000));
  EXPECT_EQ(Refused(&Stub::ChangeFundLine, Changing(29'999), Finance()), "BELOW_COMMITTED");
  EXPECT_EQ(FieldOf(refused_), "amount_pence");
  EXPECT_EQ(Done(&Stub::ChangeFundLine, Changing(30'000), Finance()).left_pence(), 0);
  EXPECT_EQ(Done(&Stub::ChangeFundLine, Changing(30'000)).amount_pence(), 30'000);
  auto without_reason = Changing(40'000);
  without_reason.clear_reason();
  EXPECT_EQ(Refused(&Stub::ChangeFundLine, without_reason, Finance()), "TEXT_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");

  v1::GetFundLineRequest line;
  line.set_fund_line_id(kLine);
  v1::GetFundLineResponse shown;
  ASSERT_TRUE(Call(&Stub::GetFundLine, line, shown).ok());
  ASSERT_EQ(shown.changes_size(), 1);
  EXPECT_EQ(shown.changes(0).old_amount_pence(), 100'000);
  EXPECT_EQ(shown.changes(0).amount_pence(), 30'000);
  EXPECT_EQ(shown.changes(0).reason(), "the grant was confirmed");
  EXPECT_TRUE(shown.changes(0).has_changed_at());

  const auto emitted = Emitted(kLine);
  ASSERT_THAT(Kinds(emitted), ElementsAre(Event::kFundLineOpened, Event::kFundLineChanged));
  EXPECT_EQ(emitted[0].fund_line_opened().authority_code(), kAuthority);
  EXPECT_EQ(emitted[0].fund_line_opened().financial_year(), "2025-26");
  EXPECT_EQ(emitted[0].fund_line_opened().amount_pence(), 100'000);
  EXPECT_EQ(emitted[1].fund_line_changed().old_amount_pence(), 100'000);
  EXPECT_EQ(emitted[1].fund_line_changed().amount_pence(), 30'000);
  EXPECT_EQ(Emitted("931.2026-27").size(), 1u);
}

TEST_F(FundingTest, ARequestIsDeclinedOrTakenBackAndAnotherOneDrafted) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest first = Submitted();
  const auto declined = Done(&Stub::DeclineFundingRequest, Declining(first));
  EXPECT_EQ(declined.state(), v1::FUNDING_REQUEST_STATE_DECLINED);
  EXPECT_EQ(declined.decline_reason(), "the school offers it to everybody");
  const v1::FundingRequest second = Submitted();
  EXPECT_NE(second.funding_request_id(), first.funding_request_id());
  const auto withdrawn =
      Done(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(second),
           DesignatedTeacher(kSchool));
  EXPECT_EQ(withdrawn.state(), v1::FUNDING_REQUEST_STATE_WITHDRAWN);
  EXPECT_EQ(FundLine().left_pence(), kLinePence);

  const auto emitted = WithoutDeadlines(Emitted());
  ASSERT_THAT(Kinds(emitted), ElementsAre(Event::kFundingDrafted, Event::kFundingSubmitted,
                                          Event::kFundingDeclined, Event::kFundingDrafted,
                                          Event::kFundingSubmitted, Event::kFundingWithdrawn));
  EXPECT_EQ(emitted[2].funding_declined().request().funding_request_id(),
            first.funding_request_id());
  EXPECT_EQ(emitted[5].funding_withdrawn().request().funding_request_id(),
            second.funding_request_id());
  const auto records = service_->Events(kFundingTopic);
  ASSERT_TRUE(records.ok()) << records.status();
  for (const ReadRecord& record : *records) {
    for (const char* secret : {"offers it", "tuition", "books", "class teacher"}) {
      EXPECT_FALSE(absl::StrContains(record.value, secret)) << "free text stays in funding";
    }
  }
}

TEST_F(FundingTest, EveryStateRefusesWhatDoesNotComeNext) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto submit = [&](const v1::FundingRequest& request) {
    return Refused(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request));
  };
  const auto withdraw = [&](const v1::FundingRequest& request) {
    return Refused(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(request));
  };
  const auto approve = [&](const v1::FundingRequest& request) {
    return Refused(&Stub::ApproveFundingRequest, Approving(request, 100));
  };
  const auto decline = [&](const v1::FundingRequest& request) {
    return Refused(&Stub::DeclineFundingRequest, Declining(request));
  };
  const auto release = [&](const v1::FundingRequest& request) {
    return Refused(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request), Finance());
  };
  const v1::FundingRequest request = Drafted();
  EXPECT_EQ(approve(request), "NOT_SUBMITTED");
  EXPECT_EQ(refused_.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(decline(request), "NOT_SUBMITTED");
  EXPECT_EQ(release(request), "NOT_APPROVED");
  Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request),
       DesignatedTeacher(kSchool));
  EXPECT_EQ(submit(request), "ALREADY_SUBMITTED");
  EXPECT_EQ(release(request), "NOT_APPROVED");
  Done(&Stub::ApproveFundingRequest, Approving(request, 100));
  for (const auto& command :
       {submit(request), withdraw(request), approve(request), decline(request)}) {
    EXPECT_EQ(command, "ALREADY_DECIDED");
  }
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request), Finance());
  for (const auto& command :
       {submit(request), withdraw(request), approve(request), decline(request), release(request)}) {
    EXPECT_EQ(command, "ALREADY_RELEASED");
  }
  const v1::FundingRequest other = Drafted();
  Done(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(other));
  for (const auto& command :
       {submit(other), withdraw(other), approve(other), decline(other), release(other)}) {
    EXPECT_EQ(command, "WITHDRAWN");
  }
  const v1::FundingRequest declined = Submitted();
  Done(&Stub::DeclineFundingRequest, Declining(declined));
  EXPECT_EQ(approve(declined), "ALREADY_DECIDED");
  EXPECT_EQ(release(declined), "NOT_APPROVED");
  EXPECT_EQ(FundLine().released_pence(), 100);
  EXPECT_EQ(Refusals("NOT_APPROVED"), 3);
}

TEST_F(FundingTest, WhoSubmittedDoesNotApprove) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const v1::FundingRequest request = Done(&Stub::DraftFundingRequest, Tutoring());
  Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request));
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(request, 100)),
            "SUBMITTED_BY_SAME_PERSON");
  Actor colleague = VirtualSchool();
  colleague.subject = "stf-virtualschool0000002";
  EXPECT_EQ(Done(&Stub::ApproveFundingRequest, Approving(request, 100), colleague).decided_by(),
            colleague.subject);
}

TEST_F(FundingTest, AnApprovalOverTheLineOrOverWhatIsAskedIsRefusedByItsField) {
  ASSERT_NO_FATAL_FAILURE(Begin(25'000));
  const v1::FundingRequest request = Submitted();
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(request, 25'001)),
            "FUND_LINE_EXCEEDED");
  EXPECT_EQ(refused_.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(FieldOf(refused_), "approved_pence");
  EXPECT_TRUE(absl::StrContains(refused_.error_message(), "fund line"));
  EXPECT_FALSE(absl::StrContains(refused_.error_message(), "25")) << "the class, not the value";
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(request, 30'001)), "MORE_THAN_ASKED");
  EXPECT_EQ(FieldOf(refused_), "approved_pence");
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(request, 0)), "NOTHING_APPROVED");
  EXPECT_EQ(refused_.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Request(request.funding_request_id()).state(), v1::FUNDING_REQUEST_STATE_SUBMITTED);
  EXPECT_EQ(FundLine().approved_pence(), 0) << "nothing is left half done";

  Done(&Stub::ChangeFundLine, Changing(30'000), Finance());
  Done(&Stub::ApproveFundingRequest, Approving(request, 30'000));
  EXPECT_EQ(FundLine().left_pence(), 0);
}

TEST_F(FundingTest, ADraftNamesAnOutcomeThatWasSetWhereTheProfileAsksForOutcomes) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitProfile("2025-09-01", 10, /*needs_outcomes=*/true);
  Settle();
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kSchool)),
            "OUTCOME_NOT_SET");
  EXPECT_EQ(FieldOf(refused_), "outcome_id");
  assessments::v1::AssessmentsEvent set;
  *set.mutable_header() = NextHeader(absl::StrCat("assessments/outcomes/", Tutoring().pep_id()));
  set.set_child_id(kChild);
  set.set_pep_id(Tutoring().pep_id());
  set.mutable_outcome_set()->set_outcome_id(Tutoring().outcome_id());
  EmitTo("pepline.assessments.events.v1", kChild, set);
  Settle();
  EXPECT_EQ(Drafted(Tutoring()).outcome_id(), Tutoring().outcome_id());
}

TEST_F(FundingTest, ADraftThatIsNotInOrderIsRefusedByItsField) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto refuse = [&](void (*change)(v1::DraftFundingRequestRequest&)) {
    auto draft = Tutoring();
    change(draft);
    const std::string reason =
        Refused(&Stub::DraftFundingRequest, draft, DesignatedTeacher(kSchool));
    return absl::StrCat(reason, " ", FieldOf(refused_));
  };
  EXPECT_EQ(refuse([](auto& d) { d.set_fund_line_id("931.2026-27"); }),
            "FUND_LINE_NOT_OPEN fund_line_id");
  EXPECT_EQ(refuse([](auto& d) { d.set_fund_line_id("931"); }), "INVALID_FIELD fund_line_id");
  EXPECT_EQ(refuse([](auto& d) { d.set_pep_id("chd-other000000000000001.2"); }),
            "PEP_OF_ANOTHER_CHILD pep_id");
  EXPECT_EQ(refuse([](auto& d) {
              d.set_pep_id(absl::StrCat(kChild, ".10"));
              d.set_outcome_id(d.pep_id() + ".o1");
            }),
            "PEP_NOT_OPENED pep_id");
  EXPECT_EQ(refuse([](auto& d) { d.set_outcome_id(d.pep_id() + ".x1"); }),
            "OUTCOME_OF_ANOTHER_PEP outcome_id");
  EXPECT_EQ(refuse([](auto& d) { d.clear_cost_lines(); }), "COST_LINES_REQUIRED cost_lines");
  EXPECT_EQ(refuse([](auto& d) { d.mutable_cost_lines(1)->set_amount_pence(-1); }),
            "COST_OUT_OF_RANGE cost_lines[1].amount_pence");
  EXPECT_EQ(refuse([](auto& d) { d.clear_description(); }), "TEXT_REQUIRED description");
  EXPECT_EQ(refuse([](auto& d) { d.set_start_on("soon"); }), "INVALID_FIELD start_on");
  EXPECT_EQ(refuse([](auto& d) { d.set_start_on("2026-04-01"); }),
            "START_OUTSIDE_FINANCIAL_YEAR start_on");
  EXPECT_EQ(refuse([](auto& d) { d.set_end_on("2025-10-05"); }), "END_BEFORE_START end_on");
  EXPECT_EQ(refuse([](auto& d) { d.clear_child_id(); }), "INVALID_FIELD child_id");
  EXPECT_EQ(refuse([](auto& d) { d.set_request_id(std::string(65, 'x')); }),
            "INVALID_FIELD request_id");
  EXPECT_TRUE(Emitted().empty());

  EmitCareCeased(kChild);
  Settle();
  EXPECT_EQ(refuse([](auto&) {}), "CHILD_NOT_LOOKED_AFTER child_id");
  EXPECT_EQ(refused_.error_code(), grpc::FAILED_PRECONDITION);
}

TEST_F(FundingTest, ALineOfAnotherAuthorityPaysNothingForTheChild) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  Actor elsewhere = Finance();
  elsewhere.authority = AuthorityCode("825");
  auto opening = Opening(100'000);
  opening.set_authority_code("825");
  Done(&Stub::OpenFundLine, opening, elsewhere);
  auto draft = Tutoring();
  draft.set_fund_line_id("825.2025-26");
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, draft), "FUND_LINE_OF_ANOTHER_AUTHORITY");
  EXPECT_EQ(FieldOf(refused_), "fund_line_id");
}

TEST_F(FundingTest, WhatIsNotThereOrNotReadableIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  v1::FundingRequest nobody;
  nobody.set_funding_request_id("req-93125aaaaaaaaaaaaaaa");
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(nobody, 100)), "NO_SUCH_REQUEST");
  EXPECT_EQ(refused_.error_code(), grpc::NOT_FOUND);
  nobody.set_funding_request_id("req-1");
  EXPECT_EQ(Refused(&Stub::ApproveFundingRequest, Approving(nobody, 100)), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "funding_request_id");

  v1::GetFundLineRequest line;
  line.set_fund_line_id("931.2030-31");
  v1::GetFundLineResponse shown;
  EXPECT_EQ(ReasonOf(Call(&Stub::GetFundLine, line, shown)), "FUND_LINE_NOT_OPEN");
  line.set_fund_line_id("oxfordshire");
  EXPECT_EQ(FieldOf(Call(&Stub::GetFundLine, line, shown)), "fund_line_id");
  auto opening = Opening(0);
  EXPECT_EQ(Refused(&Stub::OpenFundLine, Opening(0, "2027-28")), "AMOUNT_OUT_OF_RANGE");
  EXPECT_EQ(Refused(&Stub::OpenFundLine, Opening(100, "2027")), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "financial_year");
  opening.set_authority_code("Oxfordshire");
  EXPECT_EQ(Refused(&Stub::OpenFundLine, opening), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "authority_code");
  auto changing = Changing(100);
  changing.set_fund_line_id("931.2030-31");
  EXPECT_EQ(Refused(&Stub::ChangeFundLine, changing), "FUND_LINE_NOT_OPEN");
}

TEST_F(FundingTest, NumbersMoveWithTheMoney) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto number = [this](std::string_view sample) {
    return service_->Metric(absl::StrCat("pepline_funding_", std::string(sample)));
  };
  const v1::FundingRequest request = Submitted();
  AdvanceClock(absl::Hours(30));
  const auto approving = Complete(Approving(request, 20'000));
  Done(&Stub::ApproveFundingRequest, approving);
  Done(&Stub::ApproveFundingRequest, approving);  // a repetition is not another approval
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request), Finance());
  Done(&Stub::DeclineFundingRequest, Declining(Submitted()));
  EXPECT_EQ(number("lines_opened_total"), 1);
  EXPECT_EQ(number("asked_gbp_total"), 600);
  EXPECT_EQ(number("approved_gbp_total"), 200);
  EXPECT_EQ(number("released_gbp_total"), 200);
  EXPECT_EQ(number("requests_total{state=\"submitted\"}"), 2);
  EXPECT_EQ(number("requests_total{state=\"declined\"}"), 1);
  EXPECT_EQ(number("release_wait_seconds_count"), 1);
  EXPECT_EQ(number("release_wait_seconds_sum"), 30 * 60 * 60);
}

}  // namespace
}  // namespace pepline::funding
