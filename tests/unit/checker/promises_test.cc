// A checker that cannot find anything proves nothing: each promise is broken here on purpose.
#include "tests/system/checker/promises.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDeadline[] = "chd-a.1.finalise-within-5-school-days";

absl::Time At(int hour) { return absl::FromUnixSeconds(1'760'000'000) + absl::Hours(hour); }

google::protobuf::Timestamp Stamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

class Story {
 public:
  Story() { evidence_.until = At(100); }

  scheduling::v1::SchedulingEvent Scheduling(int hour) {
    scheduling::v1::SchedulingEvent event;
    *event.mutable_header() = Header("scheduling/plan/chd-a", ++plan_version_, hour);
    event.mutable_pep()->set_pep_id("chd-a.1");
    return event;
  }
  Story& Set(int hour, int due) {
    auto event = Scheduling(hour);
    Fill(*event.mutable_deadline_set()->mutable_deadline(), due);
    return Add("scheduling", "DeadlineSet", event);
  }
  Story& Missed(int hour, int due) {
    auto event = Scheduling(hour);
    Fill(*event.mutable_deadline_missed()->mutable_deadline(), due);
    return Add("scheduling", "DeadlineMissed", event);
  }
  Story& Met(int hour, bool late) {
    auto event = Scheduling(hour);
    Fill(*event.mutable_deadline_met()->mutable_deadline(), 0);
    event.mutable_deadline_met()->set_late(late);
    return Add("scheduling", "DeadlineMet", event);
  }
  Story& Held(int hour) {
    auto event = Scheduling(hour);
    event.mutable_pep_meeting_held();
    return Add("scheduling", "PepMeetingHeld", event);
  }
  notifications::v1::NotificationsEvent Notification(int hour) {
    notifications::v1::NotificationsEvent event;
    *event.mutable_header() = Header("notifications/alert/a", ++alert_version_, hour);
    event.mutable_alert()->set_alert_id(kDeadline);
    return event;
  }
  Story& Raised(int hour, int level) {
    auto event = Notification(hour);
    event.mutable_alert_raised()->set_level(level);
    return Add("notifications", "AlertRaised", event);
  }
  Story& RaisedFor(int hour, int level, common::v1::RecipientRole role) {
    auto event = Notification(hour);
    event.mutable_alert_raised()->set_level(level);
    event.mutable_alert_raised()->add_recipients(role);
    return Add("notifications", "AlertRaised", event);
  }
  Story& Told(int hour, int level, common::v1::RecipientRole role) {
    auto event = Notification(hour);
    event.mutable_alert_delivered()->set_delivery_id(absl::StrCat(level, "/", role));
    event.mutable_alert_delivered()->set_level(level);
    event.mutable_alert_delivered()->set_role(role);
    return Add("notifications", "AlertDelivered", event)
        .Mail(absl::StrCat(level, "/", role), "<m@pepline>");
  }
  Story& Resolved(int hour) {
    auto event = Notification(hour);
    event.mutable_alert_resolved()->set_cause("met-late");
    return Add("notifications", "AlertResolved", event);
  }
  Story& Escalated(int hour, int level) {
    auto event = Notification(hour);
    event.mutable_alert_escalated()->set_level(level);
    return Add("notifications", "AlertEscalated", event);
  }
  Story& Delivered(int hour, const std::string& id) {
    auto event = Notification(hour);
    event.mutable_alert_delivered()->set_delivery_id(id);
    return Add("notifications", "AlertDelivered", event);
  }
  Story& NoticeDelivered(int hour, const std::string& id) {
    auto event = Notification(hour);
    event.mutable_notice_delivered()->set_delivery_id(id);
    return Add("notifications", "NoticeDelivered", event);
  }
  Story& NoticeGiven(int hour, common::v1::RecipientRole role) {
    auto event = Notification(hour);
    event.mutable_notice_given()->add_recipients(role);
    return Add("notifications", "NoticeGiven", event);
  }
  Story& NoticeDropped(int hour, const std::string& cause) {
    auto event = Notification(hour);
    event.mutable_notice_dropped()->set_cause(cause);
    return Add("notifications", "NoticeDropped", event);
  }
  Story& Mail(const std::string& id, const std::string& message_id) {
    evidence_.mails.push_back({id, message_id, "A PEP needs your attention"});
    return *this;
  }
  Story& Command(const std::string& event, bool acknowledged) {
    evidence_.commands.push_back({event, "chd-a.1", acknowledged});
    return *this;
  }
  Story& LoseRecord(std::size_t index) {
    evidence_.records.erase(evidence_.records.begin() + static_cast<std::ptrdiff_t>(index));
    return *this;
  }
  Story& RepeatLastRecord() {
    evidence_.records.push_back(evidence_.records.back());
    return *this;
  }
  Story& ChangeLastRecord() {
    evidence_.records.back().value += std::string("\x08\x01", 2);  // an unknown field
    return *this;
  }
  Story& SwapRecords(std::size_t one, std::size_t other) {
    std::swap(evidence_.records[one], evidence_.records[other]);
    return *this;
  }
  // When the last record was seen, by the stack's clock.
  Story& SeenAt(absl::Time time) {
    ReadRecord& record = evidence_.records.back();
    record.offset = static_cast<std::int64_t>(evidence_.records.size());
    evidence_.arrivals[{record.topic, record.partition, record.offset}] = time;
    return *this;
  }
  Story& Failed(int hour, const std::string& cause) {
    auto event = Notification(hour);
    event.mutable_alert_delivery_failed()->set_cause(cause);
    return Add("notifications", "AlertDeliveryFailed", event);
  }
  Story& EverybodyReachable() {
    evidence_.everybody_reachable = true;
    return *this;
  }
  Story& Interrupted(int times) {
    evidence_.interruptions = times;
    return *this;
  }
  Verdict Check() const { return CheckPromises(evidence_); }

 private:
  static common::v1::EventHeader Header(const std::string& aggregate, int version, int hour) {
    common::v1::EventHeader header;
    header.set_aggregate_id(aggregate);
    header.set_aggregate_version(version);
    header.set_event_id(absl::StrCat(aggregate, ":", version));
    *header.mutable_occurred_at() = Stamp(At(hour));
    return header;
  }
  static void Fill(common::v1::DeadlineReference& deadline, int due) {
    deadline.set_deadline_id(kDeadline);
    *deadline.mutable_due_at() = Stamp(At(due));
    auto* level = deadline.add_levels();
    level->set_level(2);
    *level->mutable_at() = Stamp(At(due + 10));
  }
  template <class Envelope>
  Story& Add(const std::string& service, const std::string& type, const Envelope& event) {
    ReadRecord record;
    record.topic = absl::StrCat("pepline.", service, ".events.v1");
    record.value = event.SerializeAsString();
    record.headers = {{"ce_type", absl::StrCat("pepline.", service, ".v1.", type)}};
    evidence_.records.push_back(record);
    return *this;
  }

  Evidence evidence_;
  int plan_version_ = 0;
  int alert_version_ = 0;
};

Story GoodStory() {
  Story story;
  story.Held(1).Set(1, 20).Missed(21, 20).Raised(21, 1).Delivered(21, "d1").Mail("d1", "<d1@x>");
  story.Escalated(30, 2).Met(40, true).Command("PepMeetingHeld", true);
  return story;
}

void ExpectBroken(const Story& story, const std::string& line) {
  EXPECT_THAT(story.Check().broken, Contains(HasSubstr(line)));
}

TEST(Checker, AGoodStoryKeepsEveryPromiseAndIsCounted) {
  const Verdict verdict = GoodStory().Check();
  EXPECT_THAT(verdict.broken, IsEmpty());
  EXPECT_EQ(verdict.counts.at("events"), 7);
  EXPECT_EQ(verdict.counts.at("deadlines met late"), 1);
  EXPECT_EQ(verdict.counts.at("mails in the folder"), 1);
}

TEST(Checker, ARecordThatCameAgainIsCountedAndBreaksNothing) {
  const Verdict verdict = GoodStory().RepeatLastRecord().Check();
  EXPECT_THAT(verdict.broken, IsEmpty());
  EXPECT_EQ(verdict.counts.at("records that came again"), 1);
}

TEST(Checker, FindsALostEvent) { ExpectBroken(GoodStory().LoseRecord(1), "out of order or lost"); }

TEST(Checker, TellsAGapFromAnOlderEventThatAYoungerOnePassed) {
  ExpectBroken(GoodStory().LoseRecord(1), "a gap: version 2 is nowhere");
  const Verdict passed = GoodStory().SwapRecords(1, 2).Check();
  EXPECT_THAT(passed.broken, Contains(HasSubstr("a younger event passed an older one")));
  EXPECT_EQ(passed.counts.at("events that a younger one passed"), 1);
  EXPECT_FALSE(passed.counts.contains("gaps"));
}

TEST(Checker, FindsAVersionThatWasUsedAgainForSomethingElse) {
  ExpectBroken(GoodStory().RepeatLastRecord().ChangeLastRecord(), "said again with other content");
}

TEST(Checker, FindsAMissSaidEarlyByTheStacksClockWhateverItsProcessSays) {
  const auto said_late_and_seen = [](absl::Time seen) {
    return Story().Set(1, 20).Missed(21, 20).SeenAt(seen).Raised(21, 1);
  };
  ExpectBroken(said_late_and_seen(At(3)), "missed early by the stack's clock");
  EXPECT_THAT(said_late_and_seen(At(21)).Check().broken, IsEmpty());
  ExpectBroken(Story().Set(1, 20).Missed(21, 20).Raised(21, 1).Escalated(30, 2).SeenAt(At(22)),
               "escalated early by the stack's clock");
}

TEST(Checker, BoundsMailsThatCameTwiceOrAreNotOnRecordByTheInterruptions) {
  const auto twice = [] { return GoodStory().Mail("d1", "<d1@x>"); };
  ExpectBroken(twice().Interrupted(0), "1 mails sent again with the same id");
  EXPECT_THAT(twice().Interrupted(1).Check().broken, IsEmpty());
  const auto unrecorded = [] { return GoodStory().Mail("d2", "<d2@x>"); };
  ExpectBroken(unrecorded().Interrupted(0), "1 mails that left and are not on record");
  EXPECT_THAT(unrecorded().Interrupted(1).Check().broken, IsEmpty());
}

TEST(Checker, FindsADeliveryToSomebodyReachableThatWasGivenUp) {
  ExpectBroken(Story().Failed(1, "too-many-attempts").EverybodyReachable(), "was given up");
  EXPECT_THAT(Story().Failed(1, "nobody-in-role").EverybodyReachable().Check().broken, IsEmpty());
}

TEST(Checker, FindsADeadlineThatWasNeverSaidMissed) {
  ExpectBroken(Story().Set(1, 20), "due but never said missed");
}

TEST(Checker, FindsADeadlineMissedEarlyOrTwice) {
  ExpectBroken(Story().Set(1, 20).Missed(20, 20).Raised(21, 1), "missed early");
  ExpectBroken(Story().Set(1, 20).Missed(21, 20).Missed(22, 20), "missed twice");
}

TEST(Checker, FindsAnAlertThatWasNotRaisedOrRaisedTwice) {
  ExpectBroken(Story().Set(1, 20).Missed(21, 20), "raised late 0 times");
  ExpectBroken(Story().Set(1, 20).Missed(21, 20).Raised(21, 1).Raised(21, 1),
               "raised late 2 times");
}

TEST(Checker, FindsAnEscalationThatCameEarlyOrTwice) {
  ExpectBroken(Story().Set(1, 20).Missed(21, 20).Raised(21, 1).Escalated(29, 2), "escalated early");
  ExpectBroken(Story().Set(1, 20).Missed(21, 20).Raised(21, 1).Escalated(30, 2).Escalated(31, 2),
               "a level was raised twice");
}

TEST(Checker, FindsANoticeThatWasReportedWithoutAMailOneThatWasGivenUpAndOneThatNobodyHeardOf) {
  ExpectBroken(Story().NoticeGiven(1, common::v1::RECIPIENT_ROLE_SOCIAL_WORKER),
               "RECIPIENT_ROLE_SOCIAL_WORKER was never told");
  ExpectBroken(Story().NoticeDelivered(1, "n1"), "no mail is there");
  ExpectBroken(Story().NoticeDelivered(1, "n1").NoticeDelivered(2, "n1").Mail("n1", "<1>"),
               "delivered twice");
  ExpectBroken(Story().EverybodyReachable().NoticeDropped(1, "address-refused"),
               "a delivery to somebody who could be reached was given up");
}

TEST(Checker, FindsAReportedDeliveryWithoutAMailAndOneUnderTwoIds) {
  ExpectBroken(Story().Delivered(1, "d1"), "no mail is there");
  ExpectBroken(Story().Delivered(1, "d1").Mail("d1", "<1>").Mail("d1", "<2>"), "two message ids");
  ExpectBroken(Story().Delivered(1, "d1").Delivered(2, "d1").Mail("d1", "<1>"), "delivered twice");
}

TEST(Checker, FindsARoleThatWasNeverTold) {
  constexpr auto kTeacher = common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER;
  const auto late = [] { return Story().Set(1, 10).Missed(11, 10); };
  ExpectBroken(late().RaisedFor(12, 1, kTeacher), "was never told");
  ExpectBroken(late().RaisedFor(12, 1, kTeacher).Told(13, 2, kTeacher), "was never told");
  EXPECT_THAT(late().RaisedFor(12, 1, kTeacher).Told(13, 1, kTeacher).Check().broken, IsEmpty());
  EXPECT_THAT(late().RaisedFor(12, 1, kTeacher).Resolved(13).Check().broken, IsEmpty());
}

TEST(Checker, FindsAnAcknowledgedCommandWithoutEffectAndAnEffectWithoutCommand) {
  ExpectBroken(Story().Command("PepMeetingHeld", true), "1 acknowledged, 0 said");
  ExpectBroken(Story().Held(1).Held(2).Command("PepMeetingHeld", true), "1 sent, 2 said");
  EXPECT_THAT(Story().Command("PepMeetingHeld", false).Check().broken, IsEmpty());
}

}  // namespace
}  // namespace pepline
