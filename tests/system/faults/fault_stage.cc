#include "tests/system/faults/fault_stage.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

// Abseil asks the machine for the time every two seconds and counts on by the processor in between.
// On the machine's clock the rules would see a jump no earlier than that; on a simulated one they
// must not either.
constexpr absl::Duration kSeen = absl::Seconds(3);
// Redis as its disk lets it: still for most of the time.
constexpr absl::Duration kBurst = absl::Milliseconds(450);
constexpr absl::Duration kStillInBurst = absl::Milliseconds(330);

// The stack's time races: a clock that is off by minutes is off by weeks of it.
absl::Duration InStackTime(absl::Duration amount) {
  constexpr absl::Duration kWeeks = absl::Hours(24 * 40);
  return amount < absl::ZeroDuration() ? -kWeeks : kWeeks;
}

int PortAtEnd(const std::string& address) {
  int port = 0;
  return absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port) ? port : 0;
}

absl::Status Signal(Stack& stack, const std::string& name, int number) {
  for (const Stack::Part& part : stack.Parts()) {
    if (part.name != name) continue;
    if (!part.running || kill(part.pid, number) == 0) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(name, ": ", strerror(errno)));
  }
  return absl::NotFoundError(absl::StrCat("nothing here is called ", name));
}

absl::Status TellRedis(int port, const std::vector<const char*>& words) {
  redisContext* context = redisConnectWithTimeout("127.0.0.1", port, timeval{2, 0});
  absl::Status status;
  if (context == nullptr || context->err != 0) {
    status = absl::UnavailableError("Redis is not there");
  } else {
    redisSetTimeout(context, timeval{2, 0});
    auto* reply = static_cast<redisReply*>(redisCommandArgv(
        context, static_cast<int>(words.size()), const_cast<const char**>(words.data()), nullptr));
    if (reply == nullptr || reply->type == REDIS_REPLY_ERROR) {
      status = absl::UnavailableError("Redis does not take a setting");
    }
    freeReplyObject(reply);
  }
  if (context != nullptr) redisFree(context);
  return status;
}

}  // namespace

absl::Status FaultStage::Build(absl::Time start, bool has_kafka) {
  {
    absl::MutexLock lock(&mutex_);
    now_ = start;
  }
  const std::string folder = absl::StrCat(folder_, "/clocks");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const std::string& process : processes_) {
    Actor& actor = actors_[process];
    auto day = ShiftedClock::Create(absl::StrCat(ProgramFolder(), "/libshifted_clock.so"),
                                    absl::StrCat(folder, "/", process, ".shift"));
    if (!day.ok()) return day.status();
    actor.day = *std::move(day);
    const std::string file = absl::StrCat(folder, "/", process, ".clock");
    if (absl::Status made = SimulatedClock::Create(file, start); !made.ok()) return made;
    auto simulated = FreeSimulatedClock::Open(file);
    if (!simulated.ok()) return simulated.status();
    actor.simulated = *std::move(simulated);
    if (!has_kafka) continue;
    const int port = FreePort();
    actor.kafka = Between(port);
    if (!trouble_.ok()) return trouble_;
    listeners_[process] = {.port = port, .advertised_port = actor.kafka->port()};
  }
  return absl::OkStatus();
}

std::vector<KafkaListener> FaultStage::kafka_listeners() const {
  std::vector<KafkaListener> listeners;
  for (const auto& [process, listener] : listeners_) listeners.push_back(listener);
  return listeners;
}

std::unique_ptr<TcpProxy> FaultStage::Between(int target_port) {
  auto proxy = TcpProxy::Start(target_port);
  if (proxy.ok()) return *std::move(proxy);
  trouble_.Update(proxy.status());
  return nullptr;
}

void FaultStage::Prepare(const std::string& process,
                         std::map<std::string, std::string>& environment) {
  Actor& actor = actors_.at(process);
  // The variable's address goes through somebody in between.
  const auto detour = [&](const std::string& variable, std::unique_ptr<TcpProxy>& proxy) {
    const auto found = environment.find(variable);
    if (found == environment.end()) return;
    std::string& address = found->second;
    const int port = PortAtEnd(absl::StrCat(":", address));
    proxy = Between(port);
    if (proxy == nullptr) return;
    address = absl::StrCat(address.substr(0, address.size() - std::to_string(port).size()),
                           proxy->port());
  };
  detour("PEPLINE_REDIS_PORT", actor.redis);
  detour("PEPLINE_REGISTRY_ADDRESS", actor.registry);
  detour("PEPLINE_SMTP_URL", actor.smtp);
  if (actor.kafka != nullptr) {
    environment["PEPLINE_KAFKA_BOOTSTRAP"] = absl::StrCat("127.0.0.1:", actor.kafka->port());
  }
  environment["PEPLINE_CLOCK"] = absl::StrCat("simulated:", folder_, "/clocks/", process, ".clock");
  for (const auto& [name, value] : actor.day->Environment()) environment[name] = value;
}

void FaultStage::ClockMoved(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
  for (auto& [process, actor] : actors_) actor.simulated->Set(now_ + actor.shift);
}

void FaultStage::ShiftSimulated(Actor& actor, absl::Duration shift) {
  absl::MutexLock lock(&mutex_);
  actor.shift = shift;
  actor.simulated->Set(now_ + shift);
}

