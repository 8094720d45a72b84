#include "tests/system/checker/promises.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"

namespace pepline {
namespace {

using assessments::v1::AssessmentsEvent;
using notifications::v1::NotificationsEvent;
using scheduling::v1::SchedulingEvent;

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp));
}

// A record without its doubles: the first time its event came.
struct EmittedEvent {
  const ReadRecord* record;
  common::v1::EventHeader header;
  std::string type;  // short: "EpepFinalised"
};

class Checker {
 public:
  explicit Checker(const Evidence& evidence) : evidence_(evidence) {}

  Verdict Run() {
    Decode();
    CheckOrder();
    CheckDeadlines();
    CheckAlerts();
    CheckTellings();
    CheckMails();
    CheckCommands();
    return std::move(verdict_);
  }

 private:
  template <class... Parts>
  void Broken(const Parts&... parts) {
    verdict_.broken.push_back(absl::StrCat(parts...));
  }
  std::int64_t& Count(const std::string& name) { return verdict_.counts[name]; }

  template <class Envelope>
  void Take(const ReadRecord& record, std::vector<std::pair<EmittedEvent, Envelope>>& into) {
    Envelope envelope;
    if (!envelope.ParseFromString(record.value) || !envelope.has_header()) {
      Broken("a record does not decode: ", record.topic, "/", record.partition, "/", record.offset);
      return;
    }
    std::string type;
    for (const auto& [name, value] : record.headers) {
      if (name == "ce_type") type = value.substr(value.rfind('.') + 1);
    }
    ++Count("records read");
    const auto [first, is_new] = seen_.try_emplace(envelope.header().event_id(), &record.value);
    if (!is_new) {
      ++Count("records that came again");
      if (*first->second != record.value) {
        Broken("said again with other content: ", envelope.header().event_id());
      }
      return;
    }
    emitted_.push_back({&record, envelope.header(), type});
    into.emplace_back(emitted_.back(), std::move(envelope));
  }

  void Decode() {
    std::vector<std::pair<EmittedEvent, registry::v1::RegistryEvent>> registry;
    for (const ReadRecord& record : evidence_.records) {
      if (absl::StartsWith(record.topic, "pepline.registry.")) Take(record, registry);
      if (absl::StartsWith(record.topic, "pepline.scheduling.")) Take(record, scheduling_);
      if (absl::StartsWith(record.topic, "pepline.assessments.")) Take(record, assessments_);
      if (absl::StartsWith(record.topic, "pepline.funding.")) Take(record, funding_);
      if (absl::StartsWith(record.topic, "pepline.notifications.")) Take(record, notifications_);
    }
    Count("events") = static_cast<std::int64_t>(emitted_.size());
  }

  // Every aggregate's events are there from 1 without a gap, and in the order it said them.
  void CheckOrder() {
    std::map<std::string, std::set<std::uint64_t>> there;
    for (const EmittedEvent& event : emitted_) {
      if (!there[event.header.aggregate_id()].insert(event.header.aggregate_version()).second) {
        Broken("a version was used twice: ", event.header.event_id());
      }
    }
    std::map<std::string, std::uint64_t> last;
    for (const EmittedEvent& event : emitted_) {
      const std::string& id = event.header.aggregate_id();
      const std::uint64_t version = event.header.aggregate_version();
      std::uint64_t& highest = last[id];
      // An older one was spoken of when a younger one had passed it.
      if (version <= highest) continue;
      if (version != highest + 1) {
        const bool later = there[id].contains(highest + 1);
        ++Count(later ? "events that a younger one passed" : "gaps");
        Broken("out of order or lost: ", event.header.event_id(), " came after version ", highest,
               later ? "; a younger event passed an older one"
                     : absl::StrCat("; a gap: version ", highest + 1, " is nowhere"));
      }
      highest = version;
    }
    Count("aggregates") = static_cast<std::int64_t>(last.size());
  }

  // The stack's clock when the record was seen first; far ahead when nobody looked.
  absl::Time SeenAt(const EmittedEvent& emitted) const {
    const ReadRecord& record = *emitted.record;
    const auto seen = evidence_.arrivals.find({record.topic, record.partition, record.offset});
    return seen == evidence_.arrivals.end() ? absl::InfiniteFuture() : seen->second;
  }

