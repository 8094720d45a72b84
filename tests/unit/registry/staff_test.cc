// What a member of staff answers to every command, and when appointments begin and end.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;
using Answer = std::optional<RefusalReason>;
constexpr Answer kDone = std::nullopt;

// What is on record of one post.
enum class Held { kUnknownPerson, kNever, kPlanned, kInForce, kLeaving, kEnded };
constexpr std::array kEverywhere = {Held::kUnknownPerson, Held::kNever,   Held::kPlanned,
                                    Held::kInForce,       Held::kLeaving, Held::kEnded};

Machine<Staff> StaffIn(Held held) {
  Machine<Staff> staff = KnownStaff();
  switch (held) {
    case Held::kUnknownPerson:
      staff.state = {};
      staff.log.clear();
      break;
    case Held::kNever:
      break;
    case Held::kPlanned:
      staff.Done(AppointStaff{TeacherAt(), Day("2025-10-01"), {}});
      break;
    case Held::kInForce:
      staff.Done(AppointStaff{TeacherAt(), Day("2024-09-01"), {}});
      break;
    case Held::kLeaving:
      staff.Done(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-12-31")});
      break;
    case Held::kEnded:
      staff.Done(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-07-31")});
      break;
  }
  return staff;
}

struct Pair {
  const char* name;
  StaffCommand command;
  std::array<Answer, 6> answers;  // in the order of kEverywhere
};

std::vector<Pair> Table() {
  const Answer unknown = R::kUnknownStaff;
  return {
      {"Record", RecordStaff{Petra()}, {kDone, kDone, kDone, kDone, kDone, kDone}},
      {"AppointToday",
       AppointStaff{TeacherAt(), {}, {}},
       {unknown, kDone, R::kAlreadyAppointed, kDone, kDone, kDone}},
      {"AppointSinceThen",
       AppointStaff{TeacherAt(), Day("2024-09-01"), {}},
       {unknown, kDone, R::kAlreadyAppointed, kDone, kDone, kDone}},
      {"AppointOnAnotherDay",
       AppointStaff{TeacherAt(), Day("2024-10-01"), {}},
       {unknown, kDone, R::kAlreadyAppointed, R::kAlreadyAppointed, R::kAlreadyAppointed,
        R::kAlreadyAppointed}},
      {"AppointUntil",
       AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-08-31")},
       {unknown, kDone, kDone, kDone, kDone, R::kAppointmentAlreadyEnded}},
      {"EndToday",
       EndAppointment{TeacherAt(), {}},
       {unknown, R::kNoSuchAppointment, kDone, kDone, kDone, R::kAppointmentAlreadyEnded}},
      {"EndBeforeItBegan",
       EndAppointment{TeacherAt(), Day("2024-08-31")},
       {unknown, R::kNoSuchAppointment, kDone, R::kEndsBeforeItBegins, R::kEndsBeforeItBegins,
        R::kEndsBeforeItBegins}},
      {"EndInTenYears",
       EndAppointment{TeacherAt(), Day("2035-08-31")},
       {unknown, R::kNoSuchAppointment, R::kTooFarAhead, R::kTooFarAhead, R::kTooFarAhead,
        R::kTooFarAhead}},
      {"Wake", Wake{}, {kDone, kDone, kDone, kDone, kDone, kDone}},
  };
}

class EveryPost : public testing::TestWithParam<Held> {};

TEST_P(EveryPost, AnswersEveryCommandAsTheTableSays) {
  const auto column = static_cast<std::size_t>(GetParam());
  for (const Pair& pair : Table()) {
    Machine<Staff> staff = StaffIn(GetParam());
    auto no = staff.Do(pair.command);
    EXPECT_EQ(no ? Answer(no->reason) : kDone, pair.answers[column]) << pair.name;
  }
}

INSTANTIATE_TEST_SUITE_P(StaffCommands, EveryPost, testing::ValuesIn(kEverywhere));

TEST(Appointments, AtASchoolAreTwentyInOneRoleAtMost) {
  for (const Held held : {Held::kNever, Held::kEnded}) {
    Machine<Staff> staff = StaffIn(held);
    staff.facts.others_in_post = kMostInOneRole - 1;
    EXPECT_EQ(staff.Do(AppointStaff{TeacherAt(), Day("2025-10-01"), {}}), std::nullopt);
    staff = StaffIn(held);
    staff.facts.others_in_post = kMostInOneRole;
    const auto no = staff.Do(AppointStaff{TeacherAt(), {}, {}});
    ASSERT_TRUE(no);
    EXPECT_EQ(no->reason, R::kTooManyInRole);
    EXPECT_EQ(no->field, "appointment.role");
    EXPECT_EQ(staff.Do(AppointStaff{TeacherAt(), Day("2023-09-01"), Day("2024-07-31")}),
              std::nullopt)
        << "who left takes no place";
  }
}

Post AtTheAuthority(StaffRole role) { return {role, {}, kAuthority, {}}; }

TEST(Appointments, AsHeadOfAVirtualSchoolAreTwentyAtMostAndInItsOtherRolesTwoThousand) {
  const std::pair<StaffRole, int> most[] = {{StaffRole::kVirtualSchoolHead, 20},
                                            {StaffRole::kVirtualSchoolCaseworker, 2'000},
                                            {StaffRole::kSocialWorker, 2'000},
                                            {StaffRole::kIndependentReviewingOfficer, 2'000}};
  for (const auto& [role, people] : most) {
    SCOPED_TRACE(people);
    Machine<Staff> staff = KnownStaff();
    staff.facts.others_in_post = people;
    const auto no = staff.Do(AppointStaff{AtTheAuthority(role), {}, {}});
    ASSERT_TRUE(no);
    EXPECT_EQ(no->reason, R::kTooManyInRole);
    EXPECT_EQ(no->field, "appointment.role");
    EXPECT_THAT(no->advice, testing::HasSubstr(people == 20 ? "20 people" : "2,000 people"));
    staff.facts.others_in_post = people - 1;
    EXPECT_EQ(staff.Do(AppointStaff{AtTheAuthority(role), {}, {}}), std::nullopt);
  }
}

SchoolUrn SchoolNumber(int i) { return SchoolUrn(std::to_string(200000 + i)); }

TEST(Appointments, OfOnePersonAreAtTwoHundredSchoolsAtMost) {
  Machine<Staff> staff = KnownStaff();
  for (int i = 0; i < 50; ++i) {  // over long ago
    staff.Done(
        AppointStaff{TeacherAt(SchoolNumber(1000 + i)), Day("2023-09-01"), Day("2024-07-31")});
  }
  for (int i = 0; i < kMostSchools; ++i) {
    staff.Done(AppointStaff{TeacherAt(SchoolNumber(i)), Day("2025-10-01"), {}});
  }
  const AppointStaff one_more{TeacherAt(SchoolNumber(kMostSchools)), {}, {}};
  const auto no = staff.Do(one_more);
  ASSERT_TRUE(no);
  EXPECT_EQ(no->reason, R::kTooManySchools);
  EXPECT_EQ(no->field, "appointment.school_urn");
  EXPECT_EQ(staff.Do(AppointStaff{{StaffRole::kHeadteacher, SchoolNumber(0), {}, {}}, {}, {}}),
            std::nullopt)
      << "another role at a school of theirs";
  EXPECT_EQ(staff.Do(AppointStaff{AtTheAuthority(StaffRole::kSocialWorker), {}, {}}), std::nullopt);
  EXPECT_EQ(staff.Do(AppointStaff{TeacherAt(SchoolNumber(0)), Day("2025-10-01"), {}}), std::nullopt)
      << "the same again";
  staff.Done(EndAppointment{TeacherAt(SchoolNumber(7)), {}});
  EXPECT_EQ(staff.Do(one_more), std::nullopt) << "whom they have left makes room";
}

// Fills a record with appointments that are over, a day each, beginning with the oldest.
void FillWithPast(Machine<Staff>& staff, const Post& post,
                  const std::optional<StaffOfChild>& of_child = std::nullopt) {
  const absl::CivilDay first = Day("2020-01-01");
  while (static_cast<int>(staff.state.appointments.size()) < kMostAppointments) {
    const absl::CivilDay day = first + static_cast<int>(staff.state.appointments.size());
    staff.Done(AppointStaff{post, day, day, of_child});
  }
}

TEST(Appointments, OfOnePersonAreAThousandAtMostWithThoseThatAreOver) {
  Machine<Staff> staff = KnownStaff();
  FillWithPast(staff, TeacherAt());
  for (const Post& post : {TeacherAt(), TeacherAt(kOtherSchool),
                           AtTheAuthority(StaffRole::kVirtualSchoolCaseworker)}) {
    const auto no = staff.Do(AppointStaff{post, {}, {}});
    ASSERT_TRUE(no);
    EXPECT_EQ(no->reason, R::kTooManyAppointments);
    EXPECT_EQ(no->field, "staff_id");
  }
  staff.Idle(AppointStaff{TeacherAt(), Day("2020-01-01"), Day("2020-01-01")});
  EXPECT_EQ(staff.Do(RecordStaff{Petra()}), std::nullopt);
}

TEST(Appointments, OfOnePersonForOneChildAreAThousandAtMost) {
  Machine<Staff> staff = KnownStaff();
  staff.state = {};
  staff.log.clear();
  const Post post{StaffRole::kSocialWorker, {}, {}, kChild};
  const StaffOfChild person{StaffId("stf-p"), kAuthority};
  FillWithPast(staff, post, person);
  const auto no = staff.Do(AppointStaff{post, {}, {}, person});
  ASSERT_TRUE(no);
  EXPECT_EQ(no->reason, R::kTooManyAppointments);
}

// A record of an older version, which had what a person does for children in the person's own.
TEST(Appointments, ForChildrenInAPersonsOwnRecordTakeNoPlaceOfThoseAtTheAuthority) {
  Machine<Staff> staff = KnownStaff();
  for (int i = 0; i <= kMostAppointments; ++i) {
    const Post post{StaffRole::kSocialWorker, {}, {}, ChildId("chd-" + std::to_string(i))};
    staff.state.appointments.push_back({post, Day("2024-09-01"), std::nullopt, true, false});
  }
  EXPECT_EQ(staff.Do(AppointStaff{AtTheAuthority(StaffRole::kSocialWorker), {}, {}}), std::nullopt);
}

TEST(Appointments, AreSaidWhenTheyBeginAndWhenTheyAreOver) {
  Machine<Staff> staff = KnownStaff();
  staff.Done(AppointStaff{TeacherAt(), Day("2025-09-10"), Day("2025-10-25")});
  EXPECT_TRUE(staff.All<StaffAppointed>().empty());
  staff.Until("2025-09-09 23:59");
  EXPECT_TRUE(staff.All<StaffAppointed>().empty());
  staff.Until("2025-09-10 00:00");
  ASSERT_EQ(staff.All<StaffAppointed>().size(), 1u);
  EXPECT_EQ(staff.All<StaffAppointed>()[0].from_on, Day("2025-09-10"));
  staff.Until("2025-10-25 23:59");
  EXPECT_TRUE(staff.All<AppointmentEnded>().empty()) << "its last day counts";
  // The clocks go back in that night.
  staff.Until("2025-10-26 00:00");
  ASSERT_EQ(staff.All<AppointmentEnded>().size(), 1u);
  EXPECT_EQ(staff.All<AppointmentEnded>()[0].until_on, Day("2025-10-25"));
  staff.Until("2026-10-26 00:00");
  EXPECT_EQ(staff.log.size(), 5u);
}

TEST(Appointments, ThatAreOverWhenPutOnRecordAreSaidWhole) {
  Machine<Staff> staff = StaffIn(Held::kEnded);
  EXPECT_EQ(staff.All<StaffAppointed>().size(), 1u);
  EXPECT_EQ(staff.All<AppointmentEnded>().size(), 1u);
  EXPECT_EQ(Staff::NextWake(staff.state, staff.facts), std::nullopt);
  staff.Idle(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-07-31")});
}

TEST(Appointments, CanBeCalledOffBeforeTheyBegin) {
  Machine<Staff> staff = StaffIn(Held::kPlanned);
  staff.Done(EndAppointment{TeacherAt(), {}});
  EXPECT_EQ(staff.All<AppointmentCalledOff>().size(), 1u);
  EXPECT_TRUE(staff.state.appointments.empty());
  staff.Until("2025-12-01 00:00");
  EXPECT_TRUE(staff.All<StaffAppointed>().empty());
}

TEST(Appointments, KeepAKnownEndWhenARowHasNone) {
  Machine<Staff> staff = StaffIn(Held::kLeaving);
  staff.Idle(AppointStaff{TeacherAt(), Day("2024-09-01"), {}});
  EXPECT_EQ(staff.state.appointments[0].until_on, Day("2025-12-31"));
  staff.Done(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2025-10-31")});
  EXPECT_EQ(staff.state.appointments[0].until_on, Day("2025-10-31"));
}

TEST(Appointments, OfOnePostNeverOverlap) {
  Machine<Staff> staff = StaffIn(Held::kLeaving);
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2025-12-31"), {}}), R::kAlreadyAppointed);
  staff.Done(AppointStaff{TeacherAt(), Day("2026-01-01"), {}});
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2024-09-01"), Day("2026-01-01")}),
            R::kAlreadyAppointed);
  staff.Done(AppointStaff{TeacherAt(kOtherSchool), Day("2025-01-01"), {}});
}

TEST(Appointments, AreOfOnePlaceThatFitsTheRole) {
  Machine<Staff> staff = KnownStaff();
  const auto place_of = [](StaffRole role, Place place) {
    Post post{role, {}, {}, {}};
    if (place == Place::kSchool) post.school = kSchool;
    if (place == Place::kAuthority) post.authority = kAuthority;
    if (place == Place::kChild) post.child = kChild;
    return post;
  };
  for (StaffRole role : kAllRecipientRoles) {
    int places = 0;
    for (Place place : {Place::kSchool, Place::kAuthority, Place::kChild}) {
      const bool may = MayBeHeldAt(role, place);
      places += may;
      auto no = staff.Do(AppointStaff{place_of(role, place), {}, {}});
      EXPECT_EQ(no.has_value(), !may);
      if (no) {
        EXPECT_EQ(no->reason, R::kRoleNotThere);
      }
    }
    EXPECT_GT(places, 0);
  }
  Post both = TeacherAt();
  both.authority = kAuthority;
  EXPECT_EQ(staff.Refused(AppointStaff{both, {}, {}}), R::kRoleNotThere);
  EXPECT_EQ(staff.Refused(AppointStaff{Post{StaffRole::kHeadteacher, {}, {}, {}}, {}, {}}),
            R::kRoleNotThere);
}

TEST(Appointments, NeedAPlaceThatIsThere) {
  Machine<Staff> staff = KnownStaff();
  const Post worker_of_child{StaffRole::kSocialWorker, {}, {}, kChild};
  const Post elsewhere{StaffRole::kSocialWorker, {}, AuthorityCode("933"), {}};
  EXPECT_EQ(staff.Refused(AppointStaff{elsewhere, {}, {}}), R::kOtherAuthority);
  staff.facts.place_open = false;
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), {}, {}}), R::kSchoolClosed);
  staff.facts.place_known = false;
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), {}, {}}), R::kUnknownSchool);
  EXPECT_EQ(staff.Refused(AppointStaff{worker_of_child, {}, {}}), R::kUnknownChild);
  staff.facts.place_known = true;
  staff.facts.place_authority = AuthorityCode("933");
  EXPECT_EQ(staff.Refused(AppointStaff{worker_of_child, {}, {}}), R::kUnknownChild);
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2025-09-02"), Day("2025-09-01")}),
            R::kEndsBeforeItBegins);
  EXPECT_EQ(staff.Refused(AppointStaff{TeacherAt(), Day("2026-09-03"), {}}), R::kTooFarAhead);
}

