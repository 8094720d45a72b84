// What other services said, and alarms, turned into commands on alerts.
// scheduling, funding: reminders, misses, completions, corrections of deadlines.
// scheduling: a PEP that goes on at another school takes its open alerts with it; alerts of funding
//   requests stay as they are, for their recipients are the council's.
// registry: a school's Designated Teacher is kept in the vacancy's record, then its alert catches
//   up; children are kept for authorisation.
// registry, scheduling: news of a child becomes notices (notices.h).
// Promises: a repeated event has no second effect; one that the rules refuse is logged, counted and
// passed over; whatever a commit gives to tell is told soon after, off this thread; an alarm does
// nothing, and comes back, while what other services said of its alert is not all heard.
// Errors: InvalidArgument for what cannot be read, or lies far ahead of this machine's clock (dead
// letter); Unavailable for what lies a little ahead; everything else means "try the same record
// again". Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_INBOUND_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_INBOUND_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pepline/common/v1/deadline.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/delivery/deliverer.h"
#include "services/notifications/notices.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"
#include "services/notifications/topics_read.h"
#include "shared/engine/execute.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"
#include "shared/projections/known_children.h"

namespace pepline::notifications {

class Inbound {
 public:
  Inbound(const Engine& engine, const FactsLoader& facts, KnownChildren& children,
          Deliverer& deliverer, CatchUpGate& gate);

  absl::Status OnRecord(const InboundRecord& record);
  absl::Status OnAlarm(const DueAlarm& alarm);

 private:
  absl::Status OnRegistry(const registry::v1::RegistryEvent& event);
  absl::Status OnScheduling(const scheduling::v1::SchedulingEvent& event);
  absl::Status OnFunding(const funding::v1::FundingEvent& event);
  absl::Status OnVacancy(const std::string& school_urn, const registry::v1::RegistryEvent& event);
  absl::Status OnTransfer(const scheduling::v1::SchedulingEvent& event);
  // Gives the notices that follow from the event.
  template <class Event>
  absl::Status OnNews(const Event& event);
  // An event of one deadline, of whichever service. `whose`: all of the reference but the alert and
  // its rule, which the deadline says; its id begins with `id`, a dot follows.
  template <class Event>
  absl::Status OnDeadline(const Event& event, const std::string& id, AlertReference whose);
  // The same, as the command that `to_command` makes of reference and instants.
  template <class ToCommand>
  absl::Status TellOfDeadline(const common::v1::EventHeader& header,
                              const common::v1::DeadlineReference& deadline, const std::string& id,
                              AlertReference whose, ToCommand to_command);
  // `happened_at`: the rules' time is no earlier than this.
  absl::Status Handle(const AlertId& alert, const AlertCommand& command, const Origin& origin,
                      std::optional<absl::Time> happened_at = std::nullopt);

  const Engine& engine_;
  const FactsLoader& facts_;
  KnownChildren& children_;
  Deliverer& deliverer_;
  CatchUpGate& gate_;
  Notices notices_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_INBOUND_H_
