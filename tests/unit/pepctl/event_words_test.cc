// Every event of every contract has words, in its golden bytes as in the shape that services say
// it.
#include "tools/client/event_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/base/hex.h"

namespace pepline::client {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;
using testing::Not;

Timestamp At(const char* text) {
  Timestamp at;
  EXPECT_TRUE(TimeUtil::FromString(text, &at)) << text;
  return at;
}

Names InventedNames() {
  return {.child = [](const std::string&) { return "A.B."; },
          .school = [](const std::string&) { return "Elm School"; },
          .staff = [](const std::string&) { return "Ms Invented"; }};
}

struct Golden {
  std::string name;   // "PepMeetingHeld"
  std::string topic;  // "pepline.scheduling.events.v1"
  std::string bytes;
};

std::vector<Golden> GoldenEvents() {
  std::vector<Golden> found;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_FOLDER)) {
    const std::vector<std::string> parts = absl::StrSplit(entry.path().filename().string(), '.');
    std::ifstream file(entry.path());
    std::string hex;
    std::getline(file, hex);
    EXPECT_EQ(parts.size(), 5u) << entry.path();
    found.push_back({parts[3], absl::StrCat("pepline.", parts[1], ".events.v1"), BytesOfHex(hex)});
  }
  return found;
}

TEST(EventWords, EveryEventOfEveryContractHasItsOwnWords) {
  std::map<std::string, std::string> texts;  // by event
  std::set<std::string> topics;
  for (const Golden& golden : GoldenEvents()) {
    const auto words = InWords(golden.topic, golden.bytes, {});
    ASSERT_TRUE(words.ok()) << golden.name << ": " << words.status();
    EXPECT_EQ(words->type, golden.name);
    EXPECT_NE(words->subject, "") << golden.name;
    EXPECT_GT(words->text.size(), 10u) << golden.name;
    EXPECT_THAT(words->text, Not(HasSubstr("newer than this program"))) << golden.name;
    // Field names and enum constants are not words.
    EXPECT_THAT(words->Sentence(), Not(HasSubstr("_"))) << golden.name;
    EXPECT_EQ(words->at, absl::FromUnixSeconds(1001) + absl::Nanoseconds(102)) << golden.name;
    texts[absl::StrCat(golden.topic, "/", golden.name)] = words->text;
    topics.insert(golden.topic);
  }
  EXPECT_EQ(texts.size(), 94u);
  std::set<std::string> different;
  for (const auto& [name, text] : texts) different.insert(text);
  // Only these two say the same of the same values: a Designated Teacher's appointment is said
  // twice, once for those who follow vacancies.
  EXPECT_GE(different.size(), texts.size() - 1);
  EXPECT_EQ(topics, std::set<std::string>(EventTopics().begin(), EventTopics().end()));
}

TEST(EventWords, IdsOfChildrenAndSchoolsAreReplacedByTheirNames) {
  for (const Golden& golden : GoldenEvents()) {
    const auto words = InWords(golden.topic, golden.bytes, InventedNames());
    ASSERT_TRUE(words.ok()) << golden.name;
    if (!words->child_id.empty()) {
      EXPECT_THAT(words->subject, HasSubstr("A.B.")) << golden.name;
    } else if (!words->school_urn.empty()) {
      EXPECT_THAT(words->subject, HasSubstr("Elm School")) << golden.name;
    }
  }
}

scheduling::v1::SchedulingEvent OfPep() {
  scheduling::v1::SchedulingEvent event;
  event.mutable_header()->set_event_id("chd-1:1");
  event.mutable_header()->mutable_occurred_at()->set_seconds(1758805200);
  event.mutable_pep()->set_child_id("chd-1");
  event.mutable_pep()->set_pep_id("chd-1.1");
  event.mutable_pep()->set_school_urn("123240");
  return event;
}

