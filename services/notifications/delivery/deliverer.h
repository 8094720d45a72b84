// Tells people: asks registry who they are, hands each of them a mail, reports what became of it.
// What is to be told is in the alert's state and nowhere else. A try begins with a commit whose
// events say so (LevelsToTell): whoever commits them calls Post. What a try leaves undone waits for
// the next one, which the alert's alarm begins; nothing is repeated here. Promises:
// Post never waits, whatever the mail server does; each person's mail is sent by itself on a
// bounded pool, so no recipient holds another, and what does not fit is left to the next try;
// reminders and notices to one person leave in one mail where their turns come together (digest.h);
// two replicas do not send the same message side by side, since the alert's state says whose it is;
// a process that dies between sending and recording has it sent again under the same ids, and never
// less than once; nobody is told before everything was heard (catch_up_gate.h). A mail server or a
// registry that is away, or does not know the child yet, uses no attempts up; an address that is
// put off for long is given up after max_attempts, whichever replica tried. Does not: decide whom
// to tell, or when. Threads: its own; Post from any.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_

#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/config.h"
#include "services/notifications/delivery/contacts.h"
#include "services/notifications/delivery/delivery_records.h"
#include "services/notifications/delivery/digests.h"
#include "services/notifications/delivery/mail_sender.h"
#include "services/notifications/delivery/undelivered_watch.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"
#include "shared/base/worker_pool.h"
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

  // Soon, on threads of its own: tells those of the alert who wait to be told of these levels.
  void Post(const AlertId& alert, const std::set<int>& levels);
  // The alarm of a person's digest.
  absl::Status OnDigestAlarm(const StaffId& staff, absl::Time due_at);

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
    std::string digest = {};  // that it leaves with; empty: a mail of its own
    int refusals = 0;         // once claimed: how often the mail server had put the address off
  };

  void LookAtPosted(const AlertId& alert);
  void Look(const AlertId& alert, const std::set<int>& levels);
  void SendWaiting(const AlertState& state, const std::vector<PendingDelivery>& waiting,
                   const Contacts& contacts, const std::string& trace);
  static Message MessageOf(const AlertState& state, const PendingDelivery& pending,
                           const Contact& contact, const Contacts& contacts,
                           const std::string& trace);
  // False where nothing is to be done about the message now.
  bool MayBegin(const Message& message);
  // False where this process has it under way already.
  bool Reserve(const Message& message);
  void Free(const Message& message);
  void Begin(Message message);
  void Try(Message message);
  // True where it is ours to send.
  bool Claim(Message& message);
  void Settle(const Message& message, SmtpAnswer::Kind answer);
  // They wait for others to the same people; those who hold the role are told together.
  void Gather(const std::vector<Message>& messages);
  // Soon, on a thread of its own.
  void PostDigest(const StaffId& staff, const DigestTaken& taken);
  void SendDigest(const StaffId& staff, const DigestTaken& taken);
  // The message that is still to be sent to this person now; nullopt where it is not.
  std::optional<Message> Renew(const StaffId& staff, const DigestItem& item);
  Mail MailOf(const std::vector<Message>& messages) const;
  // It is anybody's again.
  void Release(const Message& message, bool refused = false);
  // False when it could not be put on record.
  bool GiveUp(const Message& message, FailureCause cause);
  // The same of a message that is claimed.
  void GiveUpOrRelease(const Message& message, FailureCause cause);
  DeliveryRecords::Report ReportOf(const Message& message, const Settled& settled) const;

  const Engine& engine_;
  ContactBook& contacts_;
  CatchUpGate& gate_;
  const MailSettings settings_;
  const std::string replica_;
  MailSender mail_sender_;
  absl::Mutex mutex_;
  std::map<AlertId, std::set<int>> posted_ ABSL_GUARDED_BY(mutex_);  // and not looked at yet
  std::set<std::string> under_way_ ABSL_GUARDED_BY(mutex_);          // delivery ids
  std::atomic<bool> stopping_ = false;
  DeliveryRecords records_;
  Digests digests_;
  WorkerPool lookers_, senders_;  // behind what their threads use
  UndeliveredWatch watch_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERER_H_
