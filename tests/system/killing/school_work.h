// The work of many schools at once on a stack whose processes are killed all the time: every PEP is
// scheduled, prepared, held and finalised, sometimes late, by commands that are sent again with the
// same request id until there is an answer. What a school does once for a PEP it does once, also
// when the work was stopped and started again in between. Promises: writes down every command with
// whether an OK came back, so that a checker can hold the stack to it. Errors: an answer that no
// killed process explains is kept in `surprises`. Threads: Start runs its own; everything else from
// any thread.
#ifndef PEPLINE_TESTS_SYSTEM_KILLING_SCHOOL_WORK_H_
#define PEPLINE_TESTS_SYSTEM_KILLING_SCHOOL_WORK_H_

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "shared/base/clock.h"
#include "tests/system/checker/promises.h"
#include "tools/client/caller.h"

namespace pepline {

class SchoolWork {
 public:
  // All must outlive it. `children` are ids of registry, shared out among the workers.
  SchoolWork(client::Caller& caller, const Clock& clock, const std::vector<std::string>& children,
             int workers);
  ~SchoolWork();  // Stop()
  // A process whose clock is wrong refuses good tokens: that is no answer, and no surprise.
  void ExpectWrongClocks() { wrong_clocks_ = true; }
  void Start();
  void Stop();  // when every command under way has its answer
  // Instead of both: each child is looked at once, now, or passed over.
  void LookOnce(double share_of_children);

  std::vector<SentCommand> Commands() const;
  std::vector<std::string> surprises() const;
  // One JSON object a line, as the checker reads them.
  absl::Status WriteCommands(const std::string& path) const;

 private:
  struct Worker;
  void Run(Worker& worker);
  void Visit(Worker& worker, const std::string& child);
  // Sends until there is an answer; true when it is OK.
  bool Send(const std::string& event, const std::string& pep_id,
            const google::protobuf::Message& request, google::protobuf::Message& response);
  grpc::Status CallUntilAnswered(const google::protobuf::Message& request,
                                 google::protobuf::Message& response);

  client::Caller& caller_;
  const Clock& clock_;
  bool wrong_clocks_ = false;
  std::vector<Worker> workers_;
  std::optional<absl::Notification> stopping_;  // while it is started
  std::vector<std::thread> threads_;
  mutable absl::Mutex mutex_;
  std::vector<SentCommand> commands_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> surprises_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_KILLING_SCHOOL_WORK_H_
