// Who is let in with an import, so that imports cannot take the process away from everybody else.
// Promises: one import an authority at a time, one of what belongs to none, and a bounded number of
// all; while their files arrive, and while they run one after the other, they hold threads of their
// own and none of the calls'. So the rows of one register at most, and of one other file, are in
// memory at any moment. Bounds count in this process.
// Does not: know what a file is. Threads: safe from any thread; work still on its threads is
// finished before it goes.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_GATE_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_GATE_H_

#include <set>
#include <string>
#include <string_view>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "shared/base/worker_pool.h"
#include "shared/domain/authorisation.h"

namespace pepline::registry {

struct ImportGateBounds {
  int at_once = 4;
  absl::Duration longest_silence = absl::Seconds(30);  // between two messages of a file
  absl::Duration longest_upload = absl::Minutes(10);   // of a whole file
};

class ImportGate {
 public:
  explicit ImportGate(const ImportGateBounds& bounds = {})
      : bounds_(bounds), runs_(1, bounds.at_once), arrivals_(bounds.at_once, bounds.at_once) {}

  const ImportGateBounds& bounds() const { return bounds_; }

  // Which of the places an import by this caller takes: its authority's, or the one of what belongs
  // to none. Operators share that one, whatever authority their tokens name: they would keep that
  // authority's own imports out, and bring in as many registers at once as they name authorities.
  static std::string PlaceOf(const Actor& caller) {
    return caller.role == Role::kOperator ? std::string(kOfNone) : caller.authority.text();
  }
  static constexpr std::string_view kOfNone = "operator";

  enum class Answer { kIn, kPlaceIsTaken, kFull };
  // Who is in leaves once.
  Answer Enter(const std::string& place) {
    absl::MutexLock lock(&mutex_);
    if (in_.contains(place)) return Answer::kPlaceIsTaken;
    if (static_cast<int>(in_.size()) >= bounds_.at_once) return Answer::kFull;
    in_.insert(place);
    return Answer::kIn;
  }
  void Leave(const std::string& place) {
    absl::MutexLock lock(&mutex_);
    in_.erase(place);
  }
  bool IsIn(const std::string& place) {
    absl::MutexLock lock(&mutex_);
    return in_.contains(place);
  }

  WorkerPool& arrivals() { return arrivals_; }  // a thread for each that is in
  WorkerPool& runs() { return runs_; }          // one thread, in the order of arrival

 private:
  const ImportGateBounds bounds_;
  absl::Mutex mutex_;
  std::set<std::string> in_ ABSL_GUARDED_BY(mutex_);
  WorkerPool runs_;
  WorkerPool arrivals_;  // goes first: it hands over to the runs
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_GATE_H_
