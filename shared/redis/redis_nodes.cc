#include "shared/redis/redis_nodes.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/redis/redis_checks.h"
#include "shared/redis/redis_refusal.h"

namespace pepline {
namespace {

// As long as a command waits for keys that are on their way to another node.
constexpr absl::Duration kPatience = absl::Milliseconds(300);
constexpr absl::Duration kPause = absl::Milliseconds(3);
// A slot that is moved leads at once to its new node; more hops mean that nodes disagree.
constexpr int kHopsWithoutPause = 2;
// The cluster is asked about itself at most this often.
constexpr absl::Duration kLearnAgain = absl::Milliseconds(50);

std::string_view ErrorOf(const absl::StatusOr<RedisReply>& answer) {
  if (!answer.ok() || (*answer)->type != REDIS_REPLY_ERROR) return {};
  return {(*answer)->str, (*answer)->len};
}

}  // namespace

RedisNodes::RedisNodes(const RedisStoreOptions& options, Metrics* metrics)
    : options_(options),
      first_{options.host, options.port},
      metrics_(metrics),
      only_(options.cluster ? nullptr : std::make_shared<RedisConnections>(options, metrics)),
      unknown_(RedisAway(absl::StrCat(options.host, ":", options.port),
                         "the nodes of the cluster are not known yet")) {
  if (!options_.cluster) return;
  absl::MutexLock lock(&mutex_);
  NodeAt(first_);  // connects in the background
}

absl::StatusOr<RedisReply> RedisNodes::Judge(absl::StatusOr<RedisReply> answer) {
  if (const std::string_view error = ErrorOf(answer); !error.empty()) return RedisRefusal(error);
  return answer;
}

absl::StatusOr<RedisReply> RedisNodes::Call(int slot, RedisArguments arguments) {
  return CallAndReturn(slot, arguments);
}

absl::StatusOr<RedisReply> RedisNodes::CallAndReturn(int slot, RedisArguments& arguments) {
  Request request;
  request.call.arguments = std::move(arguments);
  request.slot = slot;
  if (only_ != nullptr) {
    only_->Send({&request.call});
  } else {
    SendFollowingRedirects({&request});
  }
  arguments = std::move(request.call.arguments);
  return Judge(std::move(request.call.answer));
}

std::vector<absl::StatusOr<RedisReply>> RedisNodes::CallEach(std::vector<RedisCommand> commands) {
  std::vector<Request> requests(commands.size());
  std::vector<Request*> pending;
  std::vector<RedisCall*> calls;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    requests[i].call.arguments = std::move(commands[i].arguments);
    requests[i].slot = commands[i].slot;
    pending.push_back(&requests[i]);
    calls.push_back(&requests[i].call);
  }
  if (only_ != nullptr) {
    only_->Send(std::move(calls));
  } else {
    SendFollowingRedirects(std::move(pending));
  }
  std::vector<absl::StatusOr<RedisReply>> replies;
  for (Request& request : requests) replies.push_back(Judge(std::move(request.call.answer)));
  return replies;
}

absl::StatusOr<std::vector<RedisReply>> RedisNodes::CallAll(std::vector<RedisCommand> commands) {
  std::vector<RedisReply> replies;
  for (auto& reply : CallEach(std::move(commands))) {
    if (!reply.ok()) return reply.status();
    replies.push_back(*std::move(reply));
  }
  return replies;
}

std::vector<absl::StatusOr<RedisNodes::Timed>> RedisNodes::CallEachOnTime(
    std::vector<RedisCommand> commands) {
  const std::size_t own = commands.size();
  std::vector<int> slots;
  for (const RedisCommand& command : commands) slots.push_back(command.slot);
  const std::vector<int> teller = FirstOfNode(slots);
  std::map<int, std::size_t> told_in;  // by slot, which reply has its node's time
  for (const int slot : teller) {
    if (told_in.try_emplace(slot, commands.size()).second) commands.push_back({slot, {"TIME"}});
  }
  const absl::Time asked = options_.machine_clock();
  auto replies = CallEach(std::move(commands));
  const absl::Time answered = options_.machine_clock();
  std::vector<absl::StatusOr<Timed>> timed;
  for (std::size_t i = 0; i < own; ++i) {
    const auto& time = replies[told_in.at(teller[i])];
    const auto ahead = time.ok() ? ClockAhead(**time, asked, answered)
                                 : absl::StatusOr<absl::Duration>(time.status());
    if (!replies[i].ok()) {
      timed.emplace_back(replies[i].status());
    } else if (!ahead.ok()) {
      timed.emplace_back(ahead.status());
    } else {
      timed.emplace_back(Timed{*std::move(replies[i]), *ahead});
    }
  }
  return timed;
}

std::vector<int> RedisNodes::FirstOfNode(const std::vector<int>& slots) {
  if (slots.empty()) return {};
  if (only_ != nullptr) return std::vector<int>(slots.size(), slots.front());
  absl::MutexLock lock(&mutex_);
  if (!topology_) return slots;
  std::map<RedisAddress, int> first;
  std::vector<int> of_slots;
  for (const int slot : slots) {
    const RedisAddress* owner = topology_->Owner(slot);
    of_slots.push_back(owner == nullptr ? slot : first.try_emplace(*owner, slot).first->second);
  }
  return of_slots;
}

absl::Status RedisNodes::WrongSetting() {
  if (only_ != nullptr) return only_->WrongSetting();
  absl::MutexLock lock(&mutex_);
  absl::Status wrong;
  for (const auto& [address, node] : nodes_) wrong.Update(node->WrongSetting());
  return wrong;
}