TEST(EventWords, WhatIsWaivedIsNotCalledDone) {
  auto event = OfPep();
  auto& withdrawn = *event.mutable_deadline_withdrawn();
  withdrawn.mutable_deadline()->set_rule_id("sdq-scored-3-school-days-before-meeting");
  withdrawn.mutable_deadline()->set_calendar_known(true);
  *withdrawn.mutable_deadline()->mutable_due_at() = At("2025-10-03T22:59:59Z");
  EXPECT_THAT(InWords(event, {}).text, HasSubstr("no longer asked for: "));
  *withdrawn.mutable_waived_at() = At("2025-10-08T09:00:00Z");
  withdrawn.set_late(true);
  EXPECT_EQ(InWords(event, {}).text,
            "waived after its day and not done: having the SDQ scored 3 school days before the "
            "meeting, Wed 8 Oct 2025 10:00, due by Fri 3 Oct 2025");

  assessments::v1::AssessmentsEvent settled;
  settled.mutable_sdq_not_obtained()->set_purpose(assessments::v1::SDQ_PURPOSE_PEP);
  settled.mutable_sdq_not_obtained()->set_informant(assessments::v1::SDQ_INFORMANT_TEACHER);
  settled.mutable_sdq_not_obtained()->set_confirmed_by(
      assessments::v1::SDQ_CONFIRMER_SOCIAL_WORKER);
  EXPECT_EQ(InWords(settled, {}).text,
            "SDQ for the PEP of the teacher will not be had, as the social worker confirmed; the "
            "reason is on record");
}

TEST(EventWords, ACorrectionOfViewsSaysWhatIsOnRecordNow) {
  using namespace assessments::v1;
  AssessmentsEvent event;
  auto& corrected = *event.mutable_pupil_views_corrected();
  corrected.set_old_state(PUPIL_VIEWS_ON_RECORD_DECLINED);
  corrected.set_state(PUPIL_VIEWS_ON_RECORD_CAPTURED);
  EXPECT_EQ(InWords(event, {}).text,
            "put right: the child's views and not that the child gave no views; the reason is on "
            "record");
  corrected.set_old_state(PUPIL_VIEWS_ON_RECORD_CAPTURED);
  EXPECT_THAT(InWords(event, {}).text, HasSubstr("in other words"));
  corrected.set_state(PUPIL_VIEWS_ON_RECORD_TAKEN_BACK);
  EXPECT_THAT(InWords(event, {}).text, HasSubstr("taken back, and they are asked for again"));
}

TEST(EventWords, AnOutcomeSaysWhatItLacksAndWhatBecameOfIt) {
  using namespace assessments::v1;
  AssessmentsEvent event;
  auto& set = *event.mutable_outcome_set();
  set.set_outcome_id("chd-x.1.o2");
  set.set_category(OUTCOME_CATEGORY_ACADEMIC);
  set.set_due_on("2025-12-12");
  EXPECT_EQ(InWords(event, {}).text, "outcome 2 set (academic, by Fri 12 Dec 2025): SMART");
  set.add_missing(SMART_PART_MEASURABLE);
  set.add_missing(SMART_PART_TIME_BOUND);
  set.set_carried_from("chd-x.1.o1");
  EXPECT_EQ(InWords(event, {}).text,
            "outcome 2 set (academic, by Fri 12 Dec 2025): not yet measurable, time-bound; it goes "
            "on from an earlier PEP");
  event.mutable_outcome_reviewed()->set_outcome_id("chd-x.1.o2");
  event.mutable_outcome_reviewed()->set_result(OUTCOME_RESULT_MET);
  EXPECT_EQ(InWords(event, {}).text, "outcome 2 reviewed: met");
  event.mutable_outcome_reviewed()->set_result(OUTCOME_RESULT_CARRIED_ON);
  EXPECT_EQ(InWords(event, {}).text, "outcome 2 reviewed: it goes on in the next PEP");
}

TEST(EventWords, AMeetingIsSaidByTheClockOfLondon) {
  auto event = OfPep();
  auto& scheduled = *event.mutable_pep_meeting_scheduled();
  *scheduled.mutable_meeting_at() = At("2025-09-25T13:00:00Z");
  *scheduled.mutable_sdq_required_by() = At("2025-09-22T22:59:59Z");
  EXPECT_EQ(InWords(event, {}).Sentence(),
            "chd-1, school 123240: PEP meeting set for Thu 25 Sep 2025 14:00; SDQ to be scored by "
            "Mon 22 Sep 2025.");
  EXPECT_EQ(InWords(event, InventedNames()).Sentence(),
            "A.B., Elm School: PEP meeting set for Thu 25 Sep 2025 14:00; SDQ to be scored by Mon "
            "22 Sep 2025.");
}

