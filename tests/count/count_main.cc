// pepline-count-deadlines: every deadline of a policy profile from every day of some years, as the
// product counts it, for whoever counts it by other means and for the page of who is told when.
//
// Lines of fields with a tab between them, in UTC:
//   rule  <id>  <subject of the late mail>  <what is waited for>  <on or back from its start>
//   day   <id>  <day it counts from>  <due at>  <yes, no or -: calendar known>  <level>=<at> ...
// A rule that has no deadline from a day has "none" for the instant and no more fields. With --told
// each level is followed by when it is told: school=<at> and council=<at>.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/count/deadlines.h"

namespace pepline::count {
namespace {

std::string InWords(absl::Time at) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", at, absl::UTCTimeZone());
}

std::string InWords(Rule rule, const std::optional<Counted>& counted, const Deadlines& deadlines,
                    bool told) {
  if (!counted) return "none";
  const auto& known = counted->calendar_known;
  std::string line = absl::StrCat(InWords(counted->due_at), "\t",
                                  !known   ? "-"
                                  : *known ? "yes"
                                           : "no");
  for (const AlertInstant& level : counted->levels) {
    absl::StrAppend(&line, "\t", level.level, "=", InWords(level.at));
    if (!told) continue;
    absl::StrAppend(&line, "\tschool=", InWords(deadlines.ToldFrom(rule, level, false)),
                    "\tcouncil=", InWords(deadlines.ToldFrom(rule, level, true)));
  }
  return line;
}

void Print(const Deadlines& deadlines, absl::CivilYear from, absl::CivilYear until, bool told) {
  for (const Rule rule : deadlines.rules()) {
    const CataloguedRule& words = InCatalogue(rule);
    std::cout << "rule\t" << words.id << "\t" << words.late_subject << "\t" << words.duty << "\t"
              << (words.counts_back ? "back" : "on") << "\n";
    for (absl::CivilDay day(from); day < absl::CivilDay(until + 1); ++day) {
      std::cout << "day\t" << words.id << "\t" << FormatDate(day) << "\t"
                << InWords(rule, deadlines.Count(rule, day), deadlines, told) << "\n";
    }
  }
}

int Main(int argc, char** argv) {
  CLI::App app("Counts every deadline of a policy profile from every day of some years.");
  Files files;
  int from = 2019;
  int until = 2035;
  app.add_option("--bank-holidays", files.bank_holidays, "GOV.UK's JSON")->required();
  app.add_option("--term-dates", files.term_dates, "the authority's, CSV")->required();
  app.add_option("--policy", files.policy, "the profile, YAML")->required();
  auto* calendars =
      app.add_option("--school-calendars", files.school_calendars, "of single schools, CSV");
  app.add_option("--school", files.school_urn, "the school whose days count; none: the authority's")
      ->needs(calendars);
  app.add_option("--from", from, "the first year")->check(CLI::Range(1900, 2200));
  app.add_option("--until", until, "the last year")->check(CLI::Range(1900, 2200));
  bool told = false;
  app.add_flag("--told", told, "say when each level is told, too");
  CLI11_PARSE(app, argc, argv);
  const auto deadlines = Deadlines::Load(files);
  if (!deadlines.ok()) {
    std::cerr << "pepline-count-deadlines: " << deadlines.status().message() << "\n";
    return 1;
  }
  Print(*deadlines, absl::CivilYear(from), absl::CivilYear(until), told);
  return 0;
}

}  // namespace
}  // namespace pepline::count

int main(int argc, char** argv) { return pepline::count::Main(argc, argv); }
