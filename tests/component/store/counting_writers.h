// Writers that each add one to a record of their own partition, again and again, every time with a
// command id of its own that they repeat until it is acknowledged; for tests in which Redis is
// killed, moved about or restarted meanwhile.
// Promises: StopAndCheck finds what was lost, what was doubled and what came out of order;
// StopAndCountLost the same but counts what was lost. Errors: test failures. Threads: the functions
// from one; each writer is a thread of its own.
#ifndef PEPLINE_TESTS_COMPONENT_STORE_COUNTING_WRITERS_H_
#define PEPLINE_TESTS_COMPONENT_STORE_COUNTING_WRITERS_H_

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/store/store.h"
#include "tools/stack/processes.h"

namespace pepline {

class CountingWriters {
 public:
  CountingWriters(Store& store, int writers)
      : store_(store), acknowledged_(static_cast<std::size_t>(writers), 0) {
    for (int writer = 0; writer < writers; ++writer) {
      threads_.emplace_back([this, writer] { Run(writer); });
    }
  }
  ~CountingWriters() { Stop(); }
  CountingWriters(const CountingWriters&) = delete;
  CountingWriters& operator=(const CountingWriters&) = delete;

  int acknowledged() const { return acknowledged_in_all_; }
  // As many more commands are acknowledged.
  bool Progress(int commands, absl::Duration within = absl::Seconds(30)) const {
    const int before = acknowledged();
    return WaitUntil([&] { return acknowledged() >= before + commands; }, within);
  }
  absl::Duration longest_call() const { return absl::Microseconds(longest_micros_.load()); }

  void StopAndCheck() {
    Stop();
    for (std::size_t i = 0; i < acknowledged_.size(); ++i) {
      const int writer = static_cast<int>(i);
      auto loaded = store_.Load(writer, {Key(writer)}, "");
      ASSERT_TRUE(loaded.ok() && loaded->records[0].has_value()) << loaded.status();
      EXPECT_EQ(static_cast<int>(loaded->records[0]->bytes.size()), acknowledged_[i]);
      auto outbox = store_.ReadOutbox(writer, 1'000'000, "");
      ASSERT_TRUE(outbox.ok()) << outbox.status();
      ASSERT_EQ(static_cast<int>(outbox->size()), acknowledged_[i]);
      for (int n = 0; n < acknowledged_[i]; ++n) {
        EXPECT_EQ((*outbox)[static_cast<std::size_t>(n)].record.value, CommandId(writer, n));
      }
    }
  }
  // Where a replica may have taken over without the last commands: whatever is kept is kept whole,
  // state and outbox alike, in its order and once. Returns how many acknowledged commands are gone.
  int StopAndCountLost() {
    Stop();
    int lost = 0;
    for (std::size_t i = 0; i < acknowledged_.size(); ++i) {
      const int writer = static_cast<int>(i);
      auto loaded = store_.Load(writer, {Key(writer)}, "");
      auto outbox = store_.ReadOutbox(writer, 1'000'000, "");
      EXPECT_TRUE(loaded.ok() && loaded->records[0].has_value() && outbox.ok());
      if (!loaded.ok() || !loaded->records[0].has_value() || !outbox.ok()) continue;
      EXPECT_EQ(loaded->records[0]->bytes.size(), outbox->size()) << "state and outbox disagree";
      int expected = 0;
      for (const OutboxEntry& entry : *outbox) {
        while (expected < acknowledged_[i] && entry.record.value != CommandId(writer, expected)) {
          ++expected;
          ++lost;
        }
        EXPECT_LT(expected++, acknowledged_[i]) << entry.record.value << " is out of order";
      }
      lost += acknowledged_[i] - expected;
    }
    return lost;
  }

 private:
  static RecordKey Key(int writer) { return {"counter", std::to_string(writer)}; }
  static std::string CommandId(int writer, int n) { return absl::StrCat("w", writer, "-", n); }

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    for (const std::string& error : unexpected_) ADD_FAILURE() << error;
    unexpected_.clear();
  }
  void Run(int writer) {
    for (int n = 0; !stop_; ++n) {
      while (!CarriedOut(writer, CommandId(writer, n))) {
      }
      ++acknowledged_[static_cast<std::size_t>(writer)];
      ++acknowledged_in_all_;
    }
  }
  bool CarriedOut(int writer, const std::string& id) {
    const auto loaded = Timed([&] { return store_.Load(writer, {Key(writer)}, id); });
    if (!loaded.ok()) return Note(loaded.status());
    if (loaded->seen) return true;  // carried out, the answer was lost
    const StoredRecord before = loaded->records[0].value_or(StoredRecord{});
    Commit commit{.partition = writer};
    commit.writes.push_back({Key(writer), before.revision, absl::StrCat(before.bytes, "+")});
    commit.outbox.push_back({"topic", "key", id, {}});
    commit.seen = {id, {"f", ""}, absl::Hours(1)};
    const auto applied = Timed([&] { return store_.Apply(commit); });
    return applied.ok() || Note(applied.status());
  }
  template <class Call>
  auto Timed(const Call& call) -> decltype(call()) {
    const absl::Time start = absl::Now();
    auto answer = call();
    const std::int64_t micros = absl::ToInt64Microseconds(absl::Now() - start);
    std::int64_t longest = longest_micros_;
    while (micros > longest && !longest_micros_.compare_exchange_weak(longest, micros)) {
    }
    return answer;
  }
  // Unavailable is what a store may say at any time.
  bool Note(const absl::Status& status) {
    if (absl::IsUnavailable(status)) return false;
    absl::MutexLock lock(&mutex_);
    if (unexpected_.size() < 5) unexpected_.push_back(status.ToString());
    return false;
  }

  Store& store_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> acknowledged_in_all_ = 0;
  std::atomic<std::int64_t> longest_micros_ = 0;
  std::vector<int> acknowledged_;  // of each writer; its own thread's until it has ended
  absl::Mutex mutex_;
  std::vector<std::string> unexpected_;
  std::vector<std::thread> threads_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_STORE_COUNTING_WRITERS_H_
