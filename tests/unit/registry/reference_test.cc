// Bank holidays, term dates, school calendars and policy profiles: what is published, and when.
#include "services/registry/domain/calendars/bank_holidays.h"
#include "services/registry/domain/calendars/calendar_bounds.h"
#include "services/registry/domain/calendars/school_calendar.h"
#include "services/registry/domain/calendars/term_dates.h"
#include "services/registry/domain/import_log.h"
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;

TEST(BankHolidayList, IsSaidWholeWhenItChanges) {
  Machine<BankHolidayList> list;
  EXPECT_EQ(list.Refused(PublishBankHolidays{"england-and-wales", {}}), R::kNothingToPublish);
  list.Done(PublishBankHolidays{"england-and-wales", Holidays()});
  list.Idle(PublishBankHolidays{"england-and-wales", Holidays()});
  list.Idle(Wake{});
  auto more = Holidays();
  more.insert(Day("2025-05-08"));
  list.Done(PublishBankHolidays{"england-and-wales", more});
  EXPECT_EQ(list.All<BankHolidaysPublished>().back().days, more);
  list.Done(PublishBankHolidays{"england-and-wales", Holidays()});
  EXPECT_EQ(list.state.days, Holidays()) << "a holiday of a named year can be taken back";
}

TEST(BankHolidayList, KeepsYearsThatAFileNoLongerNames) {
  Machine<BankHolidayList> list;
  list.Done(PublishBankHolidays{"england-and-wales", {Day("2024-12-25"), Day("2025-12-25")}});
  list.Done(PublishBankHolidays{"england-and-wales", {Day("2025-12-26"), Day("2026-12-25")}});
  EXPECT_THAT(list.state.days,
              testing::ElementsAre(Day("2024-12-25"), Day("2025-12-26"), Day("2026-12-25")));
}

TEST(TermDateList, IsSaidWholeAndInOrder) {
  Machine<TermDateList> list;
  EXPECT_EQ(list.Refused(PublishTermDates{kAuthority, {}}), R::kNothingToPublish);
  auto terms = Terms();
  std::swap(terms[0], terms[2]);
  list.Done(PublishTermDates{kAuthority, terms});
  EXPECT_EQ(list.All<TermDatesPublished>()[0].terms, Terms());
  list.Idle(PublishTermDates{kAuthority, Terms()});
  list.Idle(Wake{});
}

TEST(TermDateList, ReplacesTheYearsItNamesAndNeverOverlaps) {
  Machine<TermDateList> list;
  list.Done(PublishTermDates{kAuthority, Terms()});
  const TermPart next{"2026/27", Term::kAutumn, 1, Day("2026-09-02"), Day("2026-10-23"), true};
  list.Done(PublishTermDates{kAuthority, {next}});
  EXPECT_EQ(list.state.terms.size(), 4u);
  TermPart early = next;
  early.first_day = Day("2026-02-13");
  EXPECT_EQ(list.Refused(PublishTermDates{kAuthority, {early}}), R::kTermsOverlap);
  early.last_day = Day("2026-02-12");
  EXPECT_EQ(list.Refused(PublishTermDates{kAuthority, {early}}), R::kEndsBeforeItBegins);
  list.Done(PublishTermDates{kAuthority, {Terms()[0]}});
  EXPECT_EQ(list.state.terms.size(), 2u);
}

TEST(SchoolCalendarOverlay, IsOfASchoolOfTheRegister) {
  Machine<SchoolCalendarOverlay> overlay;
  const PublishSchoolCalendar inset{kSchool, kAuthority, {Day("2025-10-24")}, {}};
  EXPECT_EQ(overlay.Refused(inset), R::kUnknownSchool);
  overlay.facts.school_authority = kAuthority;
  overlay.Idle(PublishSchoolCalendar{kSchool, kAuthority, {}, {}});
  overlay.Done(inset);
  EXPECT_EQ(overlay.All<SchoolCalendarPublished>()[0].authority, kAuthority);
  overlay.Idle(inset);
  overlay.Idle(Wake{});
  overlay.Done(PublishSchoolCalendar{kSchool, kAuthority, {Day("2025-10-24")}, Terms()});
  overlay.Done(PublishSchoolCalendar{kSchool, kAuthority, {}, {}});
  EXPECT_EQ(overlay.All<SchoolCalendarPublished>().size(), 3u);
  EXPECT_TRUE(overlay.state.terms.empty());
}