  struct Deadline {
    absl::Time due;
    bool running = false;
    int missed = 0;
    std::string last_id;
  };

  using Deadlines = std::map<std::string, Deadline>;

  // One event of a service that has deadlines.
  template <class Event>
  void FollowDeadline(const EmittedEvent& emitted, const Event& event, Deadlines& deadlines) {
    const absl::Time at = ToTime(event.header().occurred_at());
    switch (event.event_case()) {
      case Event::kDeadlineSet: {
        Deadline& deadline = deadlines[event.deadline_set().deadline().deadline_id()];
        deadline = {ToTime(event.deadline_set().deadline().due_at()), true, 0,
                    emitted.header.event_id()};
        ++Count("deadlines set");
        break;
      }
      case Event::kDeadlineRecalculated: {
        Deadline& deadline = deadlines[event.deadline_recalculated().deadline().deadline_id()];
        deadline.due = ToTime(event.deadline_recalculated().deadline().due_at());
        if (event.deadline_recalculated().miss_withdrawn()) deadline.missed = 0;
        break;
      }
      case Event::kDeadlineMissed: {
        const auto& reference = event.deadline_missed().deadline();
        Deadline& deadline = deadlines[reference.deadline_id()];
        ++Count("deadlines missed");
        if (!deadline.running) Broken("missed but not running: ", reference.deadline_id());
        if (++deadline.missed > 1) Broken("missed twice: ", reference.deadline_id());
        if (at <= deadline.due) Broken("missed early: ", reference.deadline_id());
        if (SeenAt(emitted) <= deadline.due) {
          Broken("missed early by the stack's clock: ", reference.deadline_id(), " was due ",
                 absl::FormatTime(deadline.due), " and was said at ",
                 absl::FormatTime(SeenAt(emitted)));
        }
        break;
      }
      case Event::kDeadlineMet: {
        const auto& reference = event.deadline_met().deadline();
        Deadline& deadline = deadlines[reference.deadline_id()];
        ++Count(event.deadline_met().late() ? "deadlines met late" : "deadlines met in time");
        if (!deadline.running) Broken("met but not running: ", reference.deadline_id());
        deadline.running = false;
        break;
      }
      case Event::kDeadlineWithdrawn: {
        const auto& reference = event.deadline_withdrawn().deadline();
        Deadline& deadline = deadlines[reference.deadline_id()];
        if (event.deadline_withdrawn().has_waived_at()) ++Count("deadlines waived");
        if (!deadline.running) Broken("withdrawn but not running: ", reference.deadline_id());
        deadline.running = false;
        break;
      }
      case Event::EVENT_NOT_SET:
        Broken("an event of no known kind: ", emitted.header.event_id());
        break;
      default:
        break;  // of no deadline
    }
  }

  // Everything due was said missed once, nothing early, nothing after its work was done.
  void CheckDeadlines() {
    Deadlines deadlines;
    for (const auto& [emitted, event] : scheduling_) FollowDeadline(emitted, event, deadlines);
    for (const auto& [emitted, event] : funding_) FollowDeadline(emitted, event, deadlines);
    for (const auto& [id, deadline] : deadlines) {
      if (deadline.running && deadline.due < evidence_.until && deadline.missed == 0) {
        Broken("due but never said missed: ", id);
      }
    }
  }

