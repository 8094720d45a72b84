// School years on a real stack, day by day. Children come into care, change school, leave and come
// back; some of it is put on record late, twice or wrongly; the authority's files come one after
// another. Schools are prompt, late or silent. At the end of every day each child in care and of an
// age for PEPs has an open PEP or an open alert, and nothing of any person is anywhere outside of
// the answers of the services.
// PEPLINE_CHILDREN, PEPLINE_DAYS and PEPLINE_SEED say how many children, how many days, and which
// dice (40, 30 and 2024 when they are not set; `make years` plays three years of 500 children).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tests/system/killing/term_fixture.h"
#include "tests/system/support/public_texts.h"
#include "tests/system/years/random_facts.h"
#include "tools/stack/environment.h"

namespace pepline {
namespace {

using testing::IsEmpty;

int Number(const char* name, int usual) {
  const char* text = std::getenv(name);
  int number = usual;
  if (text == nullptr || *text == '\0') return usual;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << name << " is no number";
  return number;
}

// A school looks at a child every third day.
constexpr double kLookedAtInADay = 0.34;

// What the schools write, and nobody else may say.
const std::vector<std::string>& Markers() {
  static const std::vector<std::string> kAll = {kMarker,
                                                "example.org",
                                                "more time for drawing",
                                                "the carer is ill",
                                                "not given in time",
                                                "not returned in time",
                                                "the minutes came late"};
  return kAll;
}

// A day in a year in which children of the test were born; empty where the text holds none. Events
// may say the month of an age, by its first day or its last.
std::string DateOfBirthIn(const std::string& text) {
  for (auto at = text.find('-'); at != std::string::npos; at = text.find('-', at + 1)) {
    int year = 0;
    int day = 0;
    if (at < 4 || at + 6 > text.size() || text[at + 3] != '-') continue;
    if (!absl::SimpleAtoi(text.substr(at - 4, 4), &year)) continue;
    if (!absl::SimpleAtoi(text.substr(at + 4, 2), &day) || day == 1 || day >= 28) continue;
    if (year >= kFirstYearOfBirth && year <= kLastYearOfBirth) return text.substr(at - 4, 10);
  }
  return "";
}

class YearsTest : public TermTest {
 protected:
  absl::CivilSecond Start() override { return absl::CivilSecond(2024, 9, 2, 7, 0, 0); }
  absl::CivilSecond Afterwards() override {
    // Schools are closed for less than seven weeks.
    absl::CivilDay monday = absl::NextWeekday(last_day_, absl::Weekday::monday);
    while (monday.month() == 8 || holidays_.contains(monday)) monday += 7;
    return absl::CivilSecond(monday) + 12 * 3600;
  }
  std::string ChildrenFile() override {
    const std::string path = absl::StrCat(folder_.path(), "/random-children.csv");
    std::ofstream(path) << RandomChildren(children_, seed_, absl::CivilDay(Start()));
    return path;
  }

  // The shipped profile, in effect from the first of these years on.
  std::string PolicyFile() {
    const auto shipped =
        ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/oxfordshire-policy.yaml"));
    const std::string path = absl::StrCat(folder_.path(), "/policy.yaml");
    std::ofstream(path) << absl::StrReplaceAll(
        shipped.value_or(""), {{"effective_on: 2025-09-01", "effective_on: 2024-09-01"}});
    return path;
  }
  // One after another, over two weeks.
  void ImportOn(int day) {
    const std::string data = absl::StrCat(SourceFolder(), "/deploy/data/");
    switch (day) {
      case 0:
        Import(registry::v1::IMPORT_KIND_SCHOOLS, data + "oxfordshire-schools.csv");
        Import(registry::v1::IMPORT_KIND_STAFF,
               absl::StrCat(SourceFolder(), "/tools/demo/data/staff.csv"));
        return Import(registry::v1::IMPORT_KIND_CHILDREN, ChildrenFile());
      case 3:
        return Import(registry::v1::IMPORT_KIND_POLICY, PolicyFile());
      case 5:
        return Import(registry::v1::IMPORT_KIND_BANK_HOLIDAYS, data + "bank-holidays.json");
      case 12:
        return Import(registry::v1::IMPORT_KIND_TERM_DATES, data + "oxfordshire-term-dates.csv");
      default:
        return;
    }
  }

  void ReadHolidays() {
    std::ifstream file(absl::StrCat(SourceFolder(), "/deploy/data/bank-holidays.json"));
    const auto all = nlohmann::json::parse(file);
    for (const auto& one : all["england-and-wales"]["events"]) {
      absl::CivilDay day;
      ASSERT_TRUE(absl::ParseCivilTime(one["date"].get<std::string>(), &day));
      holidays_.insert(day);
    }
  }
  bool IsWorkingDay(absl::CivilDay day) const {
    const absl::Weekday weekday = absl::GetWeekday(day);
    return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
           !holidays_.contains(day);
  }

  template <class Request, class Response, class See>
  void ForEachPage(Request request, See see) {
    request.set_authority_code(story::kAuthority);
    request.set_page_size(1000);
    Response page;
    do {
      const grpc::Status status = caller_->Call(request, page);
      ASSERT_TRUE(status.ok()) << Request::descriptor()->name() << ": " << status.error_message();
      see(page);
      request.set_page_token(page.next_page_token());
    } while (!page.next_page_token().empty());
  }

