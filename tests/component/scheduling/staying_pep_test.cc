// A child moves after the meeting and before the ePEP is finalised: whose the PEP is, who reaches
// it, and what is said of it, on the running service.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Event = v1::SchedulingEvent;

class StayingPepTest : public SchedulingTest {
 protected:
  const Actor before_ = DesignatedTeacher(kSchool);
  const Actor after_ = DesignatedTeacher(kOtherSchool);
  static std::string First() { return absl::StrCat(kChild, ".1"); }
  static std::string Second() { return absl::StrCat(kChild, ".2"); }

  // Held on Monday 20 October; the child moves on the next day.
  void BeginHeldAndMoved() {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
    MoveClockTo("2025-10-20 16:00");
    Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
    MoveClockTo("2025-10-21 09:00");
    EmitMoved(kChild, kSchool, kOtherSchool, "2025-10-21");
    Settle();
  }
  grpc::StatusCode Get(const std::string& pep, const Actor& actor, v1::GetPepResponse* answer) {
    v1::GetPepRequest request;
    request.set_child_id(kChild);
    request.set_pep_id(pep);
    v1::GetPepResponse response;
    const auto code = Call(&Stub::GetPep, request, response, actor).error_code();
    if (answer != nullptr) *answer = response;
    return code;
  }
  grpc::StatusCode Get(const std::string& pep, const Actor& actor) {
    return Get(pep, actor, nullptr);
  }
  // Over all pages of one PEP each.
  std::vector<std::string> Listed(const Actor& actor, const std::string& school,
                                  const std::string& child = "") {
    v1::ListPepsRequest request;
    request.set_page_size(1);
    request.set_school_urn(school);
    request.set_child_id(child);
    std::vector<std::string> ids;
    do {
      v1::ListPepsResponse response;
      EXPECT_TRUE(Call(&Stub::ListPeps, request, response, actor).ok());
      for (const v1::Pep& pep : response.peps()) ids.push_back(pep.reference().pep_id());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  std::vector<std::string> Late(const Actor& actor, const std::string& school) {
    v1::ListDeadlinesRequest request;
    request.set_school_urn(school);
    request.set_rule_id(std::string(RuleId(Rule::kFinalised)));
    v1::ListDeadlinesResponse response;
    EXPECT_TRUE(Call(&Stub::ListDeadlines, request, response, actor).ok());
    std::vector<std::string> ids;
    for (const v1::Deadline& one : response.deadlines()) ids.push_back(one.pep().pep_id());
    return ids;
  }
  static v1::FinaliseEpepRequest FinalisingFirst() {
    v1::FinaliseEpepRequest request;
    request.set_pep_id(First());
    return request;
  }
  static v1::HandOverPepRequest HandingOverFirst() {
    v1::HandOverPepRequest request;
    request.set_pep_id(First());
    request.set_reason("the school has closed");
    return request;
  }
};

TEST_F(StayingPepTest, EachSchoolReachesItsOwn) {
  ASSERT_NO_FATAL_FAILURE(BeginHeldAndMoved());
  v1::GetPepResponse answer;
  EXPECT_EQ(Get(First(), before_, &answer), grpc::OK);
  EXPECT_EQ(answer.pep().reference().school_urn(), kSchool);
  EXPECT_TRUE(DeadlineOf(answer.pep(), Rule::kFinalised).deadline().stays_with_school());
  EXPECT_EQ(Get(Second(), before_), grpc::NOT_FOUND);
  EXPECT_EQ(Get("", before_), grpc::NOT_FOUND);
  EXPECT_EQ(Get(First(), after_), grpc::NOT_FOUND);
  EXPECT_EQ(Get("", after_, &answer), grpc::OK);
  EXPECT_EQ(answer.pep().reference().pep_id(), Second());
  EXPECT_EQ(answer.pep().kind(), v1::PEP_CYCLE_KIND_MOVE);
  EXPECT_EQ(answer.earlier_size(), 0);
  EXPECT_EQ(Get("", VirtualSchool(), &answer), grpc::OK);
  EXPECT_EQ(answer.earlier_size(), 1);

  for (const std::string& child : {std::string(), std::string(kChild)}) {
    for (const std::string& school : {std::string(), std::string(kSchool)}) {
      EXPECT_THAT(Listed(before_, school, child), ElementsAre(First()));
    }
    EXPECT_THAT(Listed(before_, kOtherSchool, child), IsEmpty());
    EXPECT_THAT(Listed(after_, "", child), ElementsAre(Second()));
    EXPECT_THAT(Listed(after_, kSchool, child), IsEmpty());
    EXPECT_THAT(Listed(VirtualSchool(), "", child), UnorderedElementsAre(First(), Second()));
    EXPECT_THAT(Listed(VirtualSchool(), kSchool, child), ElementsAre(First()));
    EXPECT_THAT(Listed(VirtualSchool(), kOtherSchool, child), ElementsAre(Second()));
  }
  EXPECT_THAT(Late(before_, kSchool), ElementsAre(First()));
  EXPECT_THAT(Late(before_, ""), ElementsAre(First()));
  EXPECT_THAT(Late(after_, ""), IsEmpty());

  EXPECT_EQ(Refused(&Stub::FinaliseEpep, FinalisingFirst(), after_), "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-11-05 14:00"), before_), "NOT_FOUND");
  Done(&Stub::SchedulePepMeeting, Meeting("2025-11-05 14:00"), after_);
}

