// A real Apache Kafka (KRaft, broker and controller in one process) from fetched jars, by plain
// java. Promises: the same port and data over Kill and Restart; comes back within seconds after
// SIGKILL. Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SERVER_H_
#define PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SERVER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/kafka_security.h"

namespace pepline {

// One more way in, without TLS: whoever enters by it is told to come back by the advertised port,
// where somebody may stand in between.
struct KafkaListener {
  int port = 0;
  int advertised_port = 0;
};

// Does a broker serve metadata there within a second?
bool KafkaAnswers(const std::string& bootstrap_servers);

class KafkaServer {
 public:
  // Where the jars are when `make kafka` has run: <source>/.cache/kafka. NotFound, with the fix,
  // when java or the jars are not there.
  static absl::Status Available(const std::string& jars);
  // Formats its folder when it is new, serves, and has the topics of `topics_file` when it returns.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start(
      const std::string& jars, const std::string& folder, const std::string& topics_file,
      bool outlive_parent = false, std::vector<KafkaListener> listeners = {});
  // The same with the listeners of kafka_security.h besides the plain one. The authority that
  // vouches for them, and for clients with a certificate, is <folder>/authority.pem and .key.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> StartSecured(const std::string& jars,
                                                                   const std::string& folder,
                                                                   const std::string& topics_file,
                                                                   const KafkaSecurity& security);
  std::string bootstrap() const;
  std::string password_bootstrap() const;  // of a secured one
  std::string token_bootstrap() const;
  std::string certificate_bootstrap() const;
  pid_t pid() const { return process_->pid(); }
  bool Running() { return process_->Running(); }
  std::optional<int> ExitCode() { return process_->ExitCode(); }
  std::string log_file() const { return folder_ + "/kafka.log"; }
  void Kill() { process_->Kill(); }  // SIGKILL
  void Abandon() { process_->Abandon(); }
  absl::Status Launch();  // again on the same port and data; does not wait
  bool Answers() const;   // does it serve metadata?

 private:
  KafkaServer(std::string jars, std::string folder, bool outlive_parent);
  // The command up to the class, with further settings of the machine.
  std::vector<std::string> Java(std::vector<std::string> settings) const;
  absl::Status Format();
  absl::Status StartWith(const std::string& topics_file);

  const std::string jars_;
  const std::string folder_;
  const bool outlive_parent_;
  const int port_;
  const int controller_port_;
  const int password_port_;
  const int token_port_;
  const int certificate_port_;
  std::optional<KafkaSecurity> security_;
  std::vector<KafkaListener> listeners_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SERVER_H_
