// Children who change school all through the term, so that there is always an event of registry
// under way that the other services must act on. Each move is sent until there is an answer; a
// refusal is one. Threads: one of its own while it is started; every function from one thread.
#ifndef PEPLINE_TESTS_SYSTEM_FAULTS_SCHOOL_MOVES_H_
#define PEPLINE_TESTS_SYSTEM_FAULTS_SCHOOL_MOVES_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "shared/base/clock.h"
#include "tools/client/caller.h"

namespace pepline {

class SchoolMoves {
 public:
  // All must outlive it.
  SchoolMoves(client::Caller& caller, const Clock& clock, std::vector<std::string> children);
  ~SchoolMoves();  // when the move under way has its answer
  SchoolMoves(const SchoolMoves&) = delete;
  SchoolMoves& operator=(const SchoolMoves&) = delete;

  int accepted() const { return accepted_; }

 private:
  void Run();
  bool Move(const std::string& child, const std::string& school);

  client::Caller& caller_;
  const Clock& clock_;
  const std::vector<std::string> children_;
  absl::Notification stopping_;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_FAULTS_SCHOOL_MOVES_H_
