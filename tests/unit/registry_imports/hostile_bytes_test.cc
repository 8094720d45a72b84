// Whatever bytes come, every parser answers: with rows, or with errors that say why there are none.
#include <functional>
#include <random>

#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

// A parser without its type: whether it answered as it promises.
using Parse = std::function<void(const std::string&)>;

template <class Row>
Parse Answers(Parsed<Row> (*parse)(std::string_view)) {
  return [parse](const std::string& bytes) {
    const Parsed<Row> parsed = parse(bytes);
    ASSERT_TRUE(!parsed.ok() || !parsed.rows.empty()) << ::testing::PrintToString(bytes);
    ASSERT_EQ(parsed.ok(), parsed.errors.empty());
    ASSERT_LE(parsed.errors.size(), static_cast<std::size_t>(kMostErrors));
    for (const RowError& error : parsed.errors) {
      ASSERT_GE(error.row, 0);
      ASSERT_FALSE(error.message.empty());
    }
  };
}

struct Case {
  std::string name;
  Parse parse;
  std::string good;
};

std::vector<Case> Cases() {
  std::string schools = DataFile("oxfordshire-schools.csv");
  schools.resize(schools.find('\n', 1500) + 1);
  std::string holidays = DataFile("bank-holidays.json");
  std::vector<Case> cases = {
      {"schools",
       Answers<SchoolRow>([](std::string_view bytes) { return ParseSchools(bytes, ""); }), schools},
      {"schools of one authority",
       Answers<SchoolRow>([](std::string_view bytes) { return ParseSchools(bytes, "931"); }),
       schools},
      {"school links", Answers(ParseSchoolLinks), DataFile("examples/school-links.csv")},
      {"bank holidays", Answers(ParseBankHolidays), holidays},
      {"term dates", Answers(ParseTermDatesCsv), DataFile("oxfordshire-term-dates.csv")},
      {"term dates as a calendar", Answers(ParseTermDatesIcs),
       DataFile("oxfordshire-term-dates.ics")},
      {"school calendars", Answers(ParseSchoolCalendars),
       DataFile("examples/school-calendars.csv")},
      {"staff", Answers(ParseStaff), DataFile("examples/staff.csv")},
      {"children", Answers(ParseChildren), DataFile("examples/children.csv")},
      {"policy", Answers(ParsePolicy), DataFile("oxfordshire-policy.yaml")}};
  return cases;
}

// One to eight changes: a byte replaced, removed or doubled, a stretch cut out or moved.
std::string Mutated(std::string bytes, std::mt19937_64& random) {
  static constexpr std::string_view kTelling(
      "\0\r\n\t \",;:'=[]{}-\\\xff\xc3\x80"
      "09AZ&*!%",
      28);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (std::size_t left = 1 + below(8); left > 0 && !bytes.empty(); --left) {
    const std::size_t at = below(bytes.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(bytes.size() - at, 200));
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = kTelling[below(kTelling.size())];
        break;
      case 2:
        bytes.insert(at, 1, kTelling[below(kTelling.size())]);
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(below(bytes.size()), bytes.substr(at, length));
        break;
      case 5:
        std::swap(bytes[at], bytes[below(bytes.size())]);
        break;
    }
  }
  return bytes;
}

TEST(HostileBytes, GoodFilesAreGood) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    one.parse(one.good);
  }
}

TEST(HostileBytes, EveryTruncationIsAnswered) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    // The first bytes one by one, then every seventh: all states of all parsers are among them.
    for (std::size_t size = 0; size < one.good.size(); size += size < 300 ? 1 : 7) {
      one.parse(one.good.substr(0, size));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(HostileBytes, EveryMutationIsAnswered) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    std::mt19937_64 random(20261124);
    for (int round = 0; round < 1500; ++round) {
      one.parse(Mutated(one.good, random));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(HostileBytes, NoiseIsAnswered) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string noise(random() % 3000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    for (const Case& one : Cases()) {
      SCOPED_TRACE(one.name);
      one.parse(noise);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(HostileBytes, EveryFileInAnothersPlaceIsAnswered) {
  for (const Case& one : Cases()) {
    for (const Case& other : Cases()) {
      SCOPED_TRACE(one.name + " given " + other.name);
      one.parse(other.good);
    }
  }
}

// Nesting and repetition that cost a careless reader its stack, its memory or its time.
TEST(HostileBytes, BombsAreAnswered) {
  std::vector<std::string> bombs;
  for (const std::string_view piece : {"[",
                                       "{",
                                       "{\"a\":",
                                       "[[]",
                                       "- ",
                                       "? ",
                                       "&a [*a,",
                                       "a: ",
                                       "BEGIN:VEVENT\n",
                                       "BEGIN:VCALENDAR\n",
                                       "\"",
                                       "\"\"",
                                       ",",
                                       "\n",
                                       "\r",
                                       "a,\n",
                                       "\\",
                                       " ",
                                       "-\n",
                                       "!!map {"}) {
    std::string bomb;
    while (bomb.size() < 250'000) bomb += piece;
    bombs.push_back(bomb);
  }
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) laughs += std::string(i ? ",*" : "*") + static_cast<char>(c - 1);
    laughs += "]\n";
  }
  bombs.push_back(laughs);
  for (const std::string& bomb : bombs) {
    for (const Case& one : Cases()) {
      SCOPED_TRACE(one.name + " given " + bomb.substr(0, 16));
      one.parse(bomb);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace pepline::registry::imports
