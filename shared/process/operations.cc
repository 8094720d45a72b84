#include "shared/process/operations.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "shared/admin/after_restore.h"
#include "shared/admin/rebuild_topics.h"
#include "shared/kafka/reception/parked_records.h"
#include "shared/redis/redis_inventory.h"
#include "shared/rpc/page_tokens.h"

namespace pepline {
namespace {

constexpr int kAllRight = 0;
constexpr int kDiffers = 1;
constexpr int kWrongUsage = 2;
constexpr int kCouldNot = 3;
constexpr absl::Duration kLongestWait = absl::Seconds(10);
constexpr absl::Duration kBetweenTries = absl::Milliseconds(20);
constexpr int kBar = 40;

int CouldNot(const absl::Status& status) {
  std::cerr << status.message() << "\n";
  return kCouldNot;
}

// A bar on a terminal; on anything else a line at every tenth.
class Progress {
 public:
  explicit Progress(std::string what) : what_(std::move(what)), bar_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (bar_ && shown_ >= 0) std::cerr << "\n";
  }
  void Show(int done, int all) {
    const int percent =
        all == 0 ? 100 : static_cast<int>(static_cast<std::int64_t>(done) * 100 / all);
    if (percent == shown_ || (!bar_ && (percent / 10 == shown_ / 10 || all < 1000))) return;
    shown_ = percent;
    if (!bar_) {
      std::cerr << what_ << ": " << done << " of " << all << " records\n";
      return;
    }
    const auto full = static_cast<std::size_t>(percent * kBar / 100);
    std::cerr << "\r" << what_ << " [" << std::string(full, '#') << std::string(kBar - full, '.')
              << "] " << percent << "%" << std::flush;
  }