TEST(EventWords, AMissedDeadlineIsSaidToBeLateWithItsDay) {
  auto event = OfPep();
  auto& deadline = *event.mutable_deadline_missed()->mutable_deadline();
  deadline.set_rule_id("finalise-within-5-school-days");
  deadline.set_calendar_known(true);
  *deadline.mutable_due_at() = At("2025-12-05T23:59:59Z");
  EXPECT_EQ(InWords(event, {}).text,
            "LATE: finalising the ePEP within 5 school days was due by Fri 5 Dec 2025");
  deadline.set_calendar_known(false);
  EXPECT_THAT(InWords(event, {}).text, HasSubstr("estimated: term dates are not known"));
  deadline.set_provisional(true);
  EXPECT_THAT(InWords(event, {}).text,
              HasSubstr("provisional: the meeting is not on record as held"));
}

TEST(EventWords, ADeadlineOfWhichOnlyAMarkChangedStaysDue) {
  auto event = OfPep();
  auto& moved = *event.mutable_deadline_recalculated();
  auto& deadline = *moved.mutable_deadline();
  deadline.set_rule_id("finalise-within-5-school-days");
  deadline.set_calendar_known(true);
  *deadline.mutable_due_at() = At("2025-10-02T22:59:59Z");
  *moved.mutable_old_due_at() = At("2025-10-02T22:59:59Z");
  EXPECT_EQ(InWords(event, {}).text,
            "finalising the ePEP within 5 school days stays due by Thu 2 Oct 2025");
}

TEST(EventWords, ADeadlineOfARequestIsSaidWithItsRequestAndItsChild) {
  funding::v1::FundingEvent event;
  event.mutable_request()->set_funding_request_id("req-1");
  event.mutable_request()->set_child_id("chd-1");
  auto& deadline = *event.mutable_deadline_missed()->mutable_deadline();
  deadline.set_rule_id("funding-decided");
  *deadline.mutable_due_at() = At("2025-12-05T23:59:59Z");
  EXPECT_EQ(
      InWords(event, InventedNames()).Sentence(),
      "A.B.: LATE: deciding the request for Pupil Premium Plus within 10 working days was due "
      "by Fri 5 Dec 2025 (estimated: bank holidays are not known) (request req-1).");
}

TEST(EventWords, AnSdqWhoseDayWasCalledOffNamesNoDay) {
  assessments::v1::AssessmentsEvent event;
  event.set_child_id("chd-1");
  auto& moved = *event.mutable_sdq_required_by_moved();
  EXPECT_EQ(InWords(event, {}).text, "SDQ no longer to be scored by a certain day");
  *moved.mutable_required_by() = At("2025-09-22T22:59:59Z");
  EXPECT_EQ(InWords(event, {}).text, "SDQ now to be scored by Mon 22 Sep 2025");
}

TEST(EventWords, AChildOnNoRollIsAtNoSchool) {
  auto event = OfPep();
  event.mutable_pep()->clear_school_urn();
  event.mutable_pep_preparation_started();
  EXPECT_EQ(InWords(event, InventedNames()).Sentence(), "A.B., no school: work on the PEP began.");
}

TEST(EventWords, AMeetingOutOfTheOrdinaryAndOneToConfirmAreSaidSo) {
  auto held = OfPep();
  held.mutable_pep_meeting_held()->set_held_on("2025-10-17");
  held.mutable_pep_meeting_held()->add_irregularities(
      scheduling::v1::MEETING_IRREGULARITY_RECORDED_LATE);
  EXPECT_THAT(InWords(held, {}).text, HasSubstr("; out of the ordinary: put on record late"));
  auto moved = OfPep();
  moved.mutable_pep_transferred_to_school()->set_to_school_urn("123241");
  EXPECT_THAT(InWords(moved, {}).text, Not(HasSubstr("confirm")));
  *moved.mutable_pep_transferred_to_school()->mutable_meeting_to_confirm() =
      At("2025-10-20T13:00:00Z");
  EXPECT_THAT(InWords(moved, {}).text, HasSubstr("the new school has to confirm the meeting of "));
}

