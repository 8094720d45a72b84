// Laws that hold over thousands of generated lives of children, staff and schools.
#include <map>
#include <random>

#include "services/registry/domain/age.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Roll(int sides) { return static_cast<int>(engine_() % static_cast<unsigned>(sides)); }
  absl::CivilDay Around(absl::CivilDay day, int days) { return day + (Roll(2 * days) - days); }
  // The clock goes on; the machine's alarms fire in time, or late when it was down.
  template <class Rules>
  void PassTime(Machine<Rules>& machine, int most_days) {
    const absl::Time then = machine.Now() + absl::Minutes(Roll(most_days * 24 * 60) + 1);
    if (Roll(4) == 0) {
      machine.Now() = then;
    } else {
      machine.PlayUntil(then, Wake{});
    }
  }

 private:
  std::mt19937 engine_;
};

// What holds for every machine at the end of a life.
template <class Rules>
void CheckLaws(Machine<Rules>& machine) {
  machine.Done(Wake{});
  ASSERT_EQ(machine.Folded(), machine.state);
  EXPECT_EQ(Rules::Index(machine.Folded()), Rules::Index(machine.state));
  machine.Idle(Wake{});
}

TEST(Lives, OfChildrenKeepEveryLaw) {
  std::size_t emitted = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Machine<Child> child("2018-01-01 09:00");
    child.facts.school_authority = kAuthority;
    const absl::CivilDay born = dice.Around(Day("2014-01-01"), 1400);
    for (int step = 0; step < 60 && !HasFatalFailure(); ++step) {
      dice.PassTime(child, 120);
      child.facts.school_known = dice.Roll(10) > 0;
      child.facts.school_open = dice.Roll(10) > 0;
      const absl::CivilDay day = dice.Around(child.facts.moment.today(), 40);
      const SchoolUrn school(std::to_string(100000 + dice.Roll(3)));
      ChildDetails details = Somebody();
      details.date_of_birth = born;
      details.location_restricted = dice.Roll(2) == 0;
      RecordChild row{details, {}, {}, {}};
      const LegalStatus status = dice.Roll(2) == 0 ? LegalStatus::kV4 : LegalStatus::kC2;
      if (dice.Roll(2) == 0) row.started = RecordCareStarted{day};
      if (row.started && dice.Roll(3) == 0) row.started->legal_status = status;
      if (dice.Roll(3) == 0) row.school = EnrolChild{school, day};
      const std::vector<ChildCommand> commands = {row,
                                                  RecordCareStarted{day},
                                                  RecordCareCeased{day, CareCeasedReason::kOther},
                                                  EnrolChild{school, day},
                                                  MoveChildToSchool{school, day},
                                                  Wake{},
                                                  CorrectCareStart{day, "a slip"},
                                                  CorrectCareEnd{day, {}, "a slip"},
                                                  CorrectCareEnd{{}, {}, "a slip"},
                                                  CorrectEnrolment{school, {}, "a slip"},
                                                  CorrectEnrolment{{}, day, "a slip"},
                                                  CorrectLegalStatus{status, "a slip"},
                                                  RestrictLocation{dice.Roll(2) == 0, "a slip"},
                                                  FollowSuccessor{kSchool, school, day}};
      (void)child.Do(commands[static_cast<std::size_t>(dice.Roll(14))]);
    }
    ASSERT_NO_FATAL_FAILURE(CheckLaws(child));
    emitted += child.log.size();
    // Care starts and ceases in turn; the same start is said again only when a PEP becomes due, or
    // was by a wrong legal status.
    bool in_care = false;
    bool required = false;
    absl::CivilDay since;
    for (const auto& [at, event] : child.log) {
      if (const auto* became = std::get_if<ChildBecameLookedAfter>(&event)) {
        if (in_care) {
          EXPECT_EQ(became->started_on, since);
          EXPECT_NE(became->pep_required, required);
          EXPECT_TRUE(became->pep_required || became->corrected);
        }
        in_care = true;
        required = became->pep_required;
        since = became->started_on;
      } else if (std::holds_alternative<ChildCeasedToBeLookedAfter>(event)) {
        EXPECT_TRUE(in_care);
        in_care = false;
      } else if (const auto* start = std::get_if<CareStartCorrected>(&event)) {
        EXPECT_EQ(start->correction.old_day, since);
        since = *start->correction.new_day;
      } else if (const auto* end = std::get_if<CareEndCorrected>(&event)) {
        EXPECT_FALSE(in_care);
        in_care = !end->correction.new_day.has_value();
      }
    }
  }
  EXPECT_GT(emitted, 2000u) << "the dice no longer make lives worth looking at";
}

