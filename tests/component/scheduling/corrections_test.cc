// Deadlines follow what registry puts right, on the running service.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

class CorrectionsTest : public SchedulingTest {
 protected:
  // The next event of the child.
  registry::v1::RegistryEvent OfChild() {
    return events_.Next(absl::StrCat("registry/child/", kChild), Now());
  }
  void EmitStart(const std::string& old, const std::string& day) {
    auto event = OfChild();
    event.mutable_care_start_corrected()->set_child_id(kChild);
    event.mutable_care_start_corrected()->set_old_became_looked_after_on(old);
    event.mutable_care_start_corrected()->set_became_looked_after_on(day);
    Emit(kChild, event);
    Settle();
  }
};

TEST_F(CorrectionsTest, TheSamePepIsCountedFromTheCorrectedStartOfCare) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-10 09:00"));
  EmitInCare(kChild, "2025-09-09");
  MoveClockTo("2025-09-24 09:00");
  ASSERT_EQ(EmittedWith(&Event::has_deadline_missed).size(), 1u);
  EmitStart("2025-09-09", "2025-09-16");
  const auto corrected = EmittedWith(&Event::has_pep_care_start_corrected);
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].pep_care_start_corrected().old_care_started_on(), "2025-09-09");
  EXPECT_EQ(corrected[0].pep_care_start_corrected().care_started_on(), "2025-09-16");
  EXPECT_EQ(corrected[0].pep_care_start_corrected().term(), "autumn");
  EXPECT_EQ(Pep().reference().pep_id(), absl::StrCat(kChild, ".1"));
  EXPECT_TRUE(EmittedWith(&Event::has_pep_cycle_closed).empty());
  const v1::Deadline started = DeadlineOf(Pep(), Rule::kInitialStarted);
  EXPECT_EQ(ToTime(started.deadline().due_at()), EndOf("2025-09-30"));
  EXPECT_EQ(started.state(), common::v1::DEADLINE_STATE_MISSED) << "a miss once said stays said";
}

TEST_F(CorrectionsTest, AnEndOfCareThatIsTakenBackOpensAPepAtOnce) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  MoveClockTo("2025-10-01 09:00");
  EmitCareCeased(kChild, "2025-10-01");
  Settle();
  ASSERT_EQ(Pep().state(), v1::PEP_STATE_CLOSED);
  auto event = OfChild();
  event.mutable_care_end_corrected()->set_child_id(kChild);
  event.mutable_care_end_corrected()->set_old_ceased_on("2025-10-01");
  Emit(kChild, event);
  Settle();
  EXPECT_EQ(Pep().reference().pep_id(), absl::StrCat(kChild, ".2"));
  EXPECT_EQ(Pep().state(), v1::PEP_STATE_DUE);
}

TEST_F(CorrectionsTest, ACorrectedSchoolReachesThePepAndTheOtherDoesNotAnyMore) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto event = OfChild();
  auto& right = *event.mutable_enrolment_corrected();
  right.set_child_id(kChild);
  right.set_old_school_urn(kSchool);
  right.set_school_urn(kOtherSchool);
  right.set_school_authority_code(kAuthority);
  right.set_old_enrolled_on("2024-09-03");
  right.set_enrolled_on("2024-09-03");
  Emit(kChild, event);
  Settle();
  const auto transferred = EmittedWith(&Event::has_pep_transferred_to_school);
  ASSERT_EQ(transferred.size(), 1u);
  EXPECT_TRUE(transferred[0].pep_transferred_to_school().corrected());
  EXPECT_EQ(transferred[0].pep_transferred_to_school().moved_on(), "") << "nobody moved";
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool);
  EXPECT_EQ(
      Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"), DesignatedTeacher(kSchool)),
      "NOT_FOUND");
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"), DesignatedTeacher(kOtherSchool));
}

}  // namespace
}  // namespace pepline::scheduling
