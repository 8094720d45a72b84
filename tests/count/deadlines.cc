#include "tests/count/deadlines.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/funding/domain/funding_deadlines.h"
#include "services/registry/domain/fields.h"
#include "services/registry/domain/vacancy.h"
#include "services/registry/import/parse/rows.h"
#include "services/scheduling/domain/settle.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/base/london.h"
#include "shared/engine/field_mapping.h"
#include "shared/projections/policy_conversions.h"
#include "shared/projections/reference_data.h"

namespace pepline::count {
namespace {

namespace imports = registry::imports;
using scheduling::Cycle;
using scheduling::CycleKind;

absl::StatusOr<std::string> TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class Parse>
auto RowsOf(const std::string& path, const Parse& parse)
    -> absl::StatusOr<decltype(parse(std::string()).rows)> {
  auto text = TextOf(path);
  if (!text.ok()) return text.status();
  auto parsed = parse(*text);
  if (parsed.ok()) return std::move(parsed.rows);
  const imports::RowError& fault = parsed.errors.front();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ", row ", fault.row, ", ", fault.column, ": ", fault.message));
}

absl::StatusOr<std::set<absl::CivilDay>> BankHolidaysOf(const std::string& path) {
  auto rows =
      RowsOf(path, [](const std::string& text) { return imports::ParseBankHolidays(text); });
  if (!rows.ok()) return rows.status();
  for (const imports::BankHolidays& row : *rows) {
    if (row.division == kEnglandAndWales) return row.days;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, " has no row of ", std::string(kEnglandAndWales)));
}

// A school that has no calendar of its own keeps the authority's days.
absl::StatusOr<imports::SchoolCalendarRow> SchoolOf(const Files& files) {
  if (files.school_urn.empty()) return imports::SchoolCalendarRow();
  auto rows = RowsOf(files.school_calendars,
                     [](const std::string& text) { return imports::ParseSchoolCalendars(text); });
  if (!rows.ok()) return rows.status();
  const auto school = std::ranges::find(*rows, files.school_urn, &imports::SchoolCalendarRow::urn);
  if (school != rows->end()) return *school;
  return absl::InvalidArgumentError(
      absl::StrCat(files.school_calendars, " has no row of the school ", files.school_urn));
}

// The term of a PEP that opens on the day: the running one, unless its cut-off is past, else the
// one that comes right after (services/scheduling/domain/opening.cc).
std::optional<TermSpan> TermOf(absl::CivilDay day, const Calendar& calendar,
                               const scheduling::Policy& policy) {
  const auto running = calendar.TermOn(day);
  if (running) {
    const auto cut_off = policy.cut_offs.find({running->academic_year, running->term});
    if (cut_off == policy.cut_offs.end() || day <= cut_off->second) return running;
  }
  return calendar.TermToCome(running ? running->last_day : day);
}

// A PEP of that kind in which everything that can start a deadline happened on the day.
Cycle AllOn(absl::CivilDay day, CycleKind kind, const scheduling::PlanFacts& facts) {
  Cycle cycle;
  cycle.kind = kind;
  cycle.number = 1;
  cycle.opened_on = day;
  cycle.care_started_on = day;
  cycle.previous_held_on = day;
  cycle.moved_on = day;
  cycle.meeting_at = facts.calendar->StartOf(day);
  cycle.held = scheduling::HeldMeeting{.held_on = day};
  if (const auto term = TermOf(day, *facts.calendar, *facts.policy)) {
    cycle.academic_year = term->academic_year;
    cycle.term = term->term;
  }
  return cycle;
}

Counted ToCounted(DeadlineInstants instants) {
  return {instants.due_at, instants.calendar_known, std::move(instants.levels)};
}

bool StartsWithAPep(Rule rule, const Cycle& cycle, const Calendar& calendar) {
  return scheduling::FindRow(rule)->starts_on(cycle, calendar).has_value();
}

}  // namespace

