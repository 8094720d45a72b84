// Who is on record twice gets one mail of a level of an alert.
#include "services/notifications/delivery/one_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pepline::notifications {
namespace {

using enum RecipientRole;

const Contact kPetra = {StaffId("stf-p"), "petra@meadow.example"};
const Contact kPetraElsewhere = {StaffId("stf-q"), "Petra@Meadow.example"};  // of another authority
const Contact kSam = {StaffId("stf-s"), "sam@meadow.example"};

PendingDelivery Pending(RecipientRole role, int level = 1) {
  PendingDelivery pending;
  pending.level = level;
  pending.role = role;
  return pending;
}
Settled Told(const Contact& contact) { return {contact.staff, Channel::kSmtp, {}, {}}; }
Settled Refused(const Contact& contact) {
  return {contact.staff, {}, FailureCause::kAddressRefused, {}};
}

// The deputy and the Designated Teacher of level 1 are one person, on record twice.
class OneMailTest : public testing::Test {
 protected:
  OneMailTest() {
    alert_.deliveries = {Pending(kDesignatedTeacher), Pending(kDeputyDesignatedTeacher)};
    contacts_.people = {{kDesignatedTeacher, kPetra},
                        {kDeputyDesignatedTeacher, kPetraElsewhere},
                        {kDeputyDesignatedTeacher, kSam}};
  }
  SameAddress Of(std::size_t delivery, const Contact& contact) {
    return FindSameAddress(alert_, contacts_, alert_.deliveries[delivery], contact);
  }

  AlertState alert_;
  Contacts contacts_;
};

TEST_F(OneMailTest, TheFirstGoesAndTheSecondWaitsForIt) {
  EXPECT_FALSE(Of(0, kPetra).waits);
  EXPECT_FALSE(Of(0, kPetra).told);
  EXPECT_TRUE(Of(1, kPetraElsewhere).waits);
  EXPECT_FALSE(Of(1, kSam).waits) << "somebody else";
}

TEST_F(OneMailTest, TheSecondIsToldByTheFirstAlsoOnceItsRoleIsDone) {
  alert_.deliveries[0].settled = {Told(kPetra)};
  alert_.deliveries[0].state = DeliveryState::kDelivered;
  EXPECT_EQ(Of(1, kPetraElsewhere).told, Channel::kSmtp);
  EXPECT_EQ(Of(1, kSam).told, std::nullopt);
}

TEST_F(OneMailTest, TheSecondGoesWhereTheFirstWasGivenUpOrDropped) {
  alert_.deliveries[0].settled = {Refused(kPetra)};
  EXPECT_FALSE(Of(1, kPetraElsewhere).waits);
  EXPECT_FALSE(Of(1, kPetraElsewhere).told);
  alert_.deliveries[0].settled.clear();
  alert_.deliveries[0].state = DeliveryState::kDropped;
  EXPECT_FALSE(Of(1, kPetraElsewhere).waits);
}

TEST_F(OneMailTest, AnotherLevelIsAnotherMail) {
  alert_.deliveries[0].level = 0;
  alert_.deliveries[0].settled = {Told(kPetra)};
  EXPECT_FALSE(Of(1, kPetraElsewhere).told);
}

TEST_F(OneMailTest, TwoOfOneRoleWithOneAddressGetOneToo) {
  contacts_.people = {{kDesignatedTeacher, kPetra}, {kDesignatedTeacher, kPetraElsewhere}};
  EXPECT_FALSE(Of(0, kPetra).waits);
  EXPECT_TRUE(Of(0, kPetraElsewhere).waits);
  alert_.deliveries[0].settled = {Told(kPetra)};
  EXPECT_EQ(Of(0, kPetraElsewhere).told, Channel::kSmtp);
}

TEST_F(OneMailTest, NoAddressIsNobodysAddress) {
  contacts_.people = {{kDesignatedTeacher, {StaffId("stf-p"), ""}},
                      {kDeputyDesignatedTeacher, {StaffId("stf-q"), ""}}};
  EXPECT_FALSE(Of(1, {StaffId("stf-q"), ""}).waits);
}

}  // namespace
}  // namespace pepline::notifications
