// Mending the days of an appointment that were put on record wrongly.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;
using Days = std::optional<absl::CivilDay>;

CorrectAppointment Correct(std::string_view from_on, Days right_from, Days right_until = {},
                           bool not_ended = false) {
  return {TeacherAt(), Day(from_on), right_from, right_until, not_ended, "a slip", "stf-v"};
}

Machine<Staff> Teacher(Days until_on = {}) {
  Machine<Staff> staff = KnownStaff();
  staff.Done(AppointStaff{TeacherAt(), Day("2024-09-01"), until_on});
  return staff;
}

TEST(CorrectAppointment, MovesTheFirstDayAndSaysOldAndNew) {
  Machine<Staff> staff = Teacher();
  staff.Done(Correct("2024-09-01", Day("2024-10-01")));
  ASSERT_EQ(staff.latest.size(), 1u);
  const auto corrected = staff.All<AppointmentCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].correction.old_from_on, Day("2024-09-01"));
  EXPECT_EQ(corrected[0].correction.from_on, Day("2024-10-01"));
  EXPECT_EQ(staff.state.appointments,
            std::vector({Appointment{TeacherAt(), Day("2024-10-01"), {}, true, false}}));
  ASSERT_EQ(staff.state.corrections.size(), 1u);
  EXPECT_EQ(staff.state.corrections[0].reason, "a slip");
  EXPECT_EQ(staff.state.corrections[0].by, "stf-v");
  EXPECT_EQ(staff.state.corrections[0].at, At("2025-09-01 09:00"));
}

TEST(CorrectAppointment, TakesBackAnEndThatWasSaid) {
  Machine<Staff> staff = Teacher(Day("2025-07-31"));
  ASSERT_EQ(staff.All<AppointmentEnded>().size(), 1u);
  EXPECT_EQ(staff.Refused(EndAppointment{TeacherAt(), Day("2025-12-31")}),
            R::kAppointmentAlreadyEnded);
  staff.Done(Correct("2024-09-01", {}, {}, true));
  EXPECT_TRUE(staff.state.IsIn(TeacherAt()));
  EXPECT_THAT(Staff::Index(staff.state), testing::Contains(HoldersOf(TeacherAt())));
  EXPECT_EQ(staff.All<AppointmentCorrected>()[0].correction.old_until_on, Day("2025-07-31"));
  EXPECT_EQ(staff.All<AppointmentCorrected>()[0].correction.until_on, std::nullopt);
}

TEST(CorrectAppointment, ToADayAheadOrPastIsSaidWhenItIsReached) {
  Machine<Staff> staff = Teacher();
  staff.Done(Correct("2024-09-01", Day("2025-09-10")));
  EXPECT_FALSE(staff.state.appointments[0].begun);
  staff.Until("2025-09-11 09:00");
  EXPECT_EQ(staff.All<StaffAppointed>().size(), 2u) << "it begins on the right day";
  staff.Done(Correct("2025-09-10", {}, Day("2025-09-10")));
  ASSERT_EQ(staff.All<AppointmentEnded>().size(), 1u);
  EXPECT_EQ(staff.All<AppointmentEnded>()[0].until_on, Day("2025-09-10"));
  staff.Done(Correct("2025-09-10", {}, Day("2025-09-20")));
  staff.Until("2025-09-21 09:00");
  EXPECT_EQ(staff.All<AppointmentEnded>().size(), 2u);
}

TEST(CorrectAppointment, IsRefusedForWhatNeverWasForWhatIsTheSameAndWithoutAReason) {
  Machine<Staff> nobody;
  EXPECT_EQ(nobody.Refused(Correct("2024-09-01", Day("2024-10-01"))), R::kUnknownStaff);
  Machine<Staff> staff = Teacher();
  EXPECT_EQ(staff.Refused(Correct("2024-09-02", Day("2024-10-01")), "appointment.from_on"),
            R::kNoSuchAppointment);
  EXPECT_EQ(staff.Refused(Correct("2024-09-01", Day("2024-09-01")), "from_on"), R::kSameAsOnRecord);
  EXPECT_EQ(staff.Refused(Correct("2024-09-01", {}, {}, true), "until_on"), R::kSameAsOnRecord);
  CorrectAppointment silent = Correct("2024-09-01", Day("2024-10-01"));
  silent.reason = "\n";
  EXPECT_EQ(staff.Refused(silent, "reason"), R::kReasonRequired);
}

TEST(CorrectAppointment, IsRefusedWhereTheDaysBreakAnotherFact) {
  Machine<Staff> staff = Teacher(Day("2025-03-31"));
  staff.Done(AppointStaff{TeacherAt(), Day("2025-05-01"), Day("2025-07-31")});
  EXPECT_EQ(staff.Refused(Correct("2024-09-01", {}, Day("2024-08-31")), "until_on"),
            R::kEndsBeforeItBegins);
  EXPECT_EQ(staff.Refused(Correct("2024-09-01", {}, Day("2025-05-01"))), R::kAlreadyAppointed);
  EXPECT_EQ(staff.Refused(Correct("2025-05-01", Day("2025-03-31"))), R::kAlreadyAppointed);
  EXPECT_EQ(staff.Refused(Correct("2025-05-01", {}, Day("2035-01-01")), "until_on"),
            R::kTooFarAhead);
  staff.facts.others_in_post = kMostInOneRole;
  EXPECT_EQ(staff.Refused(Correct("2025-05-01", {}, {}, true)), R::kTooManyInRole);
  staff.facts.others_in_post = 0;
  staff.facts.place_open = false;
  EXPECT_EQ(staff.Refused(Correct("2025-05-01", {}, {}, true)), R::kSchoolClosed);
  staff.Done(Correct("2025-05-01", {}, Day("2025-07-18")));
}

TEST(CorrectAppointment, IsNotUndoneByAnOldFile) {
  Machine<Staff> staff = Teacher(Day("2025-12-31"));
  staff.Done(Correct("2024-09-01", Day("2024-10-01"), Day("2026-03-31")));
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-12-31")}),
            R::kCorrectedSince);
  staff.Idle(AppointStaff{TeacherAt(), Day("2024-10-01"), {}});
  staff.Done(Correct("2024-10-01", {}, Day("2026-07-31")));
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2024-10-01"), Day("2026-03-31")}),
            R::kCorrectedSince);
  staff.Idle(AppointStaff{TeacherAt(), Day("2024-10-01"), Day("2026-07-31")});
  staff.Done(Correct("2024-10-01", Day("2024-09-01"), Day("2025-12-31")));
  staff.Idle(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-12-31")});
}

}  // namespace
}  // namespace pepline::registry