std::vector<TcpProxy*> FaultStage::Paths(const Fault& fault) {
  Actor& actor = ActorOf(fault);
  std::vector<TcpProxy*> paths;
  switch (fault.kind) {
    case FaultKind::kCutFromRedis:
    case FaultKind::kSlowRedis:
      paths = {actor.redis.get()};
      break;
    case FaultKind::kCutFromKafka:
      paths = {actor.kafka.get()};
      break;
    case FaultKind::kCutFromNetwork:
      paths = {actor.redis.get(), actor.kafka.get(), actor.registry.get(), actor.smtp.get()};
      break;
    default:
      break;
  }
  std::erase(paths, nullptr);
  return paths;
}

absl::Status FaultStage::FillDisk(Stack& stack, bool full) {
  if (!stack.Running("redis")) return absl::OkStatus();  // it has met the end of its disk
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  if (full) {
    // What is there, and the first bytes of the next write.
    std::uintmax_t size = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             absl::StrCat(stack.folder(), "/redis/appendonlydir"), error)) {
      if (absl::EndsWith(entry.path().string(), ".incr.aof")) size = entry.file_size(error);
    }
    if (error || size == 0) return absl::InternalError("Redis has no file that could be full");
    limit.rlim_cur = size + 100;
  }
  if (prlimit(stack.redis().pid(), RLIMIT_FSIZE, &limit, nullptr) == 0) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("prlimit: ", strerror(errno)));
}

absl::Status FaultStage::Begin(Stack& stack, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kKill:
    case FaultKind::kBrokerIsKilled:
      return stack.Kill(fault.target);
    case FaultKind::kStop:
    case FaultKind::kBrokerIsStopped:
    case FaultKind::kMailIsStopped:
    case FaultKind::kSlowDisk:
      return Signal(stack, fault.target, SIGSTOP);
    case FaultKind::kCutFromRedis:
    case FaultKind::kCutFromKafka:
    case FaultKind::kCutFromNetwork:
      for (TcpProxy* path : Paths(fault)) path->Cut();
      return absl::OkStatus();
    case FaultKind::kSlowRedis:
      for (TcpProxy* path : Paths(fault)) path->Delay(fault.amount);
      return absl::OkStatus();
    case FaultKind::kClockJumps:
      ActorOf(fault).day->Set(fault.amount);
      return absl::OkStatus();
    case FaultKind::kClockWrongAtStart: {
      absl::Status status = stack.Kill(fault.target);
      ActorOf(fault).day->Set(fault.amount);
      ShiftSimulated(ActorOf(fault), InStackTime(fault.amount));
      status.Update(stack.Restart(fault.target));
      return status;
    }
    case FaultKind::kRedisIsFull:
      return TellRedis(stack.redis().port(), {"CONFIG", "SET", "maxmemory", "1"});
    case FaultKind::kDiskIsFull:
      return FillDisk(stack, true);
  }
  return absl::OkStatus();
}

absl::Status FaultStage::Tick(Stack& stack, const Fault& fault, absl::Duration since) {
  if (fault.kind == FaultKind::kSlowDisk) {
    const bool still = since % kBurst < kStillInBurst;
    return Signal(stack, fault.target, still ? SIGSTOP : SIGCONT);
  }
  if (fault.kind == FaultKind::kClockJumps && since >= kSeen &&
      ActorOf(fault).shift == absl::ZeroDuration()) {
    ShiftSimulated(ActorOf(fault), InStackTime(fault.amount));
  }
  if (fault.kind == FaultKind::kCutFromNetwork && since >= fault.lasts - fault.amount &&
      ActorOf(fault).kafka != nullptr) {
    ActorOf(fault).kafka->Mend();
  }
  return absl::OkStatus();
}

absl::Status FaultStage::End(Stack& stack, const Fault& fault) {
  absl::Status status;
  switch (fault.kind) {
    case FaultKind::kKill:
    case FaultKind::kBrokerIsKilled:
      break;  // below
    case FaultKind::kStop:
    case FaultKind::kBrokerIsStopped:
    case FaultKind::kMailIsStopped:
    case FaultKind::kSlowDisk:
      status = Signal(stack, fault.target, SIGCONT);
      break;
    case FaultKind::kCutFromRedis:
    case FaultKind::kCutFromKafka:
    case FaultKind::kCutFromNetwork:
      for (TcpProxy* path : Paths(fault)) {
        if (fault.breaks_after) path->CloseAll();
        path->Mend();
      }
      break;
    case FaultKind::kSlowRedis:
      for (TcpProxy* path : Paths(fault)) path->Mend();
      break;
    case FaultKind::kClockJumps:
    case FaultKind::kClockWrongAtStart:
      ShiftSimulated(ActorOf(fault), absl::ZeroDuration());
      ActorOf(fault).day->Set(absl::ZeroDuration());
      break;
    case FaultKind::kRedisIsFull:
      status = TellRedis(stack.redis().port(), {"CONFIG", "SET", "maxmemory", "0"});
      break;
    case FaultKind::kDiskIsFull:
      status = FillDisk(stack, false);
      break;
  }
  if (!stack.Running(fault.target)) status.Update(stack.Restart(fault.target));
  return status;
}

}  // namespace pepline