TEST(EventWords, AHeldMeetingSaysWhatWasMissing) {
  auto event = OfPep();
  auto& held = *event.mutable_pep_meeting_held();
  held.set_held_on("2025-09-25");
  held.set_chaired_by_designated_teacher(true);
  held.add_missing_items(scheduling::v1::READINESS_ITEM_PUPIL_VIEWS);
  held.add_missing_items(scheduling::v1::READINESS_ITEM_SDQ);
  EXPECT_EQ(InWords(event, {}).text,
            "PEP meeting held on Thu 25 Sep 2025, chaired by the Designated Teacher or deputy, "
            "without the child; missing: pupil views, SDQ");
}

TEST(EventWords, MoneyIsSaidInPoundsAndPence) {
  funding::v1::FundingEvent event;
  event.mutable_funding_approved()->set_approved_pence(123450);
  event.mutable_funding_approved()->mutable_request()->set_child_id("chd-1");
  event.mutable_funding_approved()->mutable_request()->set_funding_request_id("req-1");
  EXPECT_EQ(InWords(event, {}).Sentence(),
            "chd-1: £1,234.50 of Pupil Premium Plus approved (request req-1).");
}

TEST(EventWords, AnAlertSaysWhoIsToBeTold) {
  notifications::v1::NotificationsEvent event;
  event.mutable_alert()->set_rule_id("designated-teacher-vacancy");
  event.mutable_alert()->set_school_urn("123240");
  event.mutable_alert_escalated()->set_level(2);
  event.mutable_alert_escalated()->add_recipients(common::v1::RECIPIENT_ROLE_HEADTEACHER);
  event.mutable_alert_escalated()->add_recipients(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD);
  EXPECT_EQ(InWords(event, InventedNames()).Sentence(),
            "Elm School: ALERT (escalation 1): appointing a Designated Teacher still not done; to "
            "tell: headteacher, head of the Virtual School.");
}

TEST(EventWords, AnAlertSaysThatItsDayIsAnEstimate) {
  notifications::v1::NotificationsEvent event;
  event.mutable_alert()->set_rule_id("finalise-within-5-school-days");
  event.mutable_alert_raised()->set_level(1);
  event.mutable_alert_raised()->mutable_due_at()->set_seconds(1760997599);
  EXPECT_THAT(InWords(event, {}).text, testing::Not(HasSubstr("an estimate")));
  event.mutable_alert_raised()->set_estimated(true);
  EXPECT_THAT(InWords(event, {}).text, HasSubstr(" (an estimate); nobody is to be told"));
}

TEST(EventWords, ALevelThatThereIsNotIsSaidAsItIs) {
  notifications::v1::NotificationsEvent event;
  event.mutable_alert_escalated()->set_level(std::numeric_limits<std::int32_t>::min());
  EXPECT_THAT(InWords(event, {}).text, HasSubstr("(level -2147483648)"));
}

TEST(EventWords, AnEventThatIsNewerThanThisProgramIsSaidToBe) {
  scheduling::v1::SchedulingEvent event = OfPep();
  std::string bytes = event.SerializeAsString();
  bytes += std::string("\xfa\x3e\x00", 3);  // field 1007, empty
  const auto words = InWords("pepline.scheduling.events.v1", bytes, {});
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->type, "");
  EXPECT_THAT(words->text, HasSubstr("newer than this program"));
}

TEST(EventWords, WhatIsNotAnEventIsAnError) {
  EXPECT_EQ(InWords("pepline.scheduling.events.v1", "garbage", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(InWords("some.other.topic", "", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(EventWords, ARuleThatIsNotKnownKeepsItsId) {
  EXPECT_EQ(RuleInWords("brand-new-rule"), "brand-new-rule");
  EXPECT_EQ(RuleInWords("pep-held-within-4-months"),
            "holding a PEP meeting within 4 months of the last");
}

TEST(EventWords, ASentenceIsOneLineWhateverTheEventHolds) {
  scheduling::v1::SchedulingEvent event;
  event.mutable_pep()->set_child_id("a\x1b[2J\nb");
  EXPECT_THAT(InWords(event, {}).Sentence(), testing::StartsWith("a [2J b, "));
}

}  // namespace
}  // namespace pepline::client