TEST_F(StayingPepTest, PagesOfASchoolGoOnFromItsChildrenToThePepsThatStayWithIt) {
  ASSERT_NO_FATAL_FAILURE(BeginHeldAndMoved());
  constexpr char kAnother[] = "chd-another0000000000001";
  EmitInCare(kAnother, "2019-03-01");
  Settle();
  EXPECT_THAT(Listed(before_, kSchool), ElementsAre(absl::StrCat(kAnother, ".1"), First()));
}

TEST_F(StayingPepTest, WhatIsLateIsSaidOfTheSchoolThatHeldIt) {
  ASSERT_NO_FATAL_FAILURE(BeginHeldAndMoved());
  MoveClockTo("2025-11-04 09:00");
  int missed = 0;
  for (const Event& event : EmittedWith(&Event::has_deadline_missed)) {
    const auto& deadline = event.deadline_missed().deadline();
    if (deadline.rule_id() != RuleId(Rule::kFinalised)) continue;
    ++missed;
    EXPECT_EQ(event.pep().pep_id(), First());
    EXPECT_EQ(event.pep().school_urn(), kSchool);
    EXPECT_TRUE(deadline.stays_with_school());
  }
  EXPECT_EQ(missed, 1);
}

TEST_F(StayingPepTest, AccessEndsWhenItIsFinalised) {
  ASSERT_NO_FATAL_FAILURE(BeginHeldAndMoved());
  const v1::Pep pep = Done(&Stub::FinaliseEpep, FinalisingFirst(), before_);
  EXPECT_EQ(pep.state(), v1::PEP_STATE_FINALISED);
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].pep().school_urn(), kSchool);
  EXPECT_EQ(Get(First(), before_), grpc::NOT_FOUND);
  EXPECT_EQ(Get(First(), after_), grpc::OK);
  EXPECT_THAT(Listed(before_, kSchool), IsEmpty());
  EXPECT_THAT(Listed(after_, kOtherSchool), UnorderedElementsAre(First(), Second()));
}

TEST_F(StayingPepTest, TheVirtualSchoolHandsItOver) {
  ASSERT_NO_FATAL_FAILURE(BeginHeldAndMoved());
  EXPECT_EQ(Refused(&Stub::HandOverPep, HandingOverFirst(), before_), "ROLE_NOT_ALLOWED");
  auto without = HandingOverFirst();
  without.clear_reason();
  EXPECT_EQ(Refused(&Stub::HandOverPep, without, VirtualSchool()), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  auto newest = HandingOverFirst();
  newest.clear_pep_id();
  EXPECT_EQ(Refused(&Stub::HandOverPep, newest, VirtualSchool()), "WITH_CHILDS_SCHOOL");
  const v1::Pep pep = Done(&Stub::HandOverPep, HandingOverFirst(), VirtualSchool());
  EXPECT_EQ(pep.reference().school_urn(), kOtherSchool);
  EXPECT_EQ(Get(First(), before_), grpc::NOT_FOUND);
  v1::GetPepResponse answer;
  EXPECT_EQ(Get(First(), after_, &answer), grpc::OK);
  EXPECT_EQ(answer.record().hand_over_reason(), "the school has closed");
  const auto over = EmittedWith(&Event::has_pep_handed_over);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].pep_handed_over().from_school_urn(), kSchool);
  EXPECT_EQ(over[0].pep_handed_over().to_school_urn(), kOtherSchool);
  Done(&Stub::FinaliseEpep, FinalisingFirst(), after_);
}

TEST_F(StayingPepTest, AMeetingToComeIsConfirmedByTheNewSchool) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  MoveClockTo("2025-10-06 09:00");
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-10-06");
  Settle();
  EXPECT_TRUE(Pep().meeting_to_confirm());
  const auto moved = EmittedWith(&Event::has_pep_transferred_to_school);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(ToTime(moved[0].pep_transferred_to_school().meeting_to_confirm()),
            At("2025-10-20 14:00"));
  const v1::Pep pep = Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"), after_);
  EXPECT_FALSE(pep.meeting_to_confirm());
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_confirmed).size(), 1u);
}

TEST_F(StayingPepTest, AMeetingOutOfTheOrdinaryIsOnRecordWithItsReason) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  MoveClockTo("2025-10-20 16:00");
  auto held = Holding("2025-10-17");
  held.set_chair(v1::ATTENDEE_ROLE_CHILD);
  held.clear_record_reason();
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, held), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "record_reason");
  held.set_record_reason("the carer could not come on Monday");
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, held), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "attendance_reason");
  held.set_attendance_reason("the child wished to lead it");
  Done(&Stub::HoldPepMeeting, held);
  v1::GetPepResponse answer;
  EXPECT_EQ(Get("", VirtualSchool(), &answer), grpc::OK);
  EXPECT_EQ(answer.record().record_reason(), "the carer could not come on Monday");
  EXPECT_EQ(answer.record().attendance_reason(), "the child wished to lead it");
  EXPECT_THAT(answer.record().irregularities(), ElementsAre(v1::MEETING_IRREGULARITY_OTHER_DAY,
                                                            v1::MEETING_IRREGULARITY_OTHER_CHAIR));
  const auto said = EmittedWith(&Event::has_pep_meeting_held);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].pep_meeting_held().irregularities_size(), 2);
}

}  // namespace
}  // namespace pepline::scheduling
