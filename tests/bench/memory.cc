// P8: what a child with a live PEP, an SDQ and a funding request takes in Redis, over all five
// services. Real imports and calls on a whole stack; children have ordinary people around them.
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shared/redis/redis_forms.h"
#include "shared/redis/redis_nodes.h"
#include "tests/bench/measures.h"
#include "tools/client/text_forms.h"
#include "tools/stack/environment.h"
#include "tools/stack/stack.h"
#include "tools/story/story_clock.h"

namespace pepline::bench {
namespace {

constexpr char kTeacher[] = "designated-teacher";
constexpr char kCaseworker[] = "virtual-school-caseworker";
constexpr char kSocialWorker[] = "social-worker";
constexpr char kReviewer[] = "independent-reviewing-officer";
// How many children one of them has.
constexpr int kOfACaseworker = 150, kOfASocialWorker = 20, kOfAReviewer = 60;
constexpr absl::Duration kConnectBound = absl::Seconds(10);
constexpr absl::CivilSecond kStart(2025, 9, 1, 7);
constexpr absl::CivilSecond kWork(2025, 9, 4, 9);
constexpr absl::CivilSecond kMeeting(2025, 10, 6, 14);
constexpr absl::CivilSecond kEnd(2025, 9, 5, 12);

std::string ChildNumber(int i) { return absl::StrCat("BENCH-", i); }

absl::StatusOr<std::vector<std::string>> SchoolsOf(const std::string& file) {
  std::ifstream lines(file);
  std::vector<std::string> urns;
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    urns.push_back(line.substr(0, line.find(',')));
  }
  if (urns.empty()) return absl::NotFoundError(absl::StrCat(file, " has no school"));
  return urns;
}

std::string Staff(const std::vector<std::string>& schools, int children) {
  std::string file =
      "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";
  const auto add = [&](const std::string& own_id, const char* role, const std::string& school) {
    absl::StrAppend(&file, own_id, ",Petra Sample,", own_id, "@example.org,", role, ",", school,
                    ",", school.empty() ? story::kAuthority : "", ",,2024-09-01,\n");
  };
  for (const std::string& urn : schools) add(absl::StrCat("DT-", urn), kTeacher, urn);
  for (int i = 0; i <= children / kOfACaseworker; ++i) add(absl::StrCat("VS-", i), kCaseworker, "");
  for (int i = 0; i <= children / kOfASocialWorker; ++i) {
    add(absl::StrCat("SW-", i), kSocialWorker, "");
  }
  for (int i = 0; i <= children / kOfAReviewer; ++i) add(absl::StrCat("IRO-", i), kReviewer, "");
  return file;
}

std::string Children(const std::vector<std::string>& schools, int children) {
  std::string file =
      "own_id,given_name,family_name,date_of_birth,upn,location_restricted,"
      "became_looked_after_on,ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,"
      "social_worker_own_id,iro_own_id\n";
  for (int i = 0; i < children; ++i) {
    const std::string& school = schools[static_cast<std::size_t>(i) % schools.size()];
    absl::StrAppend(&file, ChildNumber(i), ",Amber,Test-Alder,2012-05-03,,no,2025-02-06,,,", school,
                    ",2024-09-03,VS-", i / kOfACaseworker, ",SW-", i / kOfASocialWorker, ",IRO-",
                    i / kOfAReviewer, "\n");
  }
  return file;
}

// Everything that is there before the children.
absl::StatusOr<story::Story> Before(const std::string& folder, int children) {
  const std::string data = absl::StrCat(SourceFolder(), "/deploy/data/");
  const auto schools = SchoolsOf(data + "oxfordshire-schools.csv");
  if (!schools.ok()) return schools.status();
  const std::string staff = absl::StrCat(folder, "/staff.csv");
  for (const auto& [file, text] :
       {std::pair(staff, Staff(*schools, children)),
        std::pair(absl::StrCat(folder, "/children.csv"), Children(*schools, children))}) {
    if (absl::Status status = WriteFile(file, text); !status.ok()) return status;
  }
  story::Story steps;
  for (const auto& [kind, path] : std::vector<std::pair<registry::v1::ImportKind, std::string>>{
           {registry::v1::IMPORT_KIND_BANK_HOLIDAYS, data + "bank-holidays.json"},
           {registry::v1::IMPORT_KIND_TERM_DATES, data + "oxfordshire-term-dates.csv"},
           {registry::v1::IMPORT_KIND_POLICY, data + "oxfordshire-policy.yaml"},
           {registry::v1::IMPORT_KIND_SCHOOLS, data + "oxfordshire-schools.csv"},
           {registry::v1::IMPORT_KIND_STAFF, staff}}) {
    steps.push_back({.at = kStart, .child = "", .action = story::ImportFile{kind, path}});
  }
  steps.push_back(
      {.at = kStart, .child = "", .action = story::OpenFundLine{"2025-26", 900'000'000}});
  return steps;
}

story::Story WithChildren(const std::string& folder, int children) {
  story::Story steps = {{.at = kStart + 3600,
                         .child = "",
                         .action = story::ImportFile{registry::v1::IMPORT_KIND_CHILDREN,
                                                     absl::StrCat(folder, "/children.csv")}}};
  for (int i = 0; i < children; ++i) {
    for (const story::Action& action :
         {story::Action(story::SchedulePep{kMeeting}), story::Action(story::SendSdq{}),
          story::Action(story::AskForFunding{45'000, "Tutoring"})}) {
      steps.push_back({.at = kWork, .child = ChildNumber(i), .action = action});
    }
  }
  return steps;
}

class Memory {
 public:
  explicit Memory(int port) : redis_({.port = port, .service = "bench"}, nullptr) {}
  absl::StatusOr<double> Used() {
    auto reply = redis_.Call(0, {"INFO", "memory"});
    if (!reply.ok()) return reply.status();
    for (const absl::string_view line : absl::StrSplit(Text(**reply), "\r\n")) {
      double bytes = 0;
      if (absl::StartsWith(line, kUsed) && absl::SimpleAtod(line.substr(kUsed.size()), &bytes)) {
        return bytes;
      }
    }
    return absl::InternalError("Redis does not say how much memory it uses");
  }
  // Forgets all commands.
  absl::Status Forget() {
    auto keys = redis_.Call(0, {"KEYS", "*:seen:*"});
    if (!keys.ok()) return keys.status();
    for (std::string& key : Texts(**keys)) {
      if (auto gone = redis_.Call(0, {"DEL", std::move(key)}); !gone.ok()) return gone.status();
    }
    return absl::OkStatus();
  }

 private:
  static constexpr absl::string_view kUsed = "used_memory:";
  RedisNodes redis_;
};

}  // namespace

absl::Status MeasureMemory(const Options& options, std::vector<Row>& rows) {
  const int children = options.Of(2000);
  TemporaryFolder folder;
  auto stack = Stack::Start(
      {.folder = folder.path() + "/stack", .simulated_start = absl::FromCivil(kStart, London())});
  if (!stack.ok()) return stack.status();
  auto story_clock = story::StoryClock::Create(**stack);
  if (!story_clock.ok()) return story_clock.status();
  const auto go_on = [](const story::Moment&) { return true; };
  auto before = Before(folder.path(), children);
  if (!before.ok()) return before.status();
  absl::Status played = (*story_clock)->Play(*std::move(before), kStart + 1800, go_on);
  if (!played.ok()) return played;
  Memory memory((*stack)->redis().port());
  // The connection is made in the background.
  if (!WaitUntil([&] { return memory.Used().ok(); }, kConnectBound)) return memory.Used().status();
  const auto without = memory.Used();
  played = (*story_clock)->Play(WithChildren(folder.path(), children), kEnd, go_on);
  if (!played.ok()) return played;
  const auto with_commands = memory.Used();
  if (absl::Status status = memory.Forget(); !status.ok()) return status;
  const auto with = memory.Used();
  for (const auto* used : {&without, &with_commands, &with}) {
    if (!used->ok()) return used->status();
  }
  const double kilobytes = 1000.0 * children;
  rows.push_back({"P8",
                  absl::StrCat("Redis memory of each of ", children,
                               " children: PEP, SDQ, funding, all services"),
                  "kB",
                  {},
                  (*with - *without) / kilobytes,
                  "<= 3 kB"});
  rows.push_back({"P8",
                  "and of their commands, remembered for 35 days",
                  "kB",
                  {},
                  (*with_commands - *with) / kilobytes,
                  "-"});
  return absl::OkStatus();
}

}  // namespace pepline::bench
