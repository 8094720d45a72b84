#include "tools/demo/tally.h"

#include <gmock/gmock.h>

namespace pepline::demo {
namespace {

class TallyTest : public testing::Test {
 protected:
  scheduling::v1::SchedulingEvent OfPep(const std::string& pep) {
    scheduling::v1::SchedulingEvent event;
    event.mutable_pep()->set_pep_id(pep);
    return event;
  }
  void Open(const std::string& pep, const std::string& day) {
    auto event = OfPep(pep);
    event.mutable_pep_cycle_opened()->set_opened_on(day);
    tally_.Count(event);
  }
  void Finalise(const std::string& pep, bool within_limit) {
    auto event = OfPep(pep);
    event.mutable_epep_finalised()->set_within_limit(within_limit);
    tally_.Count(event);
  }

  Tally tally_{absl::CivilDay(2025, 12, 19)};
};

TEST_F(TallyTest, APepOfTheNextTermCountsForThatTermAlone) {
  Open("a.1", "2025-09-02");
  Open("a.2", "2026-01-05");
  Finalise("a.1", true);
  Finalise("a.2", true);
  EXPECT_EQ(tally_.due.size(), 1u);
  EXPECT_EQ(tally_.next_term_due, 1);
  EXPECT_EQ(tally_.finalised_in_time, std::set<std::string>{"a.1"});
}

TEST_F(TallyTest, FinalisedInTimeAndLateAreCountedApart) {
  Open("a.1", "2025-09-02");
  Open("b.1", "2025-12-19");
  Finalise("a.1", true);
  Finalise("b.1", false);
  EXPECT_EQ(tally_.finalised_in_time.size(), 1u);
  EXPECT_EQ(tally_.finalised_late, std::set<std::string>{"b.1"});
}

TEST_F(TallyTest, OnlyMailsCountAsMails) {
  notifications::v1::NotificationsEvent event;
  event.mutable_alert_delivered()->set_channel("smtp");
  tally_.Count(event);
  event.mutable_alert_delivered()->set_channel("file");
  tally_.Count(event);
  event.mutable_notice_delivered()->set_channel("smtp");
  tally_.Count(event);
  event.mutable_notice_delivered()->set_channel("file");
  tally_.Count(event);
  event.mutable_notice_dropped()->set_cause("nobody-in-role");
  tally_.Count(event);
  event.mutable_alert_delivery_failed()->set_cause("nobody-in-role");
  tally_.Count(event);
  EXPECT_EQ(tally_.delivered, 2) << "of an alert, and of a notice";
  EXPECT_EQ(tally_.not_delivered, 2);
  EXPECT_EQ(tally_.events, 6);
}

TEST_F(TallyTest, AnSdqThatIsMissingTwiceIsOneMissingSdq) {
  assessments::v1::AssessmentsEvent event;
  event.set_pep_id("a.1");
  event.mutable_sdq_became_missing();
  tally_.Count(event);
  tally_.Count(event);
  EXPECT_EQ(tally_.sdqs_missing.size(), 1u);
}

TEST_F(TallyTest, ReleasedMoneyIsAddedUp) {
  funding::v1::FundingEvent event;
  event.mutable_funding_released()->set_released_pence(96'000);
  tally_.Count(event);
  event.mutable_funding_released()->set_released_pence(5);
  tally_.Count(event);
  EXPECT_EQ(tally_.released_pence, 96'005);
}

}  // namespace
}  // namespace pepline::demo
