// A mail server that answers as the test wants it: which line to which command, and to which
// recipient, and what it keeps to itself until it is let go.
//   ScriptedMailServer server;
//   server.Answer("RCPT", "550 5.7.1 Relaying denied");
// Promises: a port from the kernel; every line that it got is kept in order, also of a conversation
// that broke off; ends with its object. Does not: TLS, pipelining. Threads: safe from any thread;
// one of its own for each connection.
#ifndef PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_SCRIPTED_MAIL_SERVER_H_
#define PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_SCRIPTED_MAIL_SERVER_H_

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace pepline::notifications {

class ScriptedMailServer {
 public:
  ScriptedMailServer();
  ~ScriptedMailServer();

  int port() const { return port_; }
  std::string url() const;  // smtp://127.0.0.1:port

  // `to`: "greeting", a command ("MAIL"), or "." for the end of the text. Empty: as usual.
  void Answer(const std::string& to, const std::string& line);
  // Of EHLO, beside the usual.
  void Offer(const std::string& extension);
  // The answer to it is kept back until Release. "DATA" and the like hold everybody; an address
  // holds the final dot of its mails.
  void Hold(const std::string& what);
  void Release(const std::string& what);
  // Ends every conversation with this line, asked by nobody.
  void Dismiss(const std::string& line);

  // Commands, and the text as the one line "(text)".
  std::vector<std::string> Lines() const;
  // Of every mail that was taken with 2xx: its recipient, as often as it was.
  std::vector<std::string> Taken() const;
  std::vector<std::string> TakenTexts() const;  // in the same order
  int Held() const;                             // conversations that wait for Release
  int Connections() const;

 private:
  void Accept();
  void Converse(int socket);
  std::string AnswerTo(const std::string& what, const std::string& usual);
  // False when the server ends.
  bool AwaitRelease(const std::string& what, const std::string& recipient);

  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> extensions_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> taken_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> taken_texts_ ABSL_GUARDED_BY(mutex_);
  std::set<int> sockets_ ABSL_GUARDED_BY(mutex_);
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> conversations_ ABSL_GUARDED_BY(mutex_);
  std::thread accepting_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_SCRIPTED_MAIL_SERVER_H_