TEST(SchoolCalendarOverlay, IsChangedByTheSchoolsOwnAuthorityAlone) {
  Machine<SchoolCalendarOverlay> overlay;
  overlay.facts.school_authority = kAuthority;
  overlay.Done(PublishSchoolCalendar{kSchool, kAuthority, {Day("2025-10-24")}, {}});
  EXPECT_EQ(overlay.Refused(PublishSchoolCalendar{kSchool, kNeighbour, {}, {}}),
            R::kOtherAuthority);
  overlay.Idle(PublishSchoolCalendar{kSchool, kNeighbour, {Day("2025-10-24")}, {}});
  overlay.facts.school_authority = kNeighbour;  // the school has moved
  overlay.Done(PublishSchoolCalendar{kSchool, kNeighbour, {}, {}});
}

std::set<absl::CivilDay> DaysFrom(absl::CivilDay first, std::size_t count) {
  std::set<absl::CivilDay> days;
  for (std::size_t i = 0; i < count; ++i) days.insert(first + static_cast<std::int64_t>(i));
  return days;
}

std::vector<TermPart> PartsFrom(absl::CivilDay first, std::size_t count) {
  std::vector<TermPart> parts;
  for (std::size_t i = 0; i < count; ++i, first += 2) {
    parts.push_back({"2025/26", Term::kAutumn, 1, first, first, true});
  }
  return parts;
}

// One event that Kafka does not take would hold up everything behind it for ever.
TEST(Calendars, HoldNoMoreThanOneEventMayHave) {
  const absl::CivilDay first(1950, 1, 1);
  Machine<BankHolidayList> holidays;
  holidays.Done(PublishBankHolidays{"england-and-wales", DaysFrom(first, kMostBankHolidays)});
  EXPECT_EQ(holidays.Refused(PublishBankHolidays{"england-and-wales", {Day("2199-12-25")}}),
            R::kTooManyDays)
      << "those on record count";

  Machine<TermDateList> terms;
  terms.Done(PublishTermDates{kAuthority, PartsFrom(first, kMostTermParts)});
  TermPart next{"2198/99", Term::kAutumn, 1, Day("2198-09-02"), Day("2198-10-23"), true};
  EXPECT_EQ(terms.Refused(PublishTermDates{kAuthority, {next}}), R::kTooManyDays);

  Machine<SchoolCalendarOverlay> school;
  school.facts.school_authority = kAuthority;
  const auto days = DaysFrom(first, kMostClosedDays);
  const auto parts = PartsFrom(first, kMostTermParts);
  school.Done(PublishSchoolCalendar{kSchool, kAuthority, days, parts});
  EXPECT_EQ(school.Refused(PublishSchoolCalendar{kSchool, kAuthority,
                                                 DaysFrom(first, kMostClosedDays + 1), parts}),
            R::kTooManyDays);
  EXPECT_EQ(school.Refused(PublishSchoolCalendar{kSchool, kAuthority, days,
                                                 PartsFrom(first, kMostTermParts + 1)}),
            R::kTooManyDays);
}

TEST(ImportLog, KeepsTheImportThatItsIdStandsFor) {
  Machine<ImportLog> log;
  const ImportBegun begun{kAuthority, "request-1",  "schools", "stf-v", "the autumn register",
                          {},         "fingerprint"};
  log.Idle(Wake{});
  log.Idle(FinishImport{{1, 2, 3, {}}});
  log.Done(BeginImport{begun});
  EXPECT_EQ(log.state.begun->at, At("2025-09-01 09:00"));
  log.facts.now += absl::Minutes(1);
  log.Idle(BeginImport{begun});
  ImportBegun another = begun;
  another.fingerprint = "of another file";
  EXPECT_EQ(log.Refused(BeginImport{another}), R::kRequestIdReused);
  log.Done(FinishImport{{1, 2, 3, {}}});
  EXPECT_EQ(log.state.finished->at, At("2025-09-01 09:01"));
  log.Idle(FinishImport{{0, 0, 6, {}}});
  EXPECT_EQ(log.Refused(BeginImport{another}), R::kRequestIdReused);
  log.Idle(BeginImport{begun});
  EXPECT_EQ(log.Folded(), log.state);
  EXPECT_THAT(ImportLog::Index(log.state),
              testing::ElementsAre(IndexEntry{"imports-of-authority", "931"}));
  EXPECT_TRUE(ImportLog::Index(ImportLogState()).empty());
}