  // Each child in care and of an age for PEPs has an open PEP or an open alert; one of which it
  // became known today or on the working day before may still be without (the rule pep-open).
  void LookForForgotten(absl::CivilDay today) {
    std::set<std::string> remembered;
    ForEachPage<scheduling::v1::ListPepsRequest, scheduling::v1::ListPepsResponse>(
        {}, [&](const auto& page) {
          most_peps_ = std::max(most_peps_, page.peps_size());
          for (const auto& pep : page.peps()) remembered.insert(pep.reference().child_id());
        });
    notifications::v1::ListAlertsRequest open;
    open.set_state(notifications::v1::ALERT_STATE_OPEN);
    int alerts = 0;
    ForEachPage<notifications::v1::ListAlertsRequest, notifications::v1::ListAlertsResponse>(
        open, [&](const auto& page) {
          alerts += page.alerts_size();
          for (const auto& alert : page.alerts()) remembered.insert(alert.reference().child_id());
        });
    most_alerts_ = std::max(most_alerts_, alerts);
    int in_care = 0;
    ForEachPage<registry::v1::ListChildrenRequest, registry::v1::ListChildrenResponse>(
        {}, [&](const auto& page) {
          for (const registry::v1::Child& child : page.children()) {
            const bool needs_one = child.looked_after() && child.pep_required();
            in_care += needs_one ? 1 : 0;
            if (!needs_one || remembered.contains(child.child_id())) {
              working_days_without_.erase(child.child_id());
              continue;
            }
            int& days = working_days_without_[child.child_id()];
            if (IsWorkingDay(today)) ++days;
            EXPECT_LE(days, 2) << child.child_id() << " is forgotten on " << today
                               << "; care since " << child.became_looked_after_on()
                               << ", at school " << child.school_urn();
          }
        });
    child_days_ += in_care;
  }

  void ExpectNothingPersonalIn(const std::string& text, const std::string& where) {
    for (const std::string& marker : Markers()) {
      EXPECT_FALSE(absl::StrContains(text, marker)) << where << " holds " << marker;
    }
    // Schools have days of their own in the register.
    if (!absl::StrContains(text, "chd-")) return;
    EXPECT_EQ(DateOfBirthIn(text), "") << where << " holds a date of birth";
  }

  const int children_ = Number("PEPLINE_CHILDREN", 40);
  const int days_ = Number("PEPLINE_DAYS", 30);
  const unsigned seed_ = static_cast<unsigned>(Number("PEPLINE_SEED", 2024));
  absl::CivilDay last_day_;
  std::set<absl::CivilDay> holidays_;
  std::map<std::string, int> working_days_without_;  // a PEP and an alert, by child
  std::int64_t child_days_ = 0;
  int most_alerts_ = 0;
  int most_peps_ = 0;
};

TEST_F(YearsTest, NobodyIsForgottenAtTheEndOfAnyDayAndNothingPersonalLeaves) {
  std::cout << children_ << " children, " << days_ << " days, PEPLINE_SEED=" << seed_ << "\n";
  ASSERT_NO_FATAL_FAILURE(ReadHolidays());
  std::unique_ptr<RandomFacts> facts;
  std::unique_ptr<SchoolWork> work;
  for (int day = 0; day < days_ && !HasFailure(); ++day) {
    last_day_ = absl::CivilDay(Start()) + day;
    // After eight reminders and escalations are said; at five the day ends.
    MoveClock(absl::FromCivil(absl::CivilSecond(last_day_) + 8 * 3600 + 300, London()));
    ASSERT_NO_FATAL_FAILURE(AwaitRest());
    ASSERT_NO_FATAL_FAILURE(ImportOn(day));
    if (day == 0) {
      const std::vector<std::string> ids = ChildIds();
      ASSERT_EQ(ids.size(), static_cast<std::size_t>(children_));
      facts = std::make_unique<RandomFacts>(*caller_, ids, seed_);
      work = std::make_unique<SchoolWork>(*caller_, *stack_->clock(), ids, 1);
    }
    facts->Day(last_day_);
    ASSERT_NO_FATAL_FAILURE(AwaitRest());
    MoveClock(absl::FromCivil(absl::CivilSecond(last_day_) + 17 * 3600, London()));
    work->LookOnce(kLookedAtInADay);
    ASSERT_NO_FATAL_FAILURE(AwaitRest());
    ASSERT_NO_FATAL_FAILURE(LookForForgotten(last_day_));
    if (day % 100 == 99) std::cout << "the end of day " << day + 1 << ", " << last_day_ << "\n";
  }
  EXPECT_THAT(facts->surprises(), IsEmpty());
  ASSERT_NO_FATAL_FAILURE(ExpectPromisesKept({work.get()}));
  const absl::Status read =
      ForEachPublicText(*stack_, [this](const std::string& text, const std::string& where) {
        ExpectNothingPersonalIn(text, where);
      });
  ASSERT_TRUE(read.ok()) << read;

  // The dice made years worth looking at.
  EXPECT_GE(most_peps_, children_ / 2);
  EXPECT_GE(most_alerts_, children_)
      << "before the files were there, every child was missing a PEP";
  for (const auto& [rpc, times] : facts->done()) std::cout << times << " " << rpc << "\n";
  std::cout << child_days_ << " days of children, nobody forgotten; at most " << most_alerts_
            << " open alerts\n";
}

}  // namespace
}  // namespace pepline
