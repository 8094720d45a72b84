// A child's location that is restricted, by a person or a file.
#include "shared/domain/field_list.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;

RecordChild Row(bool restricted) {
  ChildDetails details = Somebody();
  details.location_restricted = restricted;
  return {details, {}, {}, {}};
}

TEST(RestrictedLocation, ByAPersonCountsAtOnceAndKeepsWhy) {
  Machine<Child> child = KnownChild();
  child.Done(RestrictLocation{true, "a court order", "stf-v"});
  EXPECT_TRUE(child.state.details.location_restricted);
  ASSERT_EQ(child.state.corrections.size(), 1u);
  EXPECT_EQ(child.state.corrections[0].fact, CorrectedFact::kLocationRestricted);
  EXPECT_EQ(child.state.corrections[0].reason, "a court order");
  EXPECT_EQ(child.Refused(RestrictLocation{true, "again"}, "lifted"), R::kSameAsOnRecord);
  EXPECT_EQ(child.Refused(RestrictLocation{false, " "}, "reason"), R::kReasonRequired);
  child.Done(RestrictLocation{false, "the order has ended", "stf-v"});
  EXPECT_FALSE(child.state.details.location_restricted);
}

TEST(RestrictedLocation, ByAPersonIsLiftedByNoFile) {
  Machine<Child> child = KnownChild();
  child.Done(RestrictLocation{true, "a court order", "stf-v"});
  EXPECT_EQ(child.Refused(Row(false), "location_restricted"), R::kCorrectedSince);
  child.Idle(Row(true));
  child.Done(RestrictLocation{false, "the order has ended", "stf-v"});
  child.Idle(Row(false));
  child.Done(Row(true));
  EXPECT_TRUE(child.state.details.location_restricted) << "a file restricts at any time";
  child.Done(Row(false));
}

TEST(RestrictedLocation, ByAFileIsLiftedByOne) {
  Machine<Child> child = KnownChild();
  child.Done(Row(true));
  child.Done(Row(false));
  EXPECT_FALSE(child.state.details.location_restricted);
}

TEST(CareCeased, HasAClassOfEachReason) {
  for (int number = 1; const auto known = KnownEnum<CareCeasedReason>(number); ++number) {
    const CareCeasedReason reason = *known;
    const bool plac = reason == CareCeasedReason::kAdoption ||
                      reason == CareCeasedReason::kSpecialGuardianship ||
                      reason == CareCeasedReason::kChildArrangements;
    EXPECT_EQ(CareCeasedClass(reason), plac ? "plac" : "not-plac");
  }
}

}  // namespace
}  // namespace pepline::registry