TEST(Lives, OfStaffKeepEveryLaw) {
  std::size_t emitted = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Machine<Staff> staff = KnownStaff();
    for (int step = 0; step < 60 && !HasFatalFailure(); ++step) {
      dice.PassTime(staff, 20);
      const absl::CivilDay from = dice.Around(staff.facts.moment.today(), 60);
      const absl::CivilDay until = dice.Around(from, 60) + 50;
      const Post post = TeacherAt(dice.Roll(2) == 0 ? kSchool : kOtherSchool);
      const auto maybe = [&](absl::CivilDay day) {
        return dice.Roll(2) == 0 ? std::optional(day) : std::nullopt;
      };
      switch (dice.Roll(6)) {
        case 0:
        case 1:
          (void)staff.Do(AppointStaff{post, maybe(from), maybe(until)});
          break;
        case 2:
        case 3:
          (void)staff.Do(EndAppointment{post, maybe(until)});
          break;
        case 4:
          if (!staff.state.appointments.empty()) {
            const auto& known = staff.state.appointments;
            const Appointment& one =
                known[static_cast<std::size_t>(dice.Roll(static_cast<int>(known.size())))];
            (void)staff.Do(CorrectAppointment{one.post, one.from_on, maybe(from), maybe(until),
                                              dice.Roll(4) == 0, "a slip"});
          }
          break;
        default:
          (void)staff.Do(SucceedSchool{post.school, post.school == kSchool ? kOtherSchool : kSchool,
                                       std::min(from, staff.facts.moment.today())});
      }
    }
    ASSERT_NO_FATAL_FAILURE(CheckLaws(staff));
    emitted += staff.log.size();
    const absl::CivilDay today = staff.facts.moment.today();
    for (const Appointment& one : staff.state.appointments) {
      EXPECT_EQ(one.begun, one.from_on <= today) << "said on its day";
      EXPECT_EQ(one.ended, one.until_on && *one.until_on < today);
      EXPECT_TRUE(!one.until_on || *one.until_on >= one.from_on);
      int in_force = 0;
      for (const Appointment& other : staff.state.appointments) {
        in_force += other.post == one.post && other.InForceOn(one.from_on);
      }
      EXPECT_EQ(in_force, 1) << "one person holds a post once";
    }
  }
  EXPECT_GT(emitted, 2000u) << "the dice no longer make lives worth looking at";
}

TEST(Lives, OfSchoolsKeepEveryLaw) {
  std::size_t emitted = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Machine<School> school = KnownSchool();
    for (int step = 0; step < 60 && !HasFatalFailure(); ++step) {
      dice.PassTime(school, 10);
      const absl::CivilDay today = school.facts.moment.today();
      switch (dice.Roll(4)) {
        case 0:
          school.facts.teachers.clear();
          for (int i = dice.Roll(3); i > 0; --i) {
            const absl::CivilDay from = dice.Around(today, 30);
            school.facts.teachers.push_back(
                {StaffId(std::to_string(i)), kAuthority, from,
                 dice.Roll(2) == 0 ? std::optional(from + dice.Roll(40)) : std::nullopt});
          }
          school.Done(Wake{});
          break;
        case 1:
          school.Done(RecordSchool{Details(), dice.Roll(3) == 0});
          break;
        default:
          school.Done(
              RecordLookedAfterChild{ChildId(std::to_string(dice.Roll(4))), dice.Roll(2) == 0});
      }
      const SchoolState& state = school.state;
      EXPECT_EQ(state.vacant_since.has_value(),
                IsOpen(state) && !state.looked_after.empty() && state.teachers.empty());
      EXPECT_EQ(state.vacancy_said, state.vacant_since.has_value()) << "it can be counted here";
      if (state.vacant_since) {
        EXPECT_LE(*state.vacant_since, today);
      }
    }
    ASSERT_NO_FATAL_FAILURE(CheckLaws(school));
    emitted += school.log.size();
    EXPECT_EQ(school.All<VacancyNoticed>().size(),
              school.All<DesignatedTeacherVacancyBegan>().size())
        << "each is said once";
    EXPECT_LE(school.All<DesignatedTeacherVacancyEnded>().size(),
              school.All<VacancyEnded>().size());
  }
  EXPECT_GT(emitted, 2000u) << "the dice no longer make lives worth looking at";
}

}  // namespace
}  // namespace pepline::registry
