#include "services/registry/domain/policy.h"

#include <algorithm>

namespace pepline::registry {
namespace {

bool AreTheSame(PolicyProfile a, const PolicyProfile& b) {
  a.version = b.version;
  a.first_effective_on = b.first_effective_on;
  return a == b;
}

void Adopt(Progress<Policy>& progress, PolicyProfile profile) {
  const std::optional<PolicyProfile>& before = progress.state.adopted;
  profile.version = before ? before->version + 1 : 1;
  profile.first_effective_on =
      before ? before->first_effective_on.value_or(before->effective_on) : profile.effective_on;
  progress.Emit(PolicyProfileAdopted{std::move(profile)});
}

void CatchUp(Progress<Policy>& progress, const Moment& facts) {
  while (!progress.state.waiting.empty() &&
         progress.state.waiting.front().effective_on <= facts.today()) {
    Adopt(progress, progress.state.waiting.front());
  }
}

MaybeRefusal On(const AdoptPolicyProfile& command, Progress<Policy>& progress,
                const Moment& facts) {
  const PolicyState& state = progress.state;
  const PolicyProfile& profile = command.profile;
  for (const PolicyProfile& one : state.waiting) {
    if (AreTheSame(one, profile)) return std::nullopt;
  }
  if (state.adopted && AreTheSame(*state.adopted, profile)) return std::nullopt;
  if (state.adopted && profile.effective_on < state.adopted->effective_on) {
    return Refuse(refusals::kProfileOlderThanPresent, "effective_on",
                  "a profile with a later day of effect is in force; give this one a later day");
  }
  if (profile.effective_on <= facts.today()) {
    Adopt(progress, profile);
  } else {
    progress.Emit(PolicyProfilePlanned{profile});
  }
  return std::nullopt;
}

MaybeRefusal On(const Wake&, Progress<Policy>&, const Moment&) { return std::nullopt; }

}  // namespace

const DeadlineRule* PolicyProfile::RowOf(std::string_view rule_id) const {
  for (const DeadlineRule& row : rules) {
    if (row.rule_id == rule_id) return &row;
  }
  return nullptr;
}

const NoticeRule* PolicyProfile::NoticesOf(std::string_view kind) const {
  const auto row = std::ranges::find(notices, kind, &NoticeRule::kind);
  return row == notices.end() ? nullptr : &*row;
}

MailHours PolicyProfile::HoursOfMail() const {
  MailHours hours;
  if (!mail_hours) return hours;
  hours.from_hour = mail_hours->from_hour.value_or(hours.from_hour);
  hours.until_hour = mail_hours->until_hour.value_or(hours.until_hour);
  hours.any_day = mail_hours->any_day;
  hours.no_digest = mail_hours->no_digest;
  if (!mail_hours->at_once.empty()) hours.at_once = mail_hours->at_once;
  return hours;
}

Decision<PolicyEvent> Policy::Decide(const State& state, const Command& command,
                                     const Facts& facts) {
  Progress<Policy> progress{state};
  CatchUp(progress, facts);
  auto no = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (no) return *std::move(no);
  return std::move(progress.events);
}

PolicyState Policy::Evolve(State state, const Event& event) {
  std::visit(Match{[&](const PolicyProfileAdopted& adopted) {
                     state.adopted = adopted.profile;
                     // What should have come into force before it never will.
                     std::erase_if(state.waiting, [&](const PolicyProfile& one) {
                       return one.effective_on <= adopted.profile.effective_on;
                     });
                   },
                   [&](const PolicyProfilePlanned& planned) {
                     std::erase_if(state.waiting, [&](const PolicyProfile& one) {
                       return one.effective_on == planned.profile.effective_on;
                     });
                     state.waiting.push_back(planned.profile);
                     std::sort(state.waiting.begin(), state.waiting.end(),
                               [](const PolicyProfile& a, const PolicyProfile& b) {
                                 return a.effective_on < b.effective_on;
                               });
                   }},
             event);
  return state;
}

std::optional<absl::Time> Policy::NextWake(const State& state, const Facts& facts) {
  if (state.waiting.empty()) return std::nullopt;
  return facts.StartOf(state.waiting.front().effective_on);
}

std::vector<IndexEntry> Policy::Index(const State&) { return {}; }

}  // namespace pepline::registry