absl::StatusOr<std::vector<int>> RedisNodes::OnePerNode(const std::vector<int>& slots) {
  if (only_ != nullptr) return std::vector<int>{slots.front()};
  bool known = false;
  {
    absl::MutexLock lock(&mutex_);
    known = topology_.has_value();
  }
  if (!known) LearnTopology();
  absl::MutexLock lock(&mutex_);
  if (!topology_) return unknown_;
  std::set<RedisAddress> reached;
  std::vector<int> chosen;
  for (const int slot : slots) {
    const RedisAddress* owner = topology_->Owner(slot);
    // A slot without an owner is chosen as well, so that its error is seen.
    if (owner == nullptr || reached.insert(*owner).second) chosen.push_back(slot);
  }
  return chosen;
}

RedisNodes::Node RedisNodes::NodeAt(const RedisAddress& address) {
  Node& node = nodes_[address];
  if (node == nullptr) {
    RedisStoreOptions options = options_;
    options.host = address.host;
    options.port = address.port;
    node = std::make_shared<RedisConnections>(options, metrics_);
  }
  return node;
}

void RedisNodes::SendFollowingRedirects(std::vector<Request*> requests) {
  const absl::Time until = absl::Now() + kPatience;
  for (int hops = 0; !requests.empty(); ++hops) {
    if (hops > kHopsWithoutPause) absl::SleepFor(kPause);
    Send(requests);
    const bool late = absl::Now() > until;
    std::vector<Request*> again;
    for (Request* request : requests) {
      if (HandleRedirect(*request) && !late) again.push_back(request);
    }
    requests = std::move(again);
  }
}

void RedisNodes::Send(const std::vector<Request*>& requests) {
  bool known = false;
  {
    absl::MutexLock lock(&mutex_);
    known = topology_.has_value();
  }
  if (!known) LearnTopology();
  std::map<Node, std::vector<RedisCall*>> by_node;
  {
    absl::MutexLock lock(&mutex_);
    for (Request* request : requests) {
      const RedisAddress* owner = topology_ ? topology_->Owner(request->slot) : nullptr;
      if (!request->call.asking) {
        request->sent_to = owner == nullptr ? std::nullopt : std::optional(*owner);
      }
      if (request->sent_to) {
        by_node[NodeAt(*request->sent_to)].push_back(&request->call);
      } else {
        request->call.answer = topology_ ? absl::UnavailableError(absl::StrCat(
                                               "no node of the Redis Cluster owns slot ",
                                               request->slot, "; see `redis-cli --cluster check`"))
                                         : unknown_;
      }
    }
  }
  SendAlong(by_node);
}

void RedisNodes::SendAlong(std::map<Node, std::vector<RedisCall*>>& by_node) {
  if (by_node.size() == 1) {
    by_node.begin()->first->Send(by_node.begin()->second);
    return;
  }
  std::size_t count = 0;
  for (const auto& [node, calls] : by_node) count += calls.size();
  absl::BlockingCounter waiter(static_cast<int>(count));
  for (const auto& [node, calls] : by_node) {
    for (RedisCall* call : calls) call->waiter = &waiter;
    node->Enqueue(calls);
  }
  waiter.Wait();
}

bool RedisNodes::HandleRedirect(Request& request) {
  if (!request.call.answer.ok()) {
    // The node is gone, or was never there: perhaps another one has its slots by now. What was sent
    // may have been done, so that is for the caller to find out.
    LearnTopology();
    return false;
  }
  const std::string_view error = ErrorOf(request.call.answer);
  if (error.empty()) return false;
  request.call.asking = false;
  if (error.substr(0, 8) == "TRYAGAIN") return true;
  const auto redirect = ParseRedirect(error, request.sent_to->host);
  if (!redirect) return false;
  if (redirect->ask) {
    request.call.asking = true;
    request.sent_to = redirect->to;
  } else {
    // Where one slot has moved, more have. What this node says is the newest for this slot.
    LearnTopology();
    absl::MutexLock lock(&mutex_);
    if (topology_) topology_->SetOwner(redirect->slot, redirect->to);
  }
  // Said again when patience ends while nodes still point at each other.
  request.call.answer = absl::UnavailableError(
      absl::StrCat("slot ", redirect->slot, " is being moved in the Redis Cluster; try again"));
  return true;
}

void RedisNodes::LearnTopology() {
  if (!learning_.TryLock()) return;  // somebody is at it
  if (absl::Now() - learnt_at_ < kLearnAgain) {
    learning_.Unlock();
    return;
  }
  std::map<RedisAddress, Node> candidates;
  std::vector<Node> gone;  // ends after the lock: a connection takes its time to end
  {
    absl::MutexLock lock(&mutex_);
    NodeAt(first_);
    candidates = nodes_;
  }
  for (const auto& [address, node] : candidates) {
    RedisCall call;
    call.arguments = {"CLUSTER", "SLOTS"};
    node->Send({&call});
    absl::StatusOr<RedisReply> reply = Judge(std::move(call.answer));
    absl::MutexLock lock(&mutex_);
    if (!reply.ok()) {
      unknown_ = reply.status();
      continue;
    }
    auto learnt = RedisTopology::Parse(**reply, address.host);
    if (!learnt) continue;
    topology_ = *std::move(learnt);
    const std::set<RedisAddress> owners = topology_->Owners();
    for (auto known = nodes_.begin(); known != nodes_.end();) {
      if (owners.contains(known->first) || known->first == first_) {
        ++known;
      } else {
        gone.push_back(std::move(known->second));
        known = nodes_.erase(known);
      }
    }
    break;
  }
  learnt_at_ = absl::Now();
  learning_.Unlock();
}

}  // namespace pepline
