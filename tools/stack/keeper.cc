#include "tools/stack/keeper.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

std::string KeepingFile(const std::string& folder) { return absl::StrCat(folder, "/keeping.json"); }

std::string HowItEnded(int exit_code) {
  if (exit_code <= 128) return absl::StrCat("exit code ", exit_code);
  return absl::StrCat("exit code ", exit_code, ", killed by signal ", exit_code - 128);
}

}  // namespace

Keeper::Keeper(Stack& stack, KeeperPace pace, std::function<void(const std::string& line)> say)
    : stack_(stack), pace_(pace), say_(std::move(say)) {
  const absl::Time now = absl::Now();
  for (const Stack::Part& part : stack_.Parts()) {
    watched_[part.name] = {.keeping = {}, .pid = part.pid, .started = now, .start_at = now};
  }
}

absl::Duration Keeper::Pause(int quick_deaths) const {
  absl::Duration pause = pace_.first_pause;
  for (int i = 1; i < quick_deaths && pause < pace_.longest_pause; ++i) pause *= 2;
  return std::min(pause, pace_.longest_pause);
}

void Keeper::Mourn(const Stack::Part& part, Watched& watched, absl::Time now) {
  watched.quick_deaths = now - watched.started < pace_.quick ? watched.quick_deaths + 1 : 1;
  watched.keeping.down_since = now;
  watched.keeping.exit_code = part.exit_code;
  ++watched.keeping.deaths;
  watched.keeping.given_up =
      !part.may_start_again || watched.quick_deaths >= pace_.most_quick_deaths;
  watched.start_at = now + Pause(watched.quick_deaths);
  unwritten_ = true;
  std::string what = absl::StrCat("*** ", part.name, " (process ", part.pid,
                                  ") HAS ENDED: ", HowItEnded(part.exit_code), ". ");
  if (!part.may_start_again) {
    absl::StrAppend(&what,
                    "It is NOT started again, since it had everything in memory: stop the "
                    "stack with `down` and start it with `up`.");
  } else if (watched.keeping.given_up) {
    absl::StrAppend(&what, "GIVEN UP after ", watched.quick_deaths,
                    " quick deaths: it stays down until `down` and `up`.");
  } else {
    absl::StrAppend(&what, "It is started again in ",
                    absl::FormatDuration(Pause(watched.quick_deaths)), ".");
  }
  absl::StrAppend(&what, " The end of ", part.log_file, ":\n", LastLines(part.log_file));
  say_(what);
}

void Keeper::StartAgain(const Stack::Part& part, Watched& watched, absl::Time now) {
  const absl::Status started = stack_.Restart(part.name);
  watched.started = now;
  unwritten_ = true;
  if (started.ok()) {
    watched.keeping.down_since = absl::InfiniteFuture();
    for (const Stack::Part& present : stack_.Parts()) {
      if (present.name == part.name) watched.pid = present.pid;
    }
    say_(absl::StrCat("*** ", part.name, " is started again as process ", watched.pid, ".\n"));
    return;
  }
  ++watched.quick_deaths;
  watched.keeping.given_up = watched.quick_deaths >= pace_.most_quick_deaths;
  watched.start_at = now + Pause(watched.quick_deaths);
  say_(absl::StrCat("*** ", part.name, " CANNOT BE STARTED: ", std::string(started.message()),
                    watched.keeping.given_up ? ". GIVEN UP: it stays down until `down` and `up`.\n"
                                             : ". It is tried again.\n"));
}

void Keeper::Look() {
  for (const Stack::Part& part : stack_.Parts()) {
    Watched& watched = watched_[part.name];
    const absl::Time now = absl::Now();
    if (part.running) continue;
    if (watched.keeping.down_since == absl::InfiniteFuture()) {
      Mourn(part, watched, now);
    } else if (!watched.keeping.given_up && now >= watched.start_at) {
      StartAgain(part, watched, now);
    }
  }
  if (unwritten_) Write();
}

bool Keeper::AnyGivenUp() const {
  return std::any_of(watched_.begin(), watched_.end(),
                     [](const auto& entry) { return entry.second.keeping.given_up; });
}

void Keeper::Write() {
  nlohmann::ordered_json text = nlohmann::ordered_json::object();
  for (const auto& [name, watched] : watched_) {
    const Keeping& keeping = watched.keeping;
    if (keeping.deaths == 0) continue;
    nlohmann::ordered_json& entry = text[name];
    entry["deaths"] = keeping.deaths;
    entry["exit_code"] = keeping.exit_code;
    entry["given_up"] = keeping.given_up;
    if (keeping.down_since != absl::InfiniteFuture()) {
      entry["down_since"] = absl::ToUnixMillis(keeping.down_since);
    }
  }
  absl::Status written = WriteFile(KeepingFile(stack_.folder()), text.dump(2) + "\n");
  written.Update(stack_.WriteDescription());
  if (written.ok()) {
    unwritten_ = false;
  } else {
    say_(absl::StrCat("*** what is up cannot be written down: ", std::string(written.message()),
                      "\n"));
  }
}

std::map<std::string, Keeping> ReadKeeping(const std::string& folder) {
  std::map<std::string, Keeping> all;
  const auto json =
      nlohmann::json::parse(ReadFile(KeepingFile(folder)).value_or("{}"), nullptr, false);
  if (!json.is_object()) return all;
  for (const auto& [name, entry] : json.items()) {
    Keeping& keeping = all[name];
    keeping.deaths = entry.value("deaths", 0);
    keeping.exit_code = entry.value("exit_code", 0);
    keeping.given_up = entry.value("given_up", false);
    if (entry.contains("down_since")) {
      keeping.down_since = absl::FromUnixMillis(entry["down_since"].get<std::int64_t>());
    }
  }
  return all;
}

}  // namespace pepline
