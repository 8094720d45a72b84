// What this process writes to standard error while the object lives, as the audit trail's lines.
// Promises: the real standard error is back afterwards. BreakOff: from then on nothing can be
// written, as on a full disk. Threads: one makes and asks; any may write.
#ifndef PEPLINE_TESTS_UNIT_ACCESS_AUDIT_CAPTURED_LOG_H_
#define PEPLINE_TESTS_UNIT_ACCESS_AUDIT_CAPTURED_LOG_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tools/stack/processes.h"

namespace pepline {

using AuditLine = nlohmann::json;

class CapturedLog {
 public:
  CapturedLog() : real_(dup(STDERR_FILENO)) { SendTo(file_); }
  ~CapturedLog() {
    dup2(real_, STDERR_FILENO);
    close(real_);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  void BreakOff() { SendTo("/dev/full"); }
  void GoOn() { SendTo(file_); }
  std::string Text() const { return ReadFile(file_).value_or(""); }

  // The lines of the trail since the last time.
  std::vector<AuditLine> NewLines() {
    std::vector<AuditLine> lines;
    std::istringstream text(Text());
    int number = 0;
    for (std::string line; std::getline(text, line);) {
      if (++number <= seen_) continue;
      AuditLine json = AuditLine::parse(line, nullptr, false);
      if (json.is_object() && json.contains("audit")) lines.push_back(std::move(json));
    }
    seen_ = number;
    return lines;
  }

 private:
  static void SendTo(const std::string& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ASSERT_GE(file, 0) << path;
    ASSERT_EQ(dup2(file, STDERR_FILENO), STDERR_FILENO);
    close(file);
  }

  const TemporaryFolder folder_;
  const std::string file_ = folder_.path() + "/log";
  const int real_;
  int seen_ = 0;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_UNIT_ACCESS_AUDIT_CAPTURED_LOG_H_
