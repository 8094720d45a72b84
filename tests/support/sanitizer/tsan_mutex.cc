// Linked into every test of the preset `tsan`. Debian's Abseil is compiled without the sanitizer,
// which therefore sees no order between threads that share one of its mutexes or counters and
// reports every use as a race. These stand before Abseil's own, call them, and tell the sanitizer.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdlib>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"

namespace {

template <class Function>
Function* Next(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) std::abort();  // another Abseil: its names differ
  return reinterpret_cast<Function*>(found);
}

// The mutex that this thread is waiting for or leaving: conditions are evaluated inside, by whoever
// holds it, without a call of Lock or Unlock.
thread_local absl::Mutex* inside = nullptr;

class Inside {
 public:
  explicit Inside(absl::Mutex* mutex) : before_(inside) {
    __tsan_release(mutex);  // what others evaluate was made by this thread
    inside = mutex;
  }
  ~Inside() { inside = before_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  absl::Mutex* const before_;
};

}  // namespace

// A status is freed by whoever counts it down last. Some do so in Abseil's library, where the
// sanitizer does not see the count.
extern "C" const char* __tsan_default_suppressions() { return "race:Status::Unref\n"; }

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  next(this);
  __tsan_acquire(this);
}

bool Mutex::TryLock() {
  static auto* const next = Next<bool(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  const bool locked = next(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::Unlock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  const Inside leaving(this);
  next(this);
}

void Mutex::ReaderLock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex10ReaderLockEv");
  next(this);
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex12ReaderUnlockEv");
  const Inside leaving(this);
  next(this);
}

void Mutex::LockWhen(const Condition& condition) {
  static auto* const next =
      Next<void(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
  const Inside waiting(this);
  next(this, condition);
  __tsan_acquire(this);
}

void Mutex::Await(const Condition& condition) {
  static auto* const next =
      Next<void(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
  const Inside waiting(this);
  next(this, condition);
  __tsan_acquire(this);
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static auto* const next = Next<bool(Mutex*, const Condition&, Duration)>(
      "_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  const Inside waiting(this);
  const bool met = next(this, condition, timeout);
  __tsan_acquire(this);
  return met;
}

bool Condition::Eval() const {
  static auto* const next = Next<bool(const Condition*)>("_ZNK4absl7debian39Condition4EvalEv");
  Mutex* const mutex = inside;
  if (mutex != nullptr) __tsan_acquire(mutex);
  const bool met = next(this);
  if (mutex != nullptr) __tsan_release(mutex);
  return met;
}

// Its count is an atomic number that the sanitizer cannot see; only the last one goes through a
// mutex.
bool BlockingCounter::DecrementCount() {
  static auto* const next =
      Next<bool(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter14DecrementCountEv");
  __tsan_release(this);
  return next(this);
}

void BlockingCounter::Wait() {
  static auto* const next =
      Next<void(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter4WaitEv");
  next(this);
  __tsan_acquire(this);
}

ABSL_NAMESPACE_END
}  // namespace absl
