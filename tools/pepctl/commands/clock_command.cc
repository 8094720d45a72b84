// `pepctl clock` and `pepctl token`.
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/base/clock.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline::pepctl {
namespace {

constexpr char kNoSimulatedClock[] =
    "this stack runs on the machine's clock, which pepctl does not set; for training start one "
    "with pepline-stack up --clock-start 2025-09-01T06:00:00+01:00";

// Null where the stack runs on the machine's clock.
absl::StatusOr<std::unique_ptr<SimulatedClock>> ClockOf(const Globals& globals) {
  auto stack = client::ReadStackFile(globals.stack);
  if (!stack.ok()) return stack.status();
  if (stack->clock_file.empty()) return nullptr;
  return SimulatedClock::Open(stack->clock_file);
}

void Print(absl::Time now, bool simulated, Invocation& invocation) {
  if (invocation.globals.json()) {
    invocation.out << "{\"now\": \"" << absl::FormatTime(absl::RFC3339_sec, now, London())
                   << "\", \"simulated\": " << (simulated ? "true" : "false") << "}\n";
    return;
  }
  invocation.out << absl::FormatTime("%a %Y-%m-%d %H:%M:%S", now, London()) << " Europe/London, "
                 << (simulated ? "simulated" : "the machine's clock") << "\n";
}

template <class Target>
int Move(Invocation& invocation, Target target) {
  auto clock = ClockOf(invocation.globals);
  if (!clock.ok()) return Fail(invocation, clock.status());
  if (*clock == nullptr) return Fail(invocation, absl::FailedPreconditionError(kNoSimulatedClock));
  const absl::Time from = (*clock)->Now();
  const absl::Time to = target(from);
  if (to < from) {
    return Fail(invocation,
                absl::FailedPreconditionError(absl::StrCat("the clock never goes back; it shows ",
                                                           client::InstantText(from), " already")));
  }
  if (invocation.globals.dry_run) {
    invocation.err << "Nothing was changed (--dry-run).\n";
  } else if (absl::Status set = (*clock)->Set(to); !set.ok()) {
    return Fail(invocation, set);
  }
  Print(to, true, invocation);
  return kDone;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseSpan(const std::string& text) {
  const auto bad = absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not a length of time; give it like 90m, 12h, 2d or 1w3d"));
  absl::Duration span;
  std::string rest = absl::AsciiStrToLower(text);
  for (const auto& [unit, length] : {std::pair('w', absl::Hours(168)), {'d', absl::Hours(24)}}) {
    const auto end = rest.find(unit);
    if (end == std::string::npos) continue;
    int count = 0;
    if (!absl::SimpleAtoi(rest.substr(0, end), &count) || count < 0 || count > 10'000) return bad;
    span += count * length;
    rest = rest.substr(end + 1);
  }
  absl::Duration part;
  if (!rest.empty() && !absl::ParseDuration(rest, &part)) return bad;
  span += part;
  if (span <= absl::ZeroDuration() || span == absl::InfiniteDuration()) return bad;
  return span;
}

absl::Time StackNow(const Globals& globals) {
  const auto clock = ClockOf(globals);
  return clock.ok() && *clock != nullptr ? (*clock)->Now() : absl::Now();
}

int ShowClock(Invocation& invocation) {
  auto clock = ClockOf(invocation.globals);
  if (!clock.ok()) return Fail(invocation, clock.status());
  const bool simulated = *clock != nullptr;
  Print(simulated ? (*clock)->Now() : absl::Now(), simulated, invocation);
  return kDone;
}

int SetClock(const std::string& to, Invocation& invocation) {
  const auto at = client::ParseInstant(to);
  if (!at.ok()) {
    return Fail(invocation,
                absl::InvalidArgumentError(absl::StrCat("'", to, "' ", at.status().message())));
  }
  return Move(invocation, [&](absl::Time) { return *at; });
}

int AdvanceClock(const std::string& by, Invocation& invocation) {
  const auto span = ParseSpan(by);
  if (!span.ok()) return Fail(invocation, span.status());
  return Move(invocation, [&](absl::Time from) { return from + *span; });
}

int PrintToken(const std::string& valid_for, Invocation& invocation) {
  const auto span = ParseSpan(valid_for);
  if (!span.ok()) return Fail(invocation, span.status());
  auto actor = ActorOf(invocation.globals, nullptr);
  if (!actor.ok()) return Fail(invocation, actor.status());
  auto caller = MakeCaller(invocation.globals, *actor);
  if (!caller.ok()) return Fail(invocation, caller.status());
  auto token = (*caller)->Token(*actor, *span);
  if (!token.ok()) return Fail(invocation, token.status());
  invocation.out << *token << "\n";
  return kDone;
}

}  // namespace pepline::pepctl
