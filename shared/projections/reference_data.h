// Calendars and policy profiles in a service that is not their owner: kept as registry said them by
// event, as records of the service's own store, and read from there on every command.
// Of profiles those are kept that the newest replaced, since a deadline counts by the one that was
// in force when it began; the last twenty, of those with one day of effect the last. Promises: an
// event received twice or late never overwrites a newer one (marks in the same write); a changed
// fact sets its own record's alarm to now in the commit that keeps it, and nobody walks over
// records in a consumer (changed_facts.h does, when that alarm fires); every read asks the store,
// so nothing is stale (but see Load while a part of it is away); what was parsed is kept by its
// revision. Records are "bank-holidays" (id: division), "term-dates" and "policy" (id: authority
// code) and "school-calendar" (id: URN), each routed by its own id. Does not: know any service.
// Errors: InvalidArgument for an event that is not readable (it belongs into the dead-letter
// topic); Aborted after ten lost races; whatever the store answers. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_PROJECTIONS_REFERENCE_DATA_H_
#define PEPLINE_SHARED_PROJECTIONS_REFERENCE_DATA_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "shared/domain/calendar.h"
#include "shared/domain/ids.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr std::string_view kEnglandAndWales = "england-and-wales";
// The kinds of record that ReferenceData keeps.
inline constexpr std::string_view kBankHolidays = "bank-holidays";
inline constexpr std::string_view kTermDates = "term-dates";
inline constexpr std::string_view kSchoolCalendar = "school-calendar";
inline constexpr std::string_view kPolicy = "policy";
inline constexpr std::array<std::string_view, 4> kReferenceKinds = {kBankHolidays, kTermDates,
                                                                    kSchoolCalendar, kPolicy};

// The calendar of one school (or of an authority, where the school is empty) as known now.
struct KnownCalendar {
  std::shared_ptr<const Calendar> calendar;  // never null
  bool bank_holidays_known = false;
  bool term_dates_known = false;  // the authority's or the school's own
};

// An authority's profiles: the one adopted last, and those before it, the oldest first.
struct PolicyVersions {
  common::v1::PolicyProfile newest;
  std::vector<common::v1::PolicyProfile> earlier;
};
inline constexpr std::size_t kMostEarlierPolicies = 20;

class ReferenceData {
 public:
  // The store must outlive this.
  explicit ReferenceData(Store& store);

  // Keeps what the event says and answers true when it is reference data; false for any other
  // event. `changed_at`: when the alarm of what is kept is due; nullopt: it gets none (a rebuild).
  absl::StatusOr<bool> Receive(const registry::v1::RegistryEvent& event,
                               std::optional<absl::Time> changed_at);

  // `authority` is the one whose term dates count (the school's); `school` may be empty.
  // `stand_in` names the terms that these two do not; it may be empty.
  absl::StatusOr<KnownCalendar> LoadCalendar(std::string_view division,
                                             const AuthorityCode& authority,
                                             const SchoolUrn& school,
                                             const AuthorityCode& stand_in = AuthorityCode());
  // The profile adopted last; null while the authority has not adopted one.
  absl::StatusOr<std::shared_ptr<const common::v1::PolicyProfile>> LoadPolicy(
      const AuthorityCode& authority);
  // With those before it.
  absl::StatusOr<std::shared_ptr<const PolicyVersions>> LoadPolicyVersions(
      const AuthorityCode& authority);

  // Both, with one question to the store as long as neither has changed. `authority` looks after
  // the child, and its terms stand in; `school_authority` is the one whose term dates count. Each
  // may be empty.
  struct Known {
    KnownCalendar calendar;
    std::shared_ptr<const PolicyVersions> policies;
  };
  // While a part of the store is away, what was read last: a child on a node that lives does not
  // wait for the node that keeps the bank holidays.
  absl::StatusOr<Known> Load(std::string_view division, const AuthorityCode& school_authority,
                             const SchoolUrn& school, const AuthorityCode& authority);

 private:
  struct Kept {
    std::uint64_t revision = 0;  // 0: not known
    std::string bytes;
  };
  absl::StatusOr<Kept> LoadRecord(std::string_view kind, std::string_view id);
  // nullopt where one of the two was never read.
  std::optional<Known> LastKnown(std::string_view division, const AuthorityCode& school_authority,
                                 const SchoolUrn& school, const AuthorityCode& authority);

  // Division, authority, school, and the authority that stands in.
  using CalendarKey = std::tuple<std::string, std::string, std::string, std::string>;
  struct ParsedCalendar {
    std::vector<std::uint64_t> revisions;
    KnownCalendar known;
  };
  struct ParsedPolicy {
    std::uint64_t revision = 0;
    std::shared_ptr<const PolicyVersions> versions;
  };

  Store& store_;
  absl::Mutex mutex_;
  std::map<CalendarKey, ParsedCalendar> calendars_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, ParsedPolicy> policies_ ABSL_GUARDED_BY(mutex_);
};

// Stores `state` as the record {kind, id}, routed by `routing_id`, unless an event of the same
// source aggregate with this or a higher version was stored before. The one way to keep what
// another service said without saying an event oneself. `index` adds and removes are written with
// it. `fold` makes the new state from the old (nullopt: none) and may add index changes. With
// `changed_at` the record's own alarm becomes due then, also when the event that was stored last
// comes again: whoever was to spread it may have been cut off.
struct KeptChange {
  std::string state;
  std::vector<Commit::Index> index;
};
absl::Status KeepFromEvent(
    Store& store, std::string_view routing_id, const RecordKey& key,
    const common::v1::EventHeader& header,
    const std::function<absl::StatusOr<KeptChange>(const std::optional<std::string>&)>& fold,
    std::optional<absl::Time> changed_at = std::nullopt);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_REFERENCE_DATA_H_
