// Who may see and do what, what lists hold, and which numbers move.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class SchedulingVisibilityTest : public SchedulingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-list%016d", number); }
  // Odd ones at the other school.
  void BeginWithChildren(int count) {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
    for (int i = 0; i < count; ++i) {
      EmitInCare(ChildOf(i), "2019-03-01", i % 2 == 0 ? kSchool : kOtherSchool);
    }
    Settle();
  }
  // Over all pages.
  std::vector<std::string> ListedPeps(v1::ListPepsRequest request, const Actor& actor,
                                      int* pages = nullptr) {
    std::vector<std::string> children;
    do {
      v1::ListPepsResponse response;
      const grpc::Status status = Call(&Stub::ListPeps, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::Pep& pep : response.peps()) children.push_back(pep.reference().child_id());
      request.set_page_token(response.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return children;
  }
  std::vector<std::string> ListedDeadlines(v1::ListDeadlinesRequest request, const Actor& actor) {
    std::vector<std::string> ids;
    do {
      v1::ListDeadlinesResponse response;
      const grpc::Status status = Call(&Stub::ListDeadlines, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::Deadline& one : response.deadlines()) {
        ids.push_back(one.deadline().deadline_id());
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
};

TEST_F(SchedulingVisibilityTest, APepOfAnotherSchoolOrAuthorityIsNotThereAtAll) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::GetPepRequest request;
  request.set_child_id("chd-unknown0000000000001");
  v1::GetPepResponse response;
  const grpc::Status unknown = Call(&Stub::GetPep, request, response);
  EXPECT_EQ(unknown.error_code(), grpc::NOT_FOUND);

  request.set_child_id(kChild);
  for (const Actor& stranger :
       {DesignatedTeacher(kOtherSchool), OfAuthority(Role::kVirtualSchool, "825"),
        OfAuthority(Role::kSocialWorker, "825"), OfAuthority(Role::kAuditor, "")}) {
    const grpc::Status status = Call(&Stub::GetPep, request, response, stranger);
    EXPECT_EQ(status.error_code(), unknown.error_code());
    EXPECT_EQ(status.error_message(), unknown.error_message()) << "existence is a secret";
    EXPECT_EQ(DetailsOf(status), DetailsOf(unknown));
  }
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"),
                    DesignatedTeacher(kOtherSchool)),
            "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"),
                    OfAuthority(Role::kVirtualSchool, "825")),
            "NOT_FOUND");
  for (const Actor& reader : {DesignatedTeacher(kSchool), VirtualSchool(), SocialWorker(),
                              OfAuthority(Role::kIndependentReviewingOfficer, kAuthority),
                              OfAuthority(Role::kAuditor, kAuthority)}) {
    EXPECT_EQ(Pep(kChild, reader).reference().child_id(), kChild);
  }
}

TEST_F(SchedulingVisibilityTest, ARoleWithoutARowMayNotCall) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  for (const Actor& actor :
       {Finance(), PeplineService(), OfAuthority(Role::kAuditor, kAuthority)}) {
    EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"), actor),
              "ROLE_NOT_ALLOWED");
    EXPECT_EQ(refused_.error_code(), grpc::PERMISSION_DENIED);
  }
  EXPECT_EQ(Refused(&Stub::OpenInterimPep, {}, DesignatedTeacher(kSchool)), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Refused(&Stub::StartPepPreparation, {}, SocialWorker()), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"), SocialWorker()),
            "NOT_AN_INTERIM_PEP");
  EXPECT_EQ(Pep().state(), v1::PEP_STATE_DUE);
}

TEST_F(SchedulingVisibilityTest, ListsPageThroughEveryPepOnceAndFilter) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren(23));
  v1::ListPepsRequest request;
  request.set_page_size(5);
  int pages = 0;
  const auto all = ListedPeps(request, VirtualSchool(), &pages);
  EXPECT_EQ(all.size(), 23u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 23u);
  EXPECT_EQ(pages, 5);

  // Full pages, although children of another school lie between.
  pages = 0;
  EXPECT_EQ(ListedPeps(request, DesignatedTeacher(kOtherSchool), &pages).size(), 11u);
  EXPECT_EQ(pages, 3);
  EXPECT_TRUE(ListedPeps(request, OfAuthority(Role::kVirtualSchool, "825")).empty());
  request.set_school_urn(kSchool);
  EXPECT_EQ(ListedPeps(request, VirtualSchool()).size(), 12u);
  EXPECT_TRUE(ListedPeps(request, DesignatedTeacher(kOtherSchool)).empty());

  auto meeting = Meeting("2025-10-20 14:00");
  meeting.set_child_id(ChildOf(4));
  Done(&Stub::SchedulePepMeeting, meeting);
  request.set_state(v1::PEP_STATE_SCHEDULED);
  EXPECT_THAT(ListedPeps(request, VirtualSchool()), UnorderedElementsAre(ChildOf(4)));
  request.clear_school_urn();
  EXPECT_THAT(ListedPeps(request, VirtualSchool()), UnorderedElementsAre(ChildOf(4)));
  request.set_state(v1::PEP_STATE_DUE);
  EXPECT_EQ(ListedPeps(request, VirtualSchool()).size(), 22u);
  request.clear_state();
  request.set_academic_year("2025/26");
  request.set_term("autumn");
  EXPECT_EQ(ListedPeps(request, VirtualSchool()).size(), 23u);
  request.set_term("spring");
  EXPECT_TRUE(ListedPeps(request, VirtualSchool()).empty());

  v1::ListPepsRequest one;
  one.set_child_id(ChildOf(7));
  EXPECT_THAT(ListedPeps(one, VirtualSchool()), UnorderedElementsAre(ChildOf(7)));
  EXPECT_TRUE(ListedPeps(one, DesignatedTeacher(kSchool)).empty());

  EmitMoved(ChildOf(7), kOtherSchool, kSchool, "2025-09-02");
  Settle();
  v1::ListPepsRequest at_school;
  at_school.set_school_urn(kSchool);
  EXPECT_THAT(ListedPeps(at_school, DesignatedTeacher(kSchool)), Contains(ChildOf(7)));
  at_school.set_school_urn(kOtherSchool);
  EXPECT_THAT(ListedPeps(at_school, VirtualSchool()), Not(Contains(ChildOf(7))));
}

