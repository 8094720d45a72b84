// How each event changes the alert, and what follows from the state alone: the index and names.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/notifications/domain/alert.h"

namespace pepline::notifications {
namespace {

void AddPending(AlertState& state, int level, RecipientRole role, absl::Time at,
                std::optional<RecipientRole> instead_of) {
  if (state.Find(level, role)) return;  // named twice, or told in another's place already
  state.deliveries.push_back({.level = level,
                              .role = role,
                              .since = at,
                              .not_before = at + kShortestRetry,
                              .state = DeliveryState::kWaiting,
                              .instead_of = instead_of,
                              .settled = {}});
}

void Reach(AlertState& state, int level, absl::Time at) {
  state.reached[level] = at;
  for (RecipientRole role : state.RecipientsOf(level))
    AddPending(state, level, role, at, std::nullopt);
}

void EndWaiting(PendingDelivery& pending, DeliveryState state) {
  if (pending.state != DeliveryState::kWaiting) return;
  pending.state = state;
  pending.not_before = absl::Time();
  pending.attempts.clear();
  pending.held = false;
}

void Settle(AlertState& state, int level, RecipientRole role, const Settled& settled,
            bool finished) {
  for (PendingDelivery& pending : state.deliveries) {
    if (pending.level != level || pending.role != role) continue;
    pending.settled.push_back(settled);
    std::erase_if(pending.attempts,
                  [&](const Attempt& attempt) { return attempt.staff == settled.staff; });
    if (!finished) continue;
    EndWaiting(pending,
               pending.AnyoneReached() ? DeliveryState::kDelivered : DeliveryState::kFailed);
  }
}

// The attempt at the message to that person, made where there is none yet; null for a role that
// is not told of the level.
Attempt* AttemptAt(AlertState& state, int level, RecipientRole role, const StaffId& staff) {
  for (PendingDelivery& pending : state.deliveries) {
    if (pending.level != level || pending.role != role) continue;
    const auto found = std::ranges::find(pending.attempts, staff, &Attempt::staff);
    if (found != pending.attempts.end()) return &*found;
    return &pending.attempts.emplace_back(Attempt{.staff = staff, .claimed_by = ""});
  }
  return nullptr;
}

// What left in runs before this one.
std::vector<EarlierDelivery> EarlierOf(const AlertState& state, int next_run) {
  std::vector<EarlierDelivery> earlier = state.earlier;
  for (const PendingDelivery& pending : state.deliveries) {
    for (const Settled& one : pending.settled) {
      if (one.channel) earlier.push_back({state.run, pending.level, pending.role, one.staff});
    }
  }
  std::erase_if(earlier, [&](const EarlierDelivery& delivery) {
    return delivery.run < next_run - kRunsRemembered;
  });
  return earlier;
}

void DeliverAgain(AlertState& state, const AlertRedeliveryRequested& event) {
  for (PendingDelivery& pending : state.deliveries) {
    if (pending.level != event.level || pending.role != event.role) continue;
    std::erase_if(pending.settled, [](const Settled& one) { return !one.channel; });
    pending.state = DeliveryState::kWaiting;
    pending.since = event.at;
    pending.not_before = event.at + kShortestRetry;
    pending.held = false;
  }
}

}  // namespace

AlertState Alert::Evolve(AlertState state, const AlertEvent& event) {
  std::visit(
      Match{[&](const AlertRaised& raised) {
              if (raised.run != state.run) {
                std::vector<EarlierDelivery> earlier = EarlierOf(state, raised.run);
                state = AlertState();
                state.run = raised.run;
                state.earlier = std::move(earlier);
              }
              state.reference = raised.reference;
              state.instants = raised.instants;
              state.late = state.late || raised.late;
              Reach(state, raised.level, raised.at);
            },
            [&](const NoticeGiven& given) {
              state.run = 1;
              state.reference = given.notice.reference;
              state.instants = {given.notice.happened_at, {{0, given.at, given.notice.recipients}}};
              Reach(state, 0, given.at);
            },
            [&](const AlertEscalated& escalated) { Reach(state, escalated.level, escalated.at); },
            [&](const AlertDelivered& delivered) {
              if (delivered.earlier_run != 0) {
                state.earlier.push_back(
                    {delivered.earlier_run, delivered.level, delivered.role, delivered.staff});
                return;
              }
              Settle(state, delivered.level, delivered.role,
                     {delivered.staff, delivered.channel, std::nullopt, delivered.at},
                     delivered.finished);
            },
            [&](const AlertDeliveryFailed& failed) {
              Settle(state, failed.level, failed.role,
                     {failed.staff, std::nullopt, failed.cause, failed.at}, failed.finished);
              if (failed.instead)
                AddPending(state, failed.level, *failed.instead, failed.at, failed.role);
            },
            [&](const AlertAcknowledged& acknowledged) {
              state.acknowledgements[acknowledged.role] = {state.level(), acknowledged.at};
              for (PendingDelivery& pending : state.deliveries) {
                if (pending.role == acknowledged.role) {
                  EndWaiting(pending, DeliveryState::kDropped);
                }
              }
            },
            [&](const AlertRedeliveryRequested& requested) { DeliverAgain(state, requested); },
            [&](const AlertResolved& resolved) {
              state.resolved = Resolution{resolved.cause, resolved.at};
              for (PendingDelivery& pending : state.deliveries) {
                EndWaiting(pending, DeliveryState::kDropped);
              }
            },
            [&](const AlertMoved& moved) {
              state.reference = moved.reference;
              state.instants = moved.instants;
            },
            [&](const MessageClaimed& claimed) {
              Attempt* attempt = AttemptAt(state, claimed.level, claimed.role, claimed.staff);
              if (attempt) attempt->claimed_by = claimed.replica;
            },
            [&](const MessageReleased& released) {
              Attempt* attempt = AttemptAt(state, released.level, released.role, released.staff);
              if (!attempt) return;
              attempt->claimed_by.clear();
              if (released.refused) ++attempt->refusals;
            },
            [&](const DeliveryPutOff& put_off) {
              for (PendingDelivery& pending : state.deliveries) {
                if (pending.level == put_off.level && pending.role == put_off.role) {
                  pending.not_before = put_off.not_before;
                  pending.held = false;
                }
              }
            },
            [&](const DeliveryHeld& held) {
              for (PendingDelivery& pending : state.deliveries) {
                const HoldDelivery& hold = held.hold;
                if (pending.level != hold.level || pending.role != hold.role) continue;
                if (!hold.gathers) pending.since = hold.until;
                pending.not_before = hold.until;
                pending.held = true;
              }
            }},
      event);
  return state;
}

std::set<int> LevelsToTell(const std::vector<AlertEvent>& events) {
  std::set<int> levels;
  for (const AlertEvent& event : events) {
    std::visit(
        Match{[&](const AlertRaised& raised) { levels.insert(raised.level); },
              [&](const AlertEscalated& escalated) { levels.insert(escalated.level); },
              [&](const NoticeGiven&) { levels.insert(0); },
              [&](const AlertDeliveryFailed& failed) {
                if (failed.instead) levels.insert(failed.level);
              },
              [&](const AlertRedeliveryRequested& again) { levels.insert(again.level); },
              [&](const DeliveryPutOff& put_off) { levels.insert(put_off.level); },
              [](const AlertDelivered&) {}, [](const AlertAcknowledged&) {},
              [](const AlertResolved&) {}, [](const AlertMoved&) {}, [](const MessageClaimed&) {},
              [](const MessageReleased&) {}, [](const DeliveryHeld&) {}},
        event);
  }
  return levels;
}

std::vector<IndexEntry> Alert::Index(const AlertState& state) {
  std::vector<IndexEntry> entries;
  if (state.run == 0) return entries;
  const SchoolUrn& school = state.reference.school;
  entries.push_back(state.IsNotice() ? AllNotices() : AllAlerts());
  if (state.IsOpen()) entries.push_back(OpenAlerts());
  if (!school.empty() && !state.IsNotice()) entries.push_back(AlertsOf(school));
  if (IsOfRequest(state.reference)) entries.push_back(AlertsOfRequestsFor(state.reference.child));
  const auto waiting = state.Waiting();
  const auto held = std::ranges::count(waiting, true, &PendingDelivery::held);
  if (held < std::ssize(waiting)) entries.push_back(UndeliveredAlerts());
  if (held > 0) entries.push_back(AlertsWithHeldMessages());
  return entries;
}

bool IsOfRequest(const AlertReference& reference) {
  const std::string& child = reference.child.text();
  const std::string_view id = reference.alert.text();
  return !child.empty() && id.substr(0, id.find('.')) != child;
}

bool IsOfRequest(const AlertId& alert) {
  const std::string_view id = alert.text();
  const auto dot = id.rfind('.');
  const CataloguedRule* rule =
      dot == std::string_view::npos ? nullptr : FindRule(id.substr(dot + 1));
  return rule != nullptr && rule->of_request;
}

const LevelInstant* Instants::Find(int level) const {
  const auto found = std::ranges::find(levels, level, &LevelInstant::level);
  return found == levels.end() ? nullptr : &*found;
}

const PendingDelivery* AlertState::Find(int level, RecipientRole role) const {
  const auto found = std::ranges::find_if(deliveries, [&](const PendingDelivery& pending) {
    return pending.level == level && pending.role == role;
  });
  return found == deliveries.end() ? nullptr : &*found;
}

bool AlertState::IsAddressee(RecipientRole role) const {
  return std::ranges::find(deliveries, role, &PendingDelivery::role) != deliveries.end() ||
         std::ranges::find(earlier, role, &EarlierDelivery::role) != earlier.end();
}

std::vector<RecipientRole> AlertState::RecipientsOf(int level) const {
  std::vector<RecipientRole> roles;
  const LevelInstant* instant = instants.Find(level);
  if (instant == nullptr) return roles;
  const bool on_no_roll = !reference.child.empty() && reference.school.empty();
  const auto add = [&](RecipientRole role) {
    if (std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
  };
  for (RecipientRole role : instant->recipients) {
    if (on_no_roll && !IsOfCouncil(role)) {
      add(RecipientRole::kVirtualSchoolCaseworker);
      add(RecipientRole::kSocialWorker);
    } else {
      add(role);
    }
  }
  return roles;
}

std::vector<PendingDelivery> AlertState::Waiting() const {
  std::vector<PendingDelivery> waiting;
  std::ranges::copy_if(deliveries, std::back_inserter(waiting), [](const PendingDelivery& pending) {
    return pending.state == DeliveryState::kWaiting;
  });
  return waiting;
}

std::vector<PendingDelivery> AlertState::WaitingNow() const {
  std::vector<PendingDelivery> waiting = Waiting();
  std::erase_if(waiting, [](const PendingDelivery& pending) { return pending.held; });
  return waiting;
}

std::vector<PendingDelivery> AlertState::GivenUp() const {
  std::vector<PendingDelivery> given_up;
  for (const PendingDelivery& pending : deliveries) {
    const auto seen = acknowledgements.find(pending.role);
    const bool has_seen = seen != acknowledgements.end() && seen->second.level >= pending.level;
    const bool anyone_failed =
        std::ranges::any_of(pending.settled, [](const Settled& one) { return !one.channel; });
    if (anyone_failed && !has_seen && pending.state != DeliveryState::kDropped) {
      given_up.push_back(pending);
    }
  }
  return given_up;
}

std::string DeliveryId(const AlertId& alert, int run, int level, RecipientRole role,
                       const StaffId& staff) {
  return absl::StrCat(alert.text(), "/", level, "/", std::string(RecipientName(role)), "/",
                      staff.empty() ? "nobody" : staff.text(),
                      run > 1 ? absl::StrCat("/", run) : "");
}

std::string_view ResolvedName(ResolvedCause cause) {
  switch (cause) {
    case ResolvedCause::kMet:
      return "met";
    case ResolvedCause::kMetLate:
      return "met-late";
    case ResolvedCause::kWithdrawn:
      return "withdrawn";
    case ResolvedCause::kMissWithdrawn:
      return "miss-withdrawn";
    case ResolvedCause::kAppointed:
      return "appointed";
    case ResolvedCause::kWaived:
      return "waived";
  }
  return "";
}

std::optional<ResolvedCause> ParseResolved(std::string_view name) {
  for (ResolvedCause cause :
       {ResolvedCause::kMet, ResolvedCause::kMetLate, ResolvedCause::kWithdrawn,
        ResolvedCause::kMissWithdrawn, ResolvedCause::kAppointed, ResolvedCause::kWaived}) {
    if (ResolvedName(cause) == name) return cause;
  }
  return std::nullopt;
}

}  // namespace pepline::notifications
