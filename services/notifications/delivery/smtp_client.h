// Hands mail to a mail server by SMTP (libcurl), one recipient at a time.
// Promises: accepted means that the server took the mail over with a 2xx answer to its final dot.
// Each answer is waited for as long as RFC 5321 4.5.3.2 says and no longer. Nothing, and no
// password above all, goes to a server without verified TLS unless plain text was asked for; no
// proxy of the environment is used. A connection that is still good is used again. Does not: retry,
// choose recipients, log. Threads: safe from any thread; calls block.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_CLIENT_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_CLIENT_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/notifications/delivery/mail.h"
#include "services/notifications/delivery/smtp_answer.h"

namespace pepline::notifications {

// Where mail goes and how: PEPLINE_SMTP_URL and what belongs to it.
struct SmtpServer {
  enum class Security {
    kStartTls,   // smtp+starttls://: plain until STARTTLS, which the server must offer
    kTls,        // smtps://: TLS from the first byte
    kPlainText,  // smtp://
  };
  Security security = Security::kStartTls;
  // As curl wants it: smtp://user:password@host:port, smtps://...; behind a stroke the name to
  // greet with, else that is the sender's domain.
  std::string url;
  std::string ca_file;  // PEM; empty: the system's authorities
};

// How long the server's answers are waited for (RFC 5321 4.5.3.2).
struct SmtpPatience {
  absl::Duration connection = absl::Seconds(30);
  absl::Duration answer = absl::Minutes(5);      // greeting, EHLO, AUTH, MAIL, RCPT
  absl::Duration data = absl::Minutes(2);        // to DATA
  absl::Duration final_dot = absl::Minutes(10);  // after the text
  absl::Duration farewell = absl::Seconds(3);    // to QUIT; to what is under way when we stop
};

class SmtpClient {
 public:
  explicit SmtpClient(SmtpServer server, SmtpPatience patience = {})
      : server_(std::move(server)), patience_(patience) {}
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  SmtpAnswer Send(const Mail& mail);
  // Calls that have not sent their text yet end now, as if the server were away; the others get
  // patience.farewell, since their mail may have been taken.
  void Stop();

 private:
  struct Conversation;
  void* Take();
  void GiveBack(void* handle);

  const SmtpServer server_;
  const SmtpPatience patience_;
  std::atomic<std::int64_t> farewell_over_ = 0;  // milliseconds since 1970; 0: we do not stop
  absl::Mutex mutex_;
  std::vector<void*> idle_ ABSL_GUARDED_BY(mutex_);  // curl's handles, with their connections
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_CLIENT_H_
