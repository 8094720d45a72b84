// Everything of Pepline on one machine, as child processes: Redis (fsync on every write), a broker,
// a mail sink and the five services. For the demo, `make up` and the system tests.
// Promises: Start returns when all of it is ready; <folder>/stack.json then names every address,
// key file and process id; Stop ends all of it in order, services first; any part can be killed and
// started again by its name, on the same addresses. Keys and the Redis data in the folder are used
// again when they are there. Threads: one at a time; the thread that starts it must live as long,
// since its end takes the children with it.
#ifndef PEPLINE_TOOLS_STACK_STACK_H_
#define PEPLINE_TOOLS_STACK_STACK_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/base/clock.h"
#include "shared/domain/all_services.h"
#include "shared/security/auth.h"
#include "tools/stack/environment.h"
#include "tools/stack/servers/dev_broker.h"
#include "tools/stack/servers/kafka_server.h"
#include "tools/stack/servers/redis_server.h"
#include "tools/stack/servers/smtp_sink.h"
#include "tools/stack/service_process.h"

namespace pepline {

struct StackOptions {
  enum class Broker { kDev, kKafka };
  std::string folder;
  Broker broker = Broker::kDev;
  std::string kafka_jars;  // empty: <source>/.cache/kafka
  // With a value: a simulated clock that starts there. Without: the machine's clock.
  std::optional<absl::Time> simulated_start;
  // In the order they start.
  std::vector<std::string> services = AllServices();
  // Processes of each service. The first has the service's name; the second is "scheduling-2".
  int replicas = 1;
  std::string program_folder;  // of the services' programs; empty: beside this program, or PATH
  // Added to what each service is given anyhow; the key is the service's name.
  std::map<std::string, std::map<std::string, std::string>> environment;
  bool tls = false;  // gRPC by mutual TLS, with certificates of the stack's own
  absl::Duration ready_bound = absl::Seconds(60);
  // What else is to be known of each process before it starts first ("scheduling-2"): may change
  // what it is given, such as an address to one that stands in between.
  std::function<void(const std::string& process, std::map<std::string, std::string>& environment)>
      prepare;
  std::vector<KafkaListener> kafka_listeners;  // of a real Kafka
};

class Stack {
 public:
  static absl::StatusOr<std::unique_ptr<Stack>> Start(StackOptions options);
  ~Stack();  // Stop()

  // A process of the stack, as it is now.
  struct Part {
    std::string name;  // as Names() has it, and "broker" for the development broker
    pid_t pid = 0;
    bool running = false;
    int exit_code = 0;  // when it does not run; 128 + signal when a signal ended it
    std::string log_file;
    // The development broker has everything in memory and another port each time.
    bool may_start_again = true;
  };
  std::vector<Part> Parts();

  // "redis", "kafka" (a real one only), "smtp" and the services, all replicas.
  std::vector<std::string> Names() const;
  const std::vector<std::string>& Services() const { return options_.services; }
  absl::Status Kill(const std::string& name);     // SIGKILL
  absl::Status Restart(const std::string& name);  // on the same addresses; does not wait
  bool Running(const std::string& name);
  // Waits until every part answers and every service says that it is ready.
  absl::Status WaitReady(absl::Duration bound);
  void Stop();

  ServiceProcess& service(const std::string& name) { return *services_.at(name); }
  RedisServer& redis() { return *redis_; }
  SmtpSink& mail() { return *mail_; }
  const std::string& bootstrap() const { return surroundings_.kafka_bootstrap; }
  const StackKeys& keys() const { return surroundings_.keys; }
  const std::string& folder() const { return options_.folder; }
  std::string mail_folder() const { return mail_->mail_folder(); }
  // Null on the machine's clock.
  SimulatedClock* clock() { return clock_.get(); }
  // A signer of tokens that this stack's services accept.
  const TokenSigner& signer() const { return *signer_; }
  // What stack.json holds.
  std::string Describe() const;
  absl::Status WriteDescription() const;  // stack.json anew, after a Restart

 private:
  explicit Stack(StackOptions options);
  absl::Status Launch();
  absl::Status LaunchServers();
  absl::Status LaunchServices();
  absl::Status LaunchService(const std::string& name, int replica);
  absl::Status MakeClock();

  StackOptions options_;
  Surroundings surroundings_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<SimulatedClock> clock_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<DevBroker> dev_broker_;
  std::unique_ptr<KafkaServer> kafka_;
  std::unique_ptr<SmtpSink> mail_;
  std::map<std::string, std::unique_ptr<ServiceProcess>> services_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_STACK_H_