TEST(ImportLog, OfAnOlderVersionStandsForNoImportAnyMore) {
  Machine<ImportLog> log;
  const ImportBegun begun{kAuthority, "request-1", "schools", "stf-v", "", {}};
  log.Done(BeginImport{begun});
  EXPECT_EQ(log.Refused(BeginImport{begun}), R::kRequestIdReused);
}

TEST(ImportLog, OfWhatBelongsToNoAuthorityIsListedApart) {
  Machine<ImportLog> log;
  log.Done(BeginImport{{AuthorityCode(), "request-1", "schools", "stf-o", "", {}}});
  EXPECT_THAT(ImportLog::Index(log.state),
              testing::ElementsAre(IndexEntry{"imports-of-authority", "none"}));
}

TEST(PolicyVersions, CountUpWithEveryChange) {
  Machine<Policy> policy;
  policy.Idle(Wake{});
  policy.Done(AdoptPolicyProfile{Profile()});
  policy.Idle(AdoptPolicyProfile{Profile()});
  PolicyProfile changed = Profile();
  changed.rules[0].length = 3;
  policy.Done(AdoptPolicyProfile{changed});
  const auto adopted = policy.All<PolicyProfileAdopted>();
  ASSERT_EQ(adopted.size(), 2u);
  EXPECT_EQ(adopted[0].profile.version, 1u);
  EXPECT_EQ(adopted[1].profile.version, 2u);
  EXPECT_EQ(policy.Refused(AdoptPolicyProfile{Profile("2025-08-31")}), R::kProfileOlderThanPresent);
  EXPECT_NE(policy.state.adopted->RowOf(kVacancyRule), nullptr);
  EXPECT_EQ(policy.state.adopted->RowOf("no-such-rule"), nullptr);
}

TEST(PolicyVersions, RememberTheDayOfEffectOfTheFirst) {
  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile()});
  policy.Until("2026-09-01 00:00");
  policy.Done(AdoptPolicyProfile{Profile("2026-09-01")});
  const auto adopted = policy.All<PolicyProfileAdopted>();
  ASSERT_EQ(adopted.size(), 2u);
  EXPECT_EQ(adopted[0].profile.first_effective_on, Day("2025-09-01"));
  EXPECT_EQ(adopted[1].profile.first_effective_on, Day("2025-09-01"));
  // One that was adopted before the day was kept is the first that is known.
  Machine<Policy> old;
  old.state.adopted = Profile();
  old.Until("2026-09-01 00:00");
  old.Done(AdoptPolicyProfile{Profile("2026-09-01")});
  EXPECT_EQ(old.state.adopted->first_effective_on, Day("2025-09-01"));
}

TEST(PolicyVersions, WaitForTheirDay) {
  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile("2025-12-01")});
  policy.Done(AdoptPolicyProfile{Profile("2025-10-01")});
  policy.Idle(AdoptPolicyProfile{Profile("2025-12-01")});
  PolicyProfile better = Profile("2025-12-01");
  better.source = "a better test";
  policy.Done(AdoptPolicyProfile{better});
  EXPECT_EQ(policy.state.waiting.size(), 2u) << "one for each day";
  policy.Until("2025-09-30 23:59");
  EXPECT_FALSE(policy.state.adopted.has_value());
  policy.Until("2025-10-01 00:00");
  EXPECT_EQ(policy.state.adopted->effective_on, Day("2025-10-01"));
  policy.Until("2025-12-01 00:00");
  EXPECT_EQ(policy.state.adopted->source, "a better test");
  EXPECT_EQ(policy.state.adopted->version, 2u);
  EXPECT_TRUE(policy.state.waiting.empty());
}

TEST(PolicyVersions, ThatAreOvertakenNeverComeIntoForce) {
  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile("2025-10-01")});
  // The service was down when the day came, and a later profile is given first.
  policy.facts.now = At("2025-10-05 09:00");
  policy.Done(AdoptPolicyProfile{Profile("2025-10-03")});
  const auto adopted = policy.All<PolicyProfileAdopted>();
  ASSERT_EQ(adopted.size(), 2u) << "what became due is said first";
  EXPECT_EQ(adopted[1].profile.effective_on, Day("2025-10-03"));
}

}  // namespace
}  // namespace pepline::registry
