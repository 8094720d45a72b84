#include "tools/demo/autumn_term.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pepline::demo {
namespace {

using absl::CivilDay;
using absl::CivilSecond;
using story::Action;
using story::Step;
using story::Story;

constexpr int kMorning = 10;
constexpr int kAfternoon = 16;

constexpr std::string_view kGivesNoViews = "C-019";
constexpr std::string_view kSdqGivenUp = "C-024";
constexpr std::string_view kDeputyChairs = "C-034";
constexpr std::string_view kRecordedLate = "C-038";
// Their outcome lacks something until the ePEP is finalised.
constexpr std::string_view kVagueOutcomes[] = {"C-015", "C-023", "C-030"};

// The story runs from September into January.
CivilDay On(int month, int day) { return CivilDay(month < 9 ? 2026 : 2025, month, day); }
CivilSecond At(CivilDay day, int hour) { return CivilSecond(day) + hour * 3600; }
CivilSecond At(int month, int day, int hour) { return At(On(month, day), hour); }
using Day = std::optional<CivilDay>;

// What a child's school does in the term. What is missing never happens; what is different is in
// Differences below.
struct Course {
  const char* child;
  CivilDay scheduled;
  CivilSecond meeting;
  Day sdq_back;
  Day views;
  Day draft;
  Day finalised;
};

std::vector<Course> Courses() {
  return {
      // Schools that are prompt.
      {"C-001", On(9, 3), At(9, 23, 14), On(9, 5), On(9, 15), On(9, 15), On(9, 25)},
      {"C-002", On(9, 4), At(9, 25, 15), On(9, 9), On(9, 16), On(9, 17), On(9, 26)},
      {"C-003", On(9, 5), At(9, 30, 10), On(9, 11), On(9, 22), On(9, 22), On(10, 2)},
      {"C-004", On(9, 8), At(10, 2, 14), On(9, 17), On(9, 25), On(9, 24), On(10, 6)},
      {"C-005", On(9, 9), At(10, 7, 14), On(9, 19), On(9, 29), On(9, 29), On(10, 8)},
      {"C-006", On(9, 10), At(10, 9, 11), On(9, 23), On(10, 2), On(10, 1), On(10, 13)},
      {"C-007", On(9, 15), At(10, 14, 14), On(9, 29), On(10, 6), On(10, 6), On(10, 16)},
      {"C-008", On(9, 16), At(10, 16, 15), On(9, 30), On(10, 7), On(10, 8), On(10, 20)},
      {"C-009", On(9, 18), At(10, 21, 14), On(10, 6), On(10, 13), On(10, 13), On(10, 22)},
      {"C-011", On(9, 22), At(10, 23, 10), On(10, 7), On(10, 16), On(10, 15), On(11, 3)},
      {"C-012", On(9, 24), At(11, 6, 14), On(10, 13), On(10, 22), On(10, 22), On(11, 10)},
      {"C-013", On(9, 29), At(11, 11, 14), On(10, 17), On(10, 24), On(11, 3), On(11, 12)},
      {"C-017", On(10, 1), At(11, 13, 15), On(10, 22), On(11, 5), On(11, 5), On(11, 17)},
      {"C-021", On(10, 6), At(11, 18, 14), On(10, 24), On(11, 11), On(11, 10), On(11, 20)},
      // A meeting moved at short notice, one moved in good time, one called off and set again.
      {"C-010", On(9, 12), At(10, 15, 14), On(9, 22), On(10, 3), On(10, 7), On(10, 16)},
      {"C-028", On(9, 11), At(11, 4, 14), On(10, 8), On(10, 20), On(10, 20), On(11, 6)},
      {"C-014", On(9, 17), At(11, 12, 14), On(10, 2), On(10, 10), On(11, 4), On(11, 14)},
      // The child moves school between the invitation and the meeting.
      {"C-031", On(9, 30), At(11, 13, 11), On(10, 21), On(11, 5), On(11, 7), On(11, 14)},
      // The child gives no views; the deputy chairs and nobody asked for views.
      {"C-019", On(9, 19), At(10, 22, 11), On(10, 3), std::nullopt, On(10, 14), On(10, 23)},
      {"C-034", On(10, 7), At(11, 19, 10), On(11, 3), std::nullopt, On(11, 11), On(11, 21)},
      // Schools that finalise late: on the seventh, eighth, ninth and twelfth school day.
      {"C-015", On(9, 5), At(9, 26, 11), On(9, 10), On(9, 18), On(9, 18), On(10, 9)},
      {"C-023", On(9, 12), At(10, 10, 14), On(9, 22), On(10, 1), On(10, 2), On(10, 21)},
      {"C-036", On(9, 23), At(11, 5, 10), On(10, 10), On(10, 22), On(10, 23), On(11, 17)},
      {"C-030", On(9, 25), At(11, 7, 14), On(10, 15), On(10, 24), On(10, 23), On(11, 25)},
      // A school that never finalises, and one that does so when the next term's PEP is open.
      {"C-020", On(9, 10), At(10, 3, 14), On(9, 16), On(9, 25), On(9, 25), std::nullopt},
      {"C-035", On(10, 13), At(11, 20, 14), On(11, 3), On(11, 12), On(11, 12), On(1, 9)},
      // The SDQ comes back after its day, never, or is given up with a reason.
      {"C-016", On(9, 4), At(9, 24, 14), On(9, 22), On(9, 17), On(9, 16), On(9, 26)},
      {"C-032", On(9, 24), At(10, 17, 10), On(10, 15), On(10, 9), On(10, 9), On(10, 21)},
      {"C-022", On(9, 8), At(10, 1, 10), std::nullopt, On(9, 24), On(9, 23), On(10, 3)},
      {"C-024", On(9, 15), At(10, 8, 14), std::nullopt, On(9, 30), On(9, 30), On(10, 10)},
      // Schools that arrange it late: after the reminder, in the last week, past the cut-off.
      {"C-018", On(11, 12), At(11, 27, 10), On(11, 20), On(11, 19), On(11, 20), On(12, 1)},
      {"C-025", On(11, 24), At(11, 28, 14), std::nullopt, On(11, 26), On(11, 27), On(12, 2)},
      {"C-029", On(12, 1), At(12, 8, 14), On(12, 3), On(12, 3), On(12, 2), On(12, 11)},
      // A school that has no Designated Teacher until 22 September.
      {"C-026", On(9, 10), At(10, 9, 14), On(9, 24), On(9, 30), On(10, 1), On(10, 13)},
      {"C-027", On(9, 26), At(10, 24, 10), On(10, 7), On(10, 15), On(10, 16), On(11, 4)},
      // A meeting of which nobody puts on record that it was held, until 12 November.
      {"C-038", On(10, 2), At(11, 6, 10), On(10, 16), On(10, 22), On(10, 22), On(11, 13)},
      // On no school's roll until 17 November: the Virtual School and the social worker are told of
      // the PEP that is due, and the school that takes the child in holds it by the cut-off.
      {"C-039", On(11, 18), At(11, 27, 11), On(11, 20), On(11, 20), On(11, 20), On(12, 2)},
      // Placed in care on 16 December.
      {"C-037", On(12, 18), At(1, 12, 14), On(1, 6), On(1, 7), On(1, 5), On(1, 14)},
  };
}

// The scripted day of a meeting that was first set for another.
struct FirstMeeting {
  const char* child;
  CivilSecond meeting;
};
const FirstMeeting kFirstMeetings[] = {
    {"C-010", At(10, 8, 14)}, {"C-028", At(10, 16, 14)}, {"C-014", At(10, 13, 14)}};

void AddCourse(const Course& course, Story& story) {
  const auto add = [&](Day day, int hour, Action action) {
    if (day) story.push_back({At(*day, hour), course.child, std::move(action)});
  };
  CivilSecond first = course.meeting;
  for (const FirstMeeting& other : kFirstMeetings) {
    if (std::string_view(other.child) == course.child) first = other.meeting;
  }
  add(course.scheduled, kMorning, story::SchedulePep{first});
  add(course.sdq_back, kMorning, story::ReturnSdq{});
  add(course.views, kMorning, story::CaptureViews{});
  add(course.draft, kMorning, story::DraftEpep{});
  const bool vague = std::ranges::find(kVagueOutcomes, course.child) != std::end(kVagueOutcomes);
  add(course.draft, kMorning, story::SetOutcome{.smart = !vague});
  if (vague) add(course.finalised, kMorning, story::RefineOutcome{});
  story::HoldPep hold;
  const std::string_view child = course.child;
  if (!course.views && child != kGivesNoViews) {
    hold.missing_views_reason = "the child was away on the days set for it";
  }
  if (!course.sdq_back && child != kSdqGivenUp) {
    hold.missing_sdq_reason = "the form did not come back";
  }
  hold.deputy_chairs = child == kDeputyChairs;
  add(child == kRecordedLate ? On(11, 12) : CivilDay(course.meeting), kAfternoon, hold);
  add(course.finalised, kAfternoon, story::FinaliseEpep{});
}

// One request: asked for, decided and paid, as far as it comes.
struct Request {
  const char* child;
  std::int64_t asked_pence;
  const char* intervention;
  CivilDay asked_on;
  Day approved_on;
  std::int64_t approved_pence;
  Day released_on;
};

std::vector<Request> Requests() {
  return {
      {"C-002", 96'000, "one-to-one tuition in mathematics, 24 hours", On(9, 16), On(9, 19), 96'000,
       On(9, 29)},
      {"C-005", 45'000, "a term of counselling at school", On(9, 29), On(10, 2), 45'000,
       On(10, 13)},
      {"C-008", 128'000, "a mentor for two mornings a week", On(10, 7), On(10, 10), 100'000,
       On(10, 21)},
      {"C-012", 60'000, "a laptop and a course in touch typing", On(10, 22), On(11, 3), 60'000,
       On(11, 12)},
      {"C-017", 84'000, "reading recovery, 20 sessions", On(11, 5), On(11, 10), 84'000, On(11, 19)},
      {"C-021", 38'500, "music lessons, one term", On(11, 11), On(11, 14), 38'500, On(11, 24)},
      // By then 7 590 pounds of the fund line are left: it does not fit, and is declined.
      {"C-023", 780'000, "a place at an alternative provision", On(10, 1), std::nullopt, 0,
       std::nullopt},
  };
}

void AddFunding(Story& story) {
  story.push_back({At(9, 1, 9), "", story::OpenFundLine{"2025-26", 1'000'000}});
  for (const Request& request : Requests()) {
    story.push_back({At(request.asked_on, kMorning), request.child,
                     story::AskForFunding{request.asked_pence, request.intervention}});
    if (request.approved_on) {
      story.push_back({At(*request.approved_on, kMorning), request.child,
                       story::ApproveFunding{request.approved_pence}});
    }
    if (request.released_on) {
      story.push_back({At(*request.released_on, kMorning), request.child, story::ReleaseFunding{}});
    }
  }
  story.push_back(
      {At(10, 14, kMorning), "C-023", story::ApproveFunding{780'000}, "FUND_LINE_EXCEEDED"});
  story.push_back({At(10, 14, kAfternoon), "C-023",
                   story::DeclineFunding{"more than the fund line has left; ask for less"}});
}

void AddImports(const std::string& source, Story& story) {
  using registry::v1::ImportKind;
  const auto import = [&](CivilSecond at, ImportKind kind, const std::string& file) {
    story.push_back({at, "", story::ImportFile{kind, absl::StrCat(source, "/", file)}});
  };
  import(kBegin, registry::v1::IMPORT_KIND_BANK_HOLIDAYS, "deploy/data/bank-holidays.json");
  import(kBegin, registry::v1::IMPORT_KIND_TERM_DATES, "deploy/data/oxfordshire-term-dates.csv");
  import(kBegin, registry::v1::IMPORT_KIND_POLICY, "deploy/data/oxfordshire-policy.yaml");
  import(kBegin, registry::v1::IMPORT_KIND_SCHOOLS, "deploy/data/oxfordshire-schools.csv");
  import(kBegin, registry::v1::IMPORT_KIND_STAFF, "tools/demo/data/staff.csv");
  import(kBegin, registry::v1::IMPORT_KIND_CHILDREN, "tools/demo/data/children.csv");
  import(kBegin, registry::v1::IMPORT_KIND_CHILDREN, "tools/demo/data/children-on-no-roll.csv");
  import(At(9, 22, 9), registry::v1::IMPORT_KIND_STAFF, "tools/demo/data/staff-september.csv");
  import(At(12, 16, 9), registry::v1::IMPORT_KIND_CHILDREN,
         "tools/demo/data/children-december.csv");
}

void AddDifferences(Story& story) {
  story.push_back({At(10, 1, kMorning), "C-010",
                   story::ReschedulePep{At(10, 15, 14), "the social worker is ill"}});
  story.push_back({At(9, 18, kMorning), "C-028",
                   story::ReschedulePep{At(11, 4, 14), "the carer is away until half-term"}});
  story.push_back(
      {At(10, 9, kMorning), "C-014", story::CancelPep{"the child changes placement this week"}});
  story.push_back({At(10, 20, kMorning), "C-014", story::SchedulePep{At(11, 12, 14)}});
  story.push_back({At(11, 3, 9), "C-031", story::MoveToSchool{"137970"}});
  story.push_back({At(11, 17, 9), "C-039", story::EnrolAtSchool{"138210"}});
  story.push_back({At(10, 10, kMorning), std::string(kGivesNoViews),
                   story::DeclineViews{"the child did not wish to take part"}});
  // The school's word ends no alert; the Virtual School's does, on the morning of the meeting.
  story.push_back({At(10, 7, kMorning), std::string(kSdqGivenUp),
                   story::GiveUpSdq{"the class teacher who knows the child is on long leave"}});
  story.push_back({At(10, 8, kMorning), std::string(kSdqGivenUp),
                   story::ConfirmSdqGivenUp{"nobody else at school knows the child well enough"}});
  story.push_back({At(10, 20, kMorning), "C-020", story::AcknowledgeAlerts{}});
}

}  // namespace

Story AutumnTerm(const std::string& source) {
  Story story;
  AddImports(source, story);
  AddFunding(story);
  for (const Course& course : Courses()) AddCourse(course, story);
  AddDifferences(story);
  return story;
}

}  // namespace pepline::demo