  // Every reminder and every miss became one alert at its level; no level twice or early.
  void CheckAlerts() {
    struct Raised {
      int reminders = 0, misses = 0;
      std::map<int, int> levels;
      std::map<int, absl::Time> instants;  // the earliest of each level, over all its misses
    };
    std::map<std::string, Raised> alerts;
    const auto reached = [&alerts](const auto& event) {
      if (event.has_deadline_reminder_reached()) {
        ++alerts[event.deadline_reminder_reached().deadline().deadline_id()].reminders;
      }
      if (event.has_deadline_missed()) {
        const auto& reference = event.deadline_missed().deadline();
        Raised& raised = alerts[reference.deadline_id()];
        ++raised.misses;
        for (const auto& level : reference.levels()) {
          const absl::Time at = ToTime(level.at());
          absl::Time& earliest = raised.instants.try_emplace(level.level(), at).first->second;
          earliest = std::min(earliest, at);
        }
      }
    };
    for (const auto& [emitted, event] : scheduling_) reached(event);
    for (const auto& [emitted, event] : funding_) reached(event);
    for (const auto& [emitted, event] : notifications_) {
      const std::string& id = event.alert().alert_id();
      const absl::Time at = ToTime(event.header().occurred_at());
      if (event.has_alert_raised()) {
        ++alerts[id].levels[event.alert_raised().level()];
        ++Count("alerts raised");
      } else if (event.has_alert_escalated()) {
        const int level = event.alert_escalated().level();
        Raised& raised = alerts[id];
        ++raised.levels[level];
        ++Count("alerts escalated");
        const auto instant = raised.instants.find(level);
        if (instant != raised.instants.end() && at < instant->second) {
          Broken("escalated early: ", id, " level ", level);
        }
        if (instant != raised.instants.end() && SeenAt(emitted) < instant->second) {
          Broken("escalated early by the stack's clock: ", id, " level ", level);
        }
      } else if (event.has_alert_resolved()) {
        ++Count("alerts resolved");
      }
    }
    for (const auto& [id, raised] : alerts) {
      if (absl::EndsWith(id, "designated-teacher-vacancy")) continue;
      auto of = [&raised = raised](int level) {
        const auto it = raised.levels.find(level);
        return it == raised.levels.end() ? 0 : it->second;
      };
      if (of(0) != raised.reminders) {
        Broken(id, ": ", raised.reminders, " reminders due, ", of(0), " raised");
      }
      if (of(1) != raised.misses) {
        Broken(id, ": missed ", raised.misses, " times, raised late ", of(1), " times");
      }
      if (of(2) > raised.misses || of(3) > raised.misses) Broken(id, ": a level was raised twice");
    }
  }

  // Of every level that was raised each role was told, or it is on record why not; what was
  // resolved before that needs nobody any more.
  void CheckTellings() {
    std::map<std::string, std::set<std::pair<int, int>>> untold;  // level and role, by alert
    const auto raised = [&](const std::string& id, int level, const auto& recipients) {
      for (const int role : recipients) untold[id].emplace(level, role);
    };
    for (const auto& [emitted, event] : notifications_) {
      const std::string& id = event.alert().alert_id();
      if (event.has_alert_raised()) {
        raised(id, event.alert_raised().level(), event.alert_raised().recipients());
      } else if (event.has_alert_escalated()) {
        raised(id, event.alert_escalated().level(), event.alert_escalated().recipients());
      } else if (event.has_notice_given()) {
        raised(id, 0, event.notice_given().recipients());
      } else if (event.has_notice_delivered()) {
        untold[id].erase({0, event.notice_delivered().role()});
      } else if (event.has_alert_delivered()) {
        untold[id].erase({event.alert_delivered().level(), event.alert_delivered().role()});
      } else if (event.has_alert_delivery_failed()) {
        GivenUp(id, event.alert_delivery_failed().cause());
        untold[id].erase(
            {event.alert_delivery_failed().level(), event.alert_delivery_failed().role()});
      } else if (event.has_notice_dropped()) {
        GivenUp(id, event.notice_dropped().cause());
        untold[id].erase({0, event.notice_dropped().role()});
      } else if (event.has_alert_resolved()) {
        untold[id].clear();
      }
    }
    for (const auto& [id, places] : untold) {
      for (const auto& [level, role] : places) {
        Broken(id, ": level ", level, " was raised and ",
               common::v1::RecipientRole_Name(static_cast<common::v1::RecipientRole>(role)),
               " was never told");
      }
    }
  }

  void GivenUp(const std::string& id, const std::string& cause) {
    ++Count(absl::StrCat("deliveries given up: ", cause));
    if (evidence_.everybody_reachable && cause != "nobody-in-role") {
      Broken(id, ": a delivery to somebody who could be reached was given up: ", cause);
    }
  }