TEST_F(SchedulingVisibilityTest, DeadlinesAreListedByRuleAndState) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren(4));
  for (int i : {0, 2}) {
    auto meeting = Meeting("2025-09-15 14:00");
    meeting.set_child_id(ChildOf(i));
    Done(&Stub::SchedulePepMeeting, meeting);
  }
  v1::ListDeadlinesRequest request;
  request.set_page_size(1);
  EXPECT_EQ(ListedDeadlines(request, VirtualSchool()).size(), 12u);
  request.set_rule_id(std::string(RuleId(Rule::kSdqScored)));
  request.set_state(common::v1::DEADLINE_STATE_MISSED);
  EXPECT_TRUE(ListedDeadlines(request, VirtualSchool()).empty());
  MoveClockTo("2025-09-12 09:00");
  EXPECT_THAT(ListedDeadlines(request, VirtualSchool()),
              UnorderedElementsAre(absl::StrCat(ChildOf(0), ".1.", request.rule_id()),
                                   absl::StrCat(ChildOf(2), ".1.", request.rule_id())));
  EXPECT_TRUE(ListedDeadlines(request, DesignatedTeacher(kOtherSchool)).empty());
  request.set_school_urn(kOtherSchool);
  EXPECT_TRUE(ListedDeadlines(request, VirtualSchool()).empty());
}

TEST_F(SchedulingVisibilityTest, ABadPageIsNamed) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::ListPepsRequest request;
  v1::ListPepsResponse response;
  request.set_page_size(1001);
  EXPECT_EQ(FieldOf(Call(&Stub::ListPeps, request, response)), "page_size");
  request.set_page_size(10);
  request.set_page_token("not a token");
  EXPECT_EQ(FieldOf(Call(&Stub::ListPeps, request, response)), "page_token");
  v1::ListDeadlinesRequest deadlines;
  v1::ListDeadlinesResponse listed;
  deadlines.set_rule_id("no-such-rule");
  EXPECT_EQ(FieldOf(Call(&Stub::ListDeadlines, deadlines, listed)), "rule_id");
  deadlines.set_rule_id(std::string(kVacancyRule));  // registry's
  EXPECT_EQ(FieldOf(Call(&Stub::ListDeadlines, deadlines, listed)), "rule_id");
}

TEST_F(SchedulingVisibilityTest, NumbersMoveWithTheWork) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const auto number = [this](std::string_view sample) {
    return service_->Metric(absl::StrCat("pepline_scheduling_", std::string(sample)));
  };
  EXPECT_EQ(number("peps_opened_total"), 1);
  EXPECT_EQ(number("meetings_held_total"), 0);
  Refused(&Stub::FinaliseEpep, {});
  Refused(&Stub::FinaliseEpep, {});
  EXPECT_EQ(Refusals("NOT_HELD"), 2);
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  MoveClockTo("2025-10-20 16:00");
  EXPECT_EQ(number("deadlines_missed_total"), 3) << "the SDQ, the draft and the child's views";
  auto held = Complete(Holding("2025-10-20"));
  Done(&Stub::HoldPepMeeting, held);
  Done(&Stub::HoldPepMeeting, held);  // a repetition is not another meeting
  EXPECT_EQ(number("meetings_held_total"), 1);
  MoveClockTo("2025-11-10 09:00");
  Done(&Stub::FinaliseEpep, {});
  // The ePEP, and with it the draft; the meeting was recorded on its day.
  EXPECT_EQ(number("deadlines_met_total{outcome=\"late\"}"), 2);
  EXPECT_EQ(
      service_->Metric("pepline_rpc_requests_total{outcome=\"ok\",rpc=\"pepline.scheduling.v1."
                       "SchedulingService/HoldPepMeeting\"}"),
      2);
  EXPECT_EQ(service_->Metric("pepline_outbox_relayed_total"),
            static_cast<double>(Emitted().size()));
  EXPECT_EQ(service_->Metric("pepline_wake_law_violations_total"), 0);
}

}  // namespace
}  // namespace pepline::scheduling