// What a person does for one child, in a record of its own.
class StaffOfOneChild : public testing::Test {
 protected:
  StaffOfOneChild() {
    record_.facts.place_known = record_.facts.place_open = true;
    record_.facts.place_authority = kAuthority;
  }
  AppointStaff Appoint(std::optional<absl::CivilDay> from_on = std::nullopt) const {
    return {post_, from_on, std::nullopt, StaffOfChild{StaffId("stf-p"), kAuthority}};
  }
  EndAppointment End(std::optional<absl::CivilDay> until_on = std::nullopt) const {
    return {post_, until_on, StaffOfChild{StaffId("stf-p"), kAuthority}};
  }

  const Post post_{StaffRole::kSocialWorker, {}, {}, kChild};
  Machine<Staff> record_;
};

TEST_F(StaffOfOneChild, BeginsWithTheFirstAppointmentAndHoldsNothingElseOfThePerson) {
  record_.Done(Appoint(Day("2025-08-01")));
  EXPECT_EQ(record_.state.child, kChild);
  EXPECT_EQ(record_.state.details, (StaffDetails{StaffId("stf-p"), kAuthority, "", "", ""}));
  ASSERT_EQ(record_.state.appointments.size(), 1u);
  EXPECT_TRUE(record_.state.appointments[0].begun);
  record_.Idle(Appoint(Day("2025-08-01")));
  EXPECT_EQ(record_.Refused(Appoint(Day("2025-08-02"))), R::kAlreadyAppointed);
  record_.Done(End(Day("2025-09-05")));
  record_.Until("2025-09-06 00:00");
  EXPECT_TRUE(record_.state.appointments[0].ended);
}

