#include "tests/system/checker/silence.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/promtool.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr absl::Duration kSlot = absl::Seconds(5);  // as if scraped so often
// Rules look back; what lies before that is of no use to them in a run of this length.
constexpr absl::Duration kLookBack = absl::Minutes(15);

// These measure by the stack's clock, which a test lets race: a week passes in seconds and
// everything is "late". They are true of their own loop alone.
bool RacesWithTheClock(absl::string_view alert) {
  static const auto* const kRacing = new std::set<absl::string_view>{
      "PeplineAlarmsLateFastBurn", "PeplineAlarmsLateSlowBurn", "PeplineAlarmsStandStill",
      "PeplineAlertsUntold", "PeplineLatePepsRising"};
  return kRacing->contains(alert);
}

std::int64_t SlotOf(absl::Time time) {
  return absl::ToUnixSeconds(time) / absl::ToInt64Seconds(kSlot);
}

// In the notation of promtool: every slot from the first to the last, missing ones as stale.
template <class Series>
std::string Values(const Series& series, std::int64_t first, std::int64_t last) {
  std::vector<std::string> values;
  bool there = false;
  for (std::int64_t slot = first; slot <= last; ++slot) {
    const auto found = series.find(slot);
    if (found != series.end()) {
      values.push_back(found->second);
    } else {
      values.push_back(there ? "stale" : "_");
    }
    there = found != series.end();
  }
  return absl::StrJoin(values, " ");
}

}  // namespace

void StandStills::See(absl::Time at, const std::string& service, const std::string& loop,
                      bool waits, const std::string& mark) {
  Seen& seen = loops_.try_emplace({service, loop}, Seen{waits, mark, at}).first->second;
  if (seen.waits == waits && seen.mark == mark) return;
  // A busy loop moves all the time: only what could ever be too long is kept.
  if (seen.waits && at - seen.since >= kMayStand / 4) {
    over_.push_back({loop, service, seen.since, at});
  }
  seen = {waits, mark, at};
}

std::vector<StandStill> StandStills::LongerThan(absl::Duration bound, absl::Time now) const {
  std::vector<StandStill> all = over_;
  for (const auto& [name, seen] : loops_) {
    if (seen.waits) all.push_back({name.second, name.first, seen.since, now});
  }
  std::erase_if(all, [&](const StandStill& one) { return one.until - one.since <= bound; });
  return all;
}

absl::StatusOr<ScrapedMetrics> ScrapedMetrics::For(const std::vector<std::string>& rule_files) {
  ScrapedMetrics metrics;
  metrics.rule_files_ = rule_files;
  for (const std::string& file : rule_files) {
    auto text = ReadFile(file);
    if (!text.ok()) return text.status();
    metrics.rules_ += *text;
  }
  return metrics;
}

void ScrapedMetrics::Take(absl::Time at, const std::string& service, const std::string& instance,
                          const std::string& text) {
  const std::int64_t slot = SlotOf(at);
  const std::string whose = absl::StrCat("{namespace=\"pepline\",job=\"pepline-", service,
                                         "\",instance=\"", instance, "\"");
  // What Prometheus adds itself. Once without an answer in a slot counts for all of it.
  std::string& up = series_[absl::StrCat("up", whose, "}")][slot];
  if (up != "0") up.assign(1, text.empty() ? '0' : '1');
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const auto space = line.rfind(' ');
    if (line.empty() || line[0] == '#' || space == absl::string_view::npos) continue;
    absl::string_view name = line.substr(0, space);
    absl::string_view labels;
    if (const auto brace = name.find('{'); brace != absl::string_view::npos) {
      labels = name.substr(brace + 1);
      labels.remove_suffix(1);
      name = name.substr(0, brace);
    }
    const bool asked =
        absl::StrContains(rules_, name) || absl::EndsWith(name, "_unknown_events_total");
    if (!asked) continue;
    series_[absl::StrCat(name, whose, labels.empty() ? "" : ",", labels, "}")][slot] =
        std::string(line.substr(space + 1));
  }
}

absl::StatusOr<std::vector<std::string>> ScrapedMetrics::Firing(const std::string& service,
                                                                absl::Time since,
                                                                absl::Time until) const {
  const std::int64_t first = SlotOf(since - kLookBack), last = SlotOf(until);
  PromtoolQuestion question{
      .rule_files = rule_files_,
      .interval = kSlot,
      .series = {},
      .expression = absl::StrCat("max_over_time(ALERTS{alertstate=\"firing\"}[",
                                 absl::ToInt64Seconds(until - since), "s])"),
      .at = (last - first) * kSlot};
  for (const auto& [name, series] : series_) question.series[name] = Values(series, first, last);
  const auto firing = AskPromtool(question);
  if (!firing.ok()) return firing.status();
  std::set<std::string> alerts;
  for (PromtoolLabels labels : *firing) {
    const std::string& job = labels["job"];
    if (job.empty() || job == absl::StrCat("pepline-", service)) alerts.insert(labels["alertname"]);
  }
  return std::vector<std::string>(alerts.begin(), alerts.end());
}

std::vector<std::string> CheckSilence(const std::vector<StandStill>& stands, const AskRules& ask) {
  std::vector<std::string> lines;
  for (const StandStill& stand : stands) {
    const std::string what =
        absl::StrCat(stand.loop, " of ", stand.service, " stood still for ",
                     absl::ToInt64Seconds(stand.until - stand.since), " s from ",
                     absl::FormatTime("%H:%M:%S", stand.since, absl::LocalTimeZone()));
    const absl::Time deadline = std::min(stand.until, stand.since + kMayStand + kRuleMayTake);
    auto firing = ask(stand.service, stand.since, deadline);
    if (!firing.ok()) {
      lines.push_back(absl::StrCat("silence? ", what, ", and the rules could not be asked: ",
                                   std::string(firing.status().message())));
      continue;
    }
    const bool of_alarms =
        absl::StartsWith(stand.loop, "alarms") || absl::StartsWith(stand.loop, "mails");
    std::erase_if(*firing,
                  [&](const std::string& alert) { return !of_alarms && RacesWithTheClock(alert); });
    if (firing->empty()) lines.push_back(absl::StrCat("silence: ", what, ", and no alert fired"));
  }
  return lines;
}

}  // namespace pepline