  // Every delivery that was reported left a mail under its id, once, or is one of those that left
  // in a digest; none left without a report.
  void CheckMails() {
    std::map<std::string, std::string> reported;  // delivery id -> event id
    std::set<std::string> left;                   // ids of mails
    for (const auto& [emitted, event] : notifications_) {
      if (!event.has_alert_delivered() && !event.has_notice_delivered()) continue;
      ++Count("deliveries reported");
      const std::string& id = event.has_notice_delivered() ? event.notice_delivered().delivery_id()
                                                           : event.alert_delivered().delivery_id();
      const std::string& digest = event.has_notice_delivered()
                                      ? event.notice_delivered().digest_id()
                                      : event.alert_delivered().digest_id();
      left.insert(digest.empty() ? id : digest);
      const auto [first, is_new] = reported.try_emplace(id, emitted.header.event_id());
      if (!is_new) {
        Broken("delivered twice by the record: ", id, " in ", first->second, " and in ",
               emitted.header.event_id());
      }
    }
    std::map<std::string, std::set<std::string>> message_ids;
    std::int64_t doubled = 0;
    for (const DeliveredMail& mail : evidence_.mails) {
      ++Count("mails in the folder");
      auto& ids = message_ids[mail.delivery_id];
      if (!ids.empty()) ++doubled;
      ids.insert(mail.message_id);
    }
    std::int64_t unrecorded = 0;
    for (const auto& [id, ids] : message_ids) {
      if (ids.size() > 1) Broken("one delivery under two message ids: ", id);
      if (!left.contains(id)) ++unrecorded;
    }
    Bounded("mails sent again with the same id", doubled);
    Bounded("mails that left and are not on record", unrecorded);
    for (const std::string& id : left) {
      if (!message_ids.contains(id)) Broken("reported as delivered but no mail is there: ", id);
    }
  }

  // What happens only to a mail that is under way at the instant of an interruption.
  void Bounded(const std::string& what, std::int64_t times) {
    Count(what) = times;
    if (evidence_.interruptions && times > *evidence_.interruptions) {
      Broken(times, " ", what, ", in ", *evidence_.interruptions, " interruptions");
    }
  }

  // An item of the checklist has its own name, since other services tick items of their own.
  static std::string NameOf(const EmittedEvent& emitted, const SchedulingEvent& event) {
    if (!event.has_pep_readiness_item_completed()) return emitted.type;
    return absl::StrCat(
        emitted.type, ".",
        scheduling::v1::ReadinessItem_Name(event.pep_readiness_item_completed().item()));
  }

  // An acknowledged command has had its effect exactly once; one without answer at most once.
  void CheckCommands() {
    struct Tally {
      int sent = 0, acknowledged = 0, emitted = 0;
    };
    std::map<std::pair<std::string, std::string>, Tally> tallies;
    for (const SentCommand& command : evidence_.commands) {
      Tally& tally = tallies[{command.pep_id, command.event}];
      ++tally.sent;
      if (command.acknowledged) ++tally.acknowledged;
      ++Count("commands sent");
      if (command.acknowledged) ++Count("commands acknowledged");
    }
    const auto said_of = [&](const std::string& pep_id, const std::string& event) {
      const auto it = tallies.find({pep_id, event});
      if (it != tallies.end()) ++it->second.emitted;
    };
    for (const auto& [emitted, event] : scheduling_)
      said_of(event.pep().pep_id(), NameOf(emitted, event));
    for (const auto& [emitted, event] : assessments_) said_of(event.pep_id(), emitted.type);
    for (const auto& [key, tally] : tallies) {
      if (tally.emitted < tally.acknowledged) {
        Broken(key.second, " of ", key.first, ": ", tally.acknowledged, " acknowledged, ",
               tally.emitted, " said");
      }
      if (tally.emitted > tally.sent) {
        Broken(key.second, " of ", key.first, ": ", tally.sent, " sent, ", tally.emitted, " said");
      }
    }
  }

  const Evidence& evidence_;
  Verdict verdict_;
  std::map<std::string, const std::string*> seen_;  // the value by the event's id
  std::vector<EmittedEvent> emitted_;
  std::vector<std::pair<EmittedEvent, SchedulingEvent>> scheduling_;
  std::vector<std::pair<EmittedEvent, funding::v1::FundingEvent>> funding_;
  std::vector<std::pair<EmittedEvent, AssessmentsEvent>> assessments_;
  std::vector<std::pair<EmittedEvent, NotificationsEvent>> notifications_;
};

}  // namespace

Verdict CheckPromises(const Evidence& evidence) { return Checker(evidence).Run(); }

}  // namespace pepline
