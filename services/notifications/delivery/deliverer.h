// Tells people: asks registry who they are, hands each of them a mail, reports what became of it.
// What is to be told is in the alert's state and nowhere else; this only works it off, at once
// after Post, and again and again while it is undelivered (agenda.h, undelivered_scan.h). Promises:
// Post never waits, whatever the mail server does; each person's message is sent by itself on a
// bounded pool, so no recipient holds another; two replicas do not send the same message side by
// side, since the alert's state says whose it is; a process that dies between sending and recording
// has it sent again under the same ids, and never less than once; nobody is told before everything
// was heard (catch_up_gate.h). A mail server or a registry that is away, or does not know the child
// yet, puts deliveries off and uses no attempts up; an address that is put off for long is given up
// after max_attempts, whichever replica tried. Does not: decide whom to tell. Threads: its own;
// Post from any.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/config.h"
#include "services/notifications/delivery/agenda.h"
#include "services/notifications/delivery/contacts.h"
#include "services/notifications/delivery/delivery_records.h"
#include "services/notifications/delivery/mail_sender.h"
#include "services/notifications/delivery/undelivered_scan.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"
#include "shared/base/worker_pool.h"
#include "shared/observability/heartbeat.h"
#include "shared/store/partition_ownership.h"

namespace pepline::notifications {

class Deliverer {
 public:
  // Everything given must outlive this.
  Deliverer(const Engine& engine, const FactsLoader& facts, ContactBook& contacts,
            CatchUpGate& gate, const MailSettings& settings, const PartitionOwnership& ownership);
  ~Deliverer();  // Stop()
  // Returns when nothing is being delivered any more; call before the engine's parts go.
  void Stop();

  // Soon, on threads of its own.
  void Post(const AlertId& alert) { agenda_.Post(alert); }

 private:
  // One message to one person.
  struct Message {
    std::string delivery_id;
    AlertReference reference;
    Instants instants;
    int run = 0;
    PendingDelivery pending;
    Contact contact;
    std::vector<StaffId> holders;  // of the role
    std::string child_initials;
    std::string school_name;
    std::string trace;
  };
  struct Waits {
    int put_off = 0;
    absl::Time not_before = absl::InfinitePast();
  };

  // What has waited since when, as far as this process has to do with it.
  struct Begun {
    SteadyTime since;
    bool patient = false;  // an address is put off for now; that takes its time
  };

  void LookForEver();
  // When to look again; InfiniteFuture: nothing is left to be seen to, or whoever sends will say.
  absl::Time Look(const AlertId& alert);
  absl::Time SendWaiting(const AlertState& state, const std::vector<PendingDelivery>& waiting,
                         const Contacts& contacts, const std::string& trace);
  absl::Time Begin(Message message);
  void Run(const Message& message);
  // When to look at the alert again.
  absl::Time Try(const Message& message);
  // `refusals`: how often the mail server had put the address off before.
  absl::Time Settle(const Message& message, SmtpAnswer::Kind answer, int refusals);
  // It is anybody's again.
  void Release(const Message& message, bool refused = false);
  // InfiniteFuture when it is on record.
  absl::Time GiveUp(const Message& message, FailureCause cause);
  // The same of a message that is claimed.
  absl::Time GiveUpOrRelease(const Message& message, FailureCause cause);
  DeliveryRecords::Report ReportOf(const Message& message, const Settled& settled) const;

  // `key`: a delivery id, or an alert's id for what concerns all of it. Answers until when.
  absl::Time PutOff(const std::string& key, absl::Duration longest = kLongestPause);
  absl::Time NotBefore(const std::string& key) const;
  void Forget(const AlertId& alert);
  std::optional<SteadyTime> OldestBegun() const;

  const Engine& engine_;
  ContactBook& contacts_;
  CatchUpGate& gate_;
  const MailSettings settings_;
  const std::string replica_;
  Agenda agenda_;
  MailSender mail_sender_;
  mutable absl::Mutex mutex_;
  std::set<std::string> under_way_ ABSL_GUARDED_BY(mutex_);  // delivery ids
  std::map<std::string, Waits> waits_ ABSL_GUARDED_BY(mutex_);
  std::map<AlertId, Begun> begun_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> stopping_ = false;
  DeliveryRecords records_;
  WorkerPool senders_;  // behind what its threads use
  std::vector<std::thread> lookers_;
  UndeliveredScan undelivered_scan_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_