TEST_F(StaffOfOneChild, IsOnNoListOfPersonsButOnThePersonsOwn) {
  record_.Done(Appoint());
  EXPECT_THAT(Staff::Index(record_.state),
              testing::UnorderedElementsAre(ChildrenOf(StaffId("stf-p")), HoldersOf(post_)));
  record_.Done(End());
  record_.Until("2025-09-02 00:00");
  EXPECT_THAT(Staff::Index(record_.state), testing::ElementsAre(ChildrenOf(StaffId("stf-p"))))
      << "what was done for the child stays to be read";
}

TEST_F(StaffOfOneChild, AnswersForAChildOfAnotherAuthorityAsForNone) {
  record_.facts.place_authority = AuthorityCode("933");
  EXPECT_EQ(record_.Refused(Appoint()), R::kUnknownChild);
  EXPECT_EQ(record_.Refused(End()), R::kNoSuchAppointment) << "the person is on record";
  EXPECT_EQ(record_.state, StaffState()) << "what is refused begins no record";
}

TEST(StaffIndex, ListsHoldersUntilTheAppointmentIsOver) {
  EXPECT_TRUE(Staff::Index(StaffState()).empty());
  const IndexEntry of_authority{"staff-of-authority", "931"};
  const IndexEntry teacher{"holders-of-post", "1.123456.."};
  EXPECT_EQ(HoldersOf(TeacherAt()), teacher);
  for (Held held : {Held::kPlanned, Held::kInForce, Held::kLeaving}) {
    EXPECT_THAT(Staff::Index(StaffIn(held).state),
                testing::UnorderedElementsAre(of_authority, teacher));
  }
  EXPECT_THAT(Staff::Index(StaffIn(Held::kEnded).state), testing::ElementsAre(of_authority));
}

}  // namespace
}  // namespace pepline::registry
