// Hands mail to a mail server by SMTP (libcurl): STARTTLS where the server offers it.
// Promises: bounded time per mail; accepted means that the server took it over with a 2xx answer; a
// connection that is still good is used again. Does not: retry, choose recipients, log addresses.
// Threads: safe from any thread; calls block.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_SMTP_CLIENT_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_SMTP_CLIENT_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/notifications/mail.h"

namespace pepline::notifications {

struct SmtpAnswer {
  enum class Kind {
    kAccepted,
    kRefusedForGood,  // 5xx about this mail
    kRefusedForNow,   // 4xx
    kServerAway,      // no connection, no answer in time, or it does not let us in
  };
  Kind kind = Kind::kServerAway;
  int code = 0;       // the server's last answer; 0: none
  std::string cause;  // curl's words; no address in it
};

class SmtpClient {
 public:
  explicit SmtpClient(std::string url) : url_(std::move(url)) {}
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  SmtpAnswer Send(const Mail& mail);
  // Calls at work end soon, as if the server were away.
  void Stop() { stopping_ = true; }

 private:
  void* Take();
  void GiveBack(void* handle);

  const std::string url_;
  std::atomic<bool> stopping_ = false;
  absl::Mutex mutex_;
  std::vector<void*> idle_ ABSL_GUARDED_BY(mutex_);  // curl's handles, with their connections
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_SMTP_CLIENT_H_