 private:
  const std::string what_;
  const bool bar_;
  int shown_ = -1;
};

// Whether the service has its layout in this Redis.
absl::StatusOr<bool> AwaitStore(RedisStore& store) {
  const absl::Time until = absl::Now() + kLongestWait;
  while (true) {
    auto found = store.FindLayout();
    if (!absl::IsUnavailable(found.status()) || absl::Now() > until) return found;
    absl::SleepFor(kBetweenTries);
  }
}

// "plan chd-1", and for an entry of a list also which.
std::string Line(const Difference& difference) {
  std::string line =
      absl::StrFormat("%s: %s %s", std::string(FaultName(difference.fault)),
                      difference.key.kind.empty() ? "id" : difference.key.kind, difference.key.id);
  if (!difference.entry.name.empty()) {
    absl::StrAppend(&line, " in ", difference.entry.name, "=", difference.entry.value);
  }
  return absl::StrCat(line, " (partition ", difference.partition, ")",
                      difference.mended ? ": mended" : "");
}

int RunCheck(const CommonConfig& config, const CheckedService& service, bool repair) {
  absl::StatusOr<CheckResult> result = CheckResult();
  {
    Progress progress("check");
    result = Check(service, repair, [&](int done, int all) { progress.Show(done, all); });
  }
  if (!result.ok()) return CouldNot(result.status());
  int records = 0;
  int mended = 0;
  for (const auto& [kind, count] : result->records) {
    records += count;
    std::cout << config.service << ": " << count << " " << kind << "\n";
  }
  std::cout << config.service << ": " << records << " records, " << result->index_entries
            << " index entries, " << result->alarms << " alarms\n";
  for (const Difference& difference : result->differences) {
    std::cout << Line(difference) << "\n";
    if (difference.mended) ++mended;
  }
  const int found = static_cast<int>(result->differences.size());
  if (found == 0) {
    std::cout << "all right\n";
    return kAllRight;
  }
  std::cout << found << (found == 1 ? " difference" : " differences");
  if (repair) {
    std::cout << ", " << mended << " mended";
  } else {
    std::cout << "; --repair mends alarms and index entries";
  }
  std::cout << "\n";
  return kDiffers;
}

int PrintDigest(const CommonConfig& config, const CheckedService& service) {
  auto digest = DigestOf(service);
  if (!digest.ok()) return CouldNot(digest.status());
  for (const auto& [kind, one] : *digest) {
    std::cout << absl::StrFormat("digest %s %s %d %s\n", config.service, kind, one.records,
                                 one.sha256);
  }
  return kAllRight;
}

int Rewind(RebuildTopics& topics, const std::vector<std::string>& names) {
  if (absl::Status rewound = topics.RewindGroup(names); !rewound.ok()) return CouldNot(rewound);
  std::cout << "consumer group " << topics.group() << " reads its topics from the beginning\n";
  return kAllRight;
}

int RunRebuild(const CommonConfig& config, const OperationParts& parts,
               const CheckedService& service) {
  const RebuildRules& rules = parts.rebuild;
  if (!rules.make) return CouldNot(absl::FailedPreconditionError(rules.why_not));
  absl::Status empty = ExpectEmpty(service.inventory, service.store);
  if (!empty.ok()) return CouldNot(empty);
  MemoryStore memory(parts.store.partitions());
  const std::unique_ptr<Rebuild> rebuild = rules.make(memory, parts.clock);
  RebuildTopics topics(config.kafka, rules.group);
  const absl::Time start = absl::Now();
  {
    Progress progress("read");
    const TopicReader read = [&](const auto& names, const auto& receive) {
      return topics.Read(names, receive, [&](int done, int all) { progress.Show(done, all); });
    };
    if (absl::Status folded = FoldTopics(rules, read, *rebuild); !folded.ok()) {
      return CouldNot(folded);
    }
  }
  const absl::Time folded_at = absl::Now();
  {
    Progress progress("write");
    const CheckedService in_memory{memory, memory, service.clock, rebuild->Kinds()};
    // The layout last: no service starts with a Redis that was not finished.
    absl::Status written = parts.store.WriteMarks();
    if (written.ok()) {
      written = WriteRebuilt(in_memory, service.store, service.inventory,
                             [&](int done, int all) { progress.Show(done, all); });
    }
    if (written.ok()) written = parts.store.WriteLayout();
    if (!written.ok()) return CouldNot(written);
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::cout << absl::StrFormat(
      "%s: %d events read and folded in %.2f s, written in %.2f s (%.0f events a second)\n",
      config.service, topics.records(), absl::ToDoubleSeconds(folded_at - start),
      absl::ToDoubleSeconds(absl::Now() - folded_at), seconds > 0 ? topics.records() / seconds : 0);
  for (const std::string& what : rules.without) {
    std::cout << "restored without: " << what << "\n";
  }
  if (const int code = Rewind(topics, rules.topics); code != kAllRight) return code;
  return PrintDigest(config, service);
}

int RunRestored(const CommonConfig& config, const OperationParts& parts,
                const CheckedService& service) {
  if (parts.rebuild.make) {
    return CouldNot(absl::FailedPreconditionError(
        absl::StrCat(config.service,
                     " is rebuilt from the topics, which brings back what an older copy has "
                     "not: empty its Redis and say --rebuild")));
  }
  LastNumbers last(config.service);
  RebuildTopics topics(config.kafka, absl::StrCat("pepline.", config.service));
  {
    Progress progress("read");
    absl::Status read = topics.Read(
        {absl::StrCat("pepline.", config.service, ".events.v1")},
        [&](const InboundRecord& record) { return last.Receive(record); },
        [&](int done, int all) { progress.Show(done, all); });
    if (!read.ok()) return CouldNot(read);
  }
  // As in a rebuild, where the copy itself holds nothing.
  if (absl::Status marked = parts.store.WriteMarks(); !marked.ok()) return CouldNot(marked);
  const auto raised = last.Raise(service);
  if (!raised.ok()) return CouldNot(raised.status());
  if (absl::Status layout = parts.store.WriteLayout(); !layout.ok()) return CouldNot(layout);
  std::cout << absl::StrFormat(
      "%s: %d events read; %d records of this copy have said more since, %d began since; all of "
      "them go on behind their last event\n",
      config.service, topics.records(), raised->in_copy, raised->missing);
  return Rewind(topics, TopicsReadBy(config.service));
}

// In no digest: a rebuilt service parks anew what it still cannot handle.
RecordKind ParkedKind() {
  RecordKind kind = KeptKind(ParkedRecords::kKind, [](const std::string& state) {
    runtime::v1::ParkedRecords parked;
    if (!parked.ParseFromString(state)) {
      return absl::StatusOr<std::vector<IndexEntry>>(
          absl::DataLossError("parked records cannot be read"));
    }
    return absl::StatusOr<std::vector<IndexEntry>>(
        parked.records().empty() ? std::vector<IndexEntry>()
                                 : std::vector<IndexEntry>{ParkedRecords::List()});
  });
  kind.comparable = nullptr;
  return kind;
}

// In no digest: a rebuilt service makes another one.
RecordKind PageTokenKeyKind() {
  RecordKind kind = KeptKind(kPageTokenKeyKind);
  kind.comparable = nullptr;
  return kind;
}

int PrintParked(RedisStore& store) {
  const auto all = ParkedRecords::ListAll(store);
  if (!all.ok()) return CouldNot(all.status());
  for (const ParkedRecords::Parked& one : *all) {
    const auto& records = one.records.records();
    if (records.empty()) continue;
    const absl::Time since = absl::FromUnixSeconds(one.records.since().seconds());
    std::cout << absl::StrFormat(
        "%s: %d records since %s, the first from partition/offset %d/%d, tried %d times: %s%s\n",
        one.id, records.size(), absl::FormatTime(since, absl::UTCTimeZone()),
        records[0].partition(), records[0].offset(), one.records.tries(), one.records.reason(),
        one.records.has_skip() ? " (to be given up)" : "");
  }
  if (all->empty()) {
    std::cout << "nothing is parked\n";
    return kAllRight;
  }
  return kDiffers;
}

int ChangeParked(const absl::Status& changed, const char* what) {
  if (!changed.ok()) return CouldNot(changed);
  std::cout << what << " by the running service within a second or two\n";
  return kAllRight;
}

struct Wanted {
  std::string_view operation;
  int arguments = 0;  // that follow it
};
constexpr Wanted kOperations[] = {{"--check"},  {"--rebuild"},    {"--digest"}, {"--restored"},
                                  {"--parked"}, {"--release", 1}, {"--skip", 2}};

}  // namespace

bool IsOperation(std::string_view argument) {
  return std::ranges::any_of(kOperations,
                             [&](const Wanted& wanted) { return wanted.operation == argument; });
}

std::optional<int> RunOperation(int argc, char** argv, const CommonConfig& config,
                                const OperationParts& parts) {
  const std::string_view operation = argc > 1 ? argv[1] : "";
  if (!IsOperation(operation)) return std::nullopt;
  const bool repair =
      operation == "--check" && argc == 3 && argv[2] == std::string_view("--repair");
  const auto* wanted = std::ranges::find(kOperations, operation, &Wanted::operation);
  if (argc != (repair ? 3 : 2 + wanted->arguments)) {
    std::cerr << "there are --check, --check --repair, --rebuild, --restored, --digest, --parked, "
                 "--release ID, --skip ID REASON\n";
    return kWrongUsage;
  }
  const auto there = AwaitStore(parts.store);
  if (!there.ok()) return CouldNot(there.status());
  const bool brings_back = operation == "--rebuild" || operation == "--restored";
  if (!*there && !brings_back) {
    return CouldNot(absl::FailedPreconditionError(
        absl::StrCat("this Redis holds nothing of ", config.service,
                     "; is PEPLINE_REDIS_HOST the right one, or was it emptied?")));
  }
  RedisInventory inventory(config.redis);
  if (operation == "--parked") return PrintParked(parts.store);
  if (operation == "--release") {
    return ChangeParked(ParkedRecords::Release(parts.store, argv[2]), "tried again");
  }
  if (operation == "--skip") {
    return ChangeParked(ParkedRecords::Skip(parts.store, argv[2], argv[3]), "given up");
  }
  std::vector<RecordKind> kinds = parts.kinds;
  kinds.push_back(ParkedKind());
  kinds.push_back(PageTokenKeyKind());
  const CheckedService service{parts.store, inventory, parts.clock, std::move(kinds)};
  if (operation == "--check") return RunCheck(config, service, repair);
  if (operation == "--digest") return PrintDigest(config, service);
  if (operation == "--restored") return RunRestored(config, parts, service);
  return RunRebuild(config, parts, service);
}

}  // namespace pepline