absl::StatusOr<Deadlines> Deadlines::Load(const Files& files) {
  auto holidays = BankHolidaysOf(files.bank_holidays);
  if (!holidays.ok()) return holidays.status();
  auto terms = RowsOf(files.term_dates,
                      [](const std::string& text) { return imports::ParseTermDatesCsv(text); });
  if (!terms.ok()) return terms.status();
  auto school = SchoolOf(files);
  if (!school.ok()) return school.status();
  auto profiles =
      RowsOf(files.policy, [](const std::string& text) { return imports::ParsePolicy(text); });
  if (!profiles.ok()) return profiles.status();
  FieldReader reader;
  auto profile = ReadFields<registry::PolicyProfile>(profiles->front(), reader);
  if (!reader.readable())
    return absl::InvalidArgumentError(absl::StrCat(files.policy, " is not a profile"));

  std::vector<TermPart> parts;
  parts.reserve(terms->size());
  for (const imports::TermRow& row : *terms) parts.push_back(row.part);
  Deadlines deadlines;
  deadlines.calendar_ =
      std::make_shared<const Calendar>(London(), *std::move(holidays), std::move(parts),
                                       std::move(school->terms), std::move(school->closed_days));
  auto policy = scheduling::FromProfile(profiles->front());
  policy.rules.try_emplace(Rule::kPepOpen, scheduling::UsualPepOpenTerms());
  deadlines.policy_ = std::make_shared<const scheduling::Policy>(std::move(policy));
  deadlines.of_requests_ = DeadlinesOf(profiles->front());
  deadlines.profile_ = std::move(profile);
  return deadlines;
}

const DeadlineTerms& Deadlines::TermsOfRequests(Rule rule) const {
  static const DeadlineTerms usual = funding::UsualTerms();
  const auto own = of_requests_.rules.find(rule);
  return own == of_requests_.rules.end() ? usual : own->second;
}

std::vector<Rule> Deadlines::rules() const {
  std::vector<Rule> rules;
  for (const CataloguedRule& row : kRuleCatalogue) {
    const bool of_scheduling = scheduling::FindRow(row.rule) != nullptr;
    const bool runs = row.of_request || (of_scheduling ? policy_->rules.contains(row.rule)
                                                       : profile_.RowOf(row.id) != nullptr);
    if (runs) rules.push_back(row.rule);
  }
  return rules;
}

absl::Time Deadlines::ToldFrom(Rule rule, const AlertInstant& level, bool of_council) const {
  // Late begins a second after the deadline.
  const absl::Time raised = level.level == 1 ? level.at + absl::Seconds(1) : level.at;
  const MailHours hours = profile_.HoursOfMail();
  if (hours.IsAtOnce(RuleId(rule))) return raised;
  return pepline::ToldFrom(raised, of_council, hours, *calendar_);
}

std::optional<Counted> Deadlines::Count(Rule rule, absl::CivilDay anchor) const {
  if (InCatalogue(rule).of_request) {
    return ToCounted(CountFrom(anchor, TermsOfRequests(rule), *calendar_));
  }
  if (scheduling::FindRow(rule) == nullptr) {
    const registry::DeadlineRule* row = profile_.RowOf(RuleId(rule));
    auto levels = registry::VacancyLevels(anchor, *row, *calendar_);
    const auto late = std::ranges::find(levels, 1, &AlertInstant::level);
    return Counted{late->at, std::nullopt, std::move(levels)};
  }
  const scheduling::PlanFacts facts{.now = calendar_->EndOf(anchor),
                                    .calendar = calendar_,
                                    .bank_holidays_known = true,
                                    .policy = policy_};
  for (const CycleKind kind : {CycleKind::kInitial, CycleKind::kTermly, CycleKind::kMove}) {
    const Cycle pep = AllOn(anchor, kind, facts);
    if (!StartsWithAPep(rule, pep, *calendar_)) continue;
    auto instants = scheduling::InstantsOf(rule, pep, facts);
    return instants ? std::optional(ToCounted(*std::move(instants))) : std::nullopt;
  }
  // It is the child's and no PEP's.
  return ToCounted(CountFrom(anchor, policy_->rules.at(rule), *calendar_));
}

}  // namespace pepline::count
