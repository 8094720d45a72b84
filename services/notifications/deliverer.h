// Tells people: asks registry who they are, hands the mail over, puts on record what became of it.
// What is to be told is in the alert's state and nowhere else; this only works it off, at once
// after a level was raised (Post), again whenever the alert's alarm fires (Deliver), and a moment
// later where it still lies untold and no mail server said no.
// Promises: a process that dies between sending and recording sends again under the same ids, and
// never less than once; after a start it first hears what happened meanwhile (hearing.h); one alert
// is worked on once at a time, and each telling by one replica, which has the time that a slow mail
// server takes (nothing else rests on that: a replica that is held up for longer sends again); a
// mail server or a registry that is away puts deliveries off and uses no attempts up; what the mail
// server refuses for now is given up after max_attempts. Does not: decide whom to tell, or keep
// anything in memory but the spacing of attempts and what was sent and is not on record yet.
// Errors: what the store answers. Threads: its own for Post; Deliver blocks the caller.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERER_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERER_H_

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/notifications/codec.h"
#include "services/notifications/config.h"
#include "services/notifications/contacts.h"
#include "services/notifications/facts.h"
#include "services/notifications/hearing.h"
#include "services/notifications/mail_copies.h"
#include "services/notifications/safety_net.h"
#include "services/notifications/smtp_client.h"
#include "shared/runtime/shares.h"
#include "shared/runtime/worker_pool.h"

namespace pepline::notifications {

class Deliverer {
 public:
  // Everything given must outlive this.
  Deliverer(const Spine& spine, const FactsLoader& facts, ContactBook& contacts, Hearing& hearing,
            const MailSettings& settings, const Shares& shares);
  ~Deliverer();  // Stop()
  // Returns when nothing is being delivered any more; call before the spine's parts go.
  void Stop();

  // Soon, on a thread of its own; when too much is waiting already, the alert's alarm does it.
  void Post(const AlertId& alert);
  // Works off what the alert has to tell, as far as it can be told within a few seconds.
  absl::Status Deliver(const AlertId& alert);

 private:
  class Claim;
  // Alert, run, level and role.
  using AttemptKey = std::tuple<std::string, int, int, RecipientRole>;
  struct Attempts {
    int failed = 0;                                // the mail server said no
    int put_off = 0;                               // for that or any other reason
    absl::Time not_before = absl::InfinitePast();  // the machine's clock
  };
  // It is being told or about to be; or the mail server itself said no to it, and its alarm comes
  // back to it ever more seldom.
  bool IsSeenTo(const AlertId& alert);
  // What is left of an alert after a try: nothing, something to be tried again, something that
  // another replica is telling.
  enum class Left { kNothing, kLater, kWithOther };
  absl::StatusOr<Left> TryOnce(const AlertId& alert);
  // Marks one of them in the store as told by this process now, and answers the mark; "" while all
  // are marked by another.
  absl::StatusOr<std::string> TakeOne(const AlertState& state, const std::vector<Telling>& ready);
  enum class Handed { kAccepted, kRefused, kLater, kNotTried };

  // What may be tried now of what is waiting.
  std::vector<Telling> Ready(const AlertState& state);
  // True when something was put on record.
  absl::StatusOr<bool> Tell(const AlertState& state, const Telling& telling,
                            const Contacts& contacts);
  // Not again what was taken and could not be put on record.
  Handed HandOnce(const Mail& mail);
  Handed Hand(const Mail& mail);
  // `tried`: the mail server itself said no, which counts against max_attempts. Answers how often.
  int PutOff(const AlertState& state, const Telling& telling, bool tried);
  void Failed(std::string_view cause);

  const Spine& spine_;
  const FactsLoader& facts_;
  ContactBook& contacts_;
  Hearing& hearing_;
  const MailSettings settings_;
  absl::TimeZone london_;
  const Shares& shares_;
  SmtpClient smtp_;
  MailCopies copies_;
  absl::Mutex mutex_;
  std::set<AlertId> posted_ ABSL_GUARDED_BY(mutex_);  // waiting for a thread
  std::set<AlertId> at_work_ ABSL_GUARDED_BY(mutex_);
  std::map<AttemptKey, Attempts> attempts_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> unrecorded_ ABSL_GUARDED_BY(mutex_);  // delivery ids
  absl::Time server_not_before_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::atomic<bool> stopping_ = false;
  WorkerPool pool_;  // behind what its threads use
  SafetyNet safety_net_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERER_H_
