// From and until when a PEP asks for an SDQ of a child, and when that is said.
#include "services/registry/domain/age.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

SdqDays DaysOf(std::string_view born, SdqAges ages = {}) { return SdqDaysOf(Day(born), ages); }

Machine<Child> InCare(std::string_view born = "2013-05-03") {
  Machine<Child> child = KnownChild("2025-09-01 09:00", born);
  child.Done(RecordCareStarted{Day("2025-01-06")});
  return child;
}

TEST(SdqDays, GoFromTheFourthToTheSeventeenthBirthdayInWholeMonths) {
  struct Row {
    const char* born;
    const char* from;
    const char* until;
  };
  for (const Row& row : {Row{"2021-10-05", "2025-11-01", "2038-10-31"},
                         Row{"2021-10-31", "2025-11-01", "2038-10-31"},
                         Row{"2021-11-01", "2025-11-01", "2038-10-31"},
                         Row{"2021-11-02", "2025-12-01", "2038-11-30"},
                         Row{"2008-12-02", "2013-01-01", "2025-12-31"},
                         Row{"2020-02-29", "2024-03-01", "2037-02-28"}}) {
    EXPECT_EQ(FormatDate(DaysOf(row.born).from), row.from) << row.born;
    EXPECT_EQ(FormatDate(DaysOf(row.born).until), row.until) << row.born;
  }
}

TEST(SdqDays, TellNobodysBirthdayApartWithinAMonth) {
  const SdqDays days = DaysOf("2013-05-02");
  for (absl::CivilDay born = Day("2013-05-02"); born <= Day("2013-06-01"); ++born) {
    EXPECT_EQ(SdqDaysOf(born, {}), days) << FormatDate(born);
  }
  EXPECT_NE(DaysOf("2013-05-01"), days);
  EXPECT_NE(DaysOf("2013-06-02"), days);
}

TEST(SdqDays, FollowTheAgesOfTheProfile) {
  const SdqDays days = DaysOf("2013-05-03", {5, 15});
  EXPECT_EQ(FormatDate(days.from), "2018-06-01");
  EXPECT_EQ(FormatDate(days.until), "2029-05-31");
  EXPECT_EQ(days.from_age, 5);
}

TEST(SdqDays, AreSaidWithTheStartOfCare) {
  const Machine<Child> child = InCare();
  const auto emitted = child.All<ChildBecameLookedAfter>();
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].sdq, DaysOf("2013-05-03"));
}

TEST(SdqDays, AreSaidAgainWhenTheProfileChangesItsAges) {
  Machine<Child> child = InCare();
  child.Idle(Wake{});
  child.facts.sdq_ages = {5, 15};
  child.Done(Wake{});
  ASSERT_EQ(child.All<SdqDaysChanged>().size(), 1u);
  EXPECT_EQ(child.All<SdqDaysChanged>()[0].sdq, DaysOf("2013-05-03", {5, 15}));
  EXPECT_EQ(child.All<ChildBecameLookedAfter>().size(), 1u) << "it is no second episode";
  EXPECT_TRUE(child.state.care->pep_required);
  child.Idle(Wake{});
}

TEST(SdqDays, AreSaidAgainOnceWhenABirthdayIsCorrected) {
  Machine<Child> child = InCare();
  child.Done(RecordChild{Somebody("2014-05-03"), {}, {}, {}});
  ASSERT_EQ(child.All<SdqDaysChanged>().size(), 1u);
  EXPECT_EQ(child.All<SdqDaysChanged>()[0].sdq, DaysOf("2014-05-03"));
  child.Done(RecordChild{Somebody("2014-05-04"), {}, {}, {}});
  EXPECT_EQ(child.All<SdqDaysChanged>().size(), 1u) << "another day of the same month";
}

TEST(SdqDays, AreSaidOfAChildWhomAVersionBeforePutOnRecord) {
  Machine<Child> child = InCare();
  child.state.care->sdq.reset();
  // The next row of an import, although it corrects the birthday, says the right days alone.
  child.Done(RecordChild{Somebody("2014-05-03"), {}, {}, {}});
  ASSERT_EQ(child.All<SdqDaysChanged>().size(), 1u);
  EXPECT_EQ(child.All<SdqDaysChanged>()[0].sdq, DaysOf("2014-05-03"));
}

TEST(SdqDays, AreNotSaidOfAChildWhoIsNotInCare) {
  Machine<Child> never = KnownChild();
  Machine<Child> left = InCare();
  left.Done(RecordCareCeased{Day("2025-06-30"), CareCeasedReason::kReturnedHome});
  for (Machine<Child>* child : {&never, &left}) {
    child->facts.sdq_ages = {5, 15};
    child->Idle(Wake{});
  }
}

}  // namespace
}  // namespace pepline::registry
