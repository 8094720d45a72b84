#include "shared/projections/reference_data.h"

#include <set>
#include <utility>

#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "pepline/runtime/v1/kept_policy.pb.h"
#include "shared/base/london.h"

namespace pepline {
namespace {

using registry::v1::RegistryEvent;

constexpr int kMaxAttempts = 10;
// A council has some hundred schools; far above it the cache starts anew instead of growing on.
constexpr std::size_t kMaxParsed = 10000;

absl::StatusOr<std::set<absl::CivilDay>> ParseDays(
    const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::set<absl::CivilDay> days;
  for (const std::string& text : texts) {
    auto day = ParseDate(text);
    if (!day) return absl::InvalidArgumentError("a day of the event is not an ISO 8601 date");
    days.insert(*day);
  }
  return days;
}

absl::StatusOr<std::vector<TermPart>> ParseTerms(
    const google::protobuf::RepeatedPtrField<common::v1::SchoolTermPart>& terms) {
  std::vector<TermPart> parts;
  for (const auto& term : terms) {
    auto name = ParseTerm(term.term());
    auto first = ParseDate(term.first_day());
    auto last = ParseDate(term.last_day());
    if (!name || !first || !last || *last < *first) {
      return absl::InvalidArgumentError("a term of the event has no name or no right dates");
    }
    parts.push_back({term.academic_year(), *name, term.part(), *first, *last, term.provisional()});
  }
  return parts;
}

// Whose terms stand in for those of the school's authority, where that is another one.
AuthorityCode StandInFor(const AuthorityCode& school_authority, const AuthorityCode& authority) {
  return authority == school_authority ? AuthorityCode() : authority;
}

absl::Status Keep(Store& store, std::string_view kind, const std::string& id,
                  const common::v1::EventHeader& header, const google::protobuf::Message& message,
                  std::optional<absl::Time> changed_at) {
  if (id.empty()) return absl::InvalidArgumentError("the event does not say whose it is");
  return KeepFromEvent(
      store, id, {std::string(kind), id}, header,
      [&message](const std::optional<std::string>&) {
        return KeptChange{message.SerializeAsString(), {}};
      },
      changed_at);
}

// What is kept is the newest profile's bytes and after them those of the ones before it: together
// they are a KeptPolicy, and a PolicyProfile with a field that nobody knows.
absl::StatusOr<PolicyVersions> ParseKept(const std::string& bytes) {
  PolicyVersions versions;
  runtime::v1::KeptPolicy before;
  if (!versions.newest.ParseFromString(bytes) || !before.ParseFromString(bytes)) {
    return absl::DataLossError("a stored policy profile cannot be read; see `pepctl rebuild`");
  }
  versions.newest.GetReflection()
      ->MutableUnknownFields(&versions.newest)
      ->DeleteByNumber(runtime::v1::KeptPolicy::kEarlierFieldNumber);
  versions.earlier.assign(before.earlier().begin(), before.earlier().end());
  return versions;
}

absl::StatusOr<KeptChange> AddPolicy(const common::v1::PolicyProfile& profile,
                                     const std::optional<std::string>& kept) {
  runtime::v1::KeptPolicy before;
  if (kept) {
    auto versions = ParseKept(*kept);
    if (!versions.ok()) return versions.status();
    // Later profiles have no earlier days of effect.
    if (versions->newest.effective_on() != profile.effective_on()) {
      versions->earlier.push_back(std::move(versions->newest));
    }
    const std::size_t over = versions->earlier.size() > kMostEarlierPolicies
                                 ? versions->earlier.size() - kMostEarlierPolicies
                                 : 0;
    for (std::size_t i = over; i < versions->earlier.size(); ++i) {
      *before.add_earlier() = std::move(versions->earlier[i]);
    }
  }
  return KeptChange{profile.SerializeAsString() + before.SerializeAsString(), {}};
}

}  // namespace

absl::Status KeepFromEvent(
    Store& store, std::string_view routing_id, const RecordKey& key,
    const common::v1::EventHeader& header,
    const std::function<absl::StatusOr<KeptChange>(const std::optional<std::string>&)>& fold,
    std::optional<absl::Time> changed_at) {
  if (header.aggregate_id().empty()) {
    return absl::InvalidArgumentError("the event has no header and cannot be told from others");
  }
  const int partition = PartitionOf(routing_id, store.partitions());
  for (int attempt = 1;; ++attempt) {
    auto loaded = store.Load(partition, {key}, "");
    if (!loaded.ok()) return loaded.status();
    const auto& stored = loaded->records.front();
    runtime::v1::AggregateRecord record;
    if (stored && !record.ParseFromString(stored->bytes)) {
      return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
    }
    std::uint64_t& processed = (*record.mutable_marks())[header.aggregate_id()];
    const bool repeated = stored && processed == header.aggregate_version();
    if (stored && processed >= header.aggregate_version() && !(repeated && changed_at)) {
      return absl::OkStatus();
    }
    Commit commit{.partition = partition};
    Commit::Write write{
        .key = key, .expected_revision = stored ? stored->revision : 0, .bytes = std::nullopt};
    if (!repeated) {
      processed = header.aggregate_version();
      auto change = fold(stored ? std::optional(record.state()) : std::nullopt);
      if (!change.ok()) return change.status();
      record.set_state(std::move(change->state));
      write.bytes = record.SerializeAsString();
      commit.index = std::move(change->index);
    }
    commit.writes.push_back(std::move(write));
    if (changed_at) commit.alarms.push_back({.key = key, .at = changed_at, .anew = true});
    auto applied = store.Apply(commit);
    if (absl::IsAborted(applied.status()) && attempt < kMaxAttempts) continue;
    return applied.status();
  }
}

ReferenceData::ReferenceData(Store& store) : store_(store) {}

absl::StatusOr<bool> ReferenceData::Receive(const RegistryEvent& event,
                                            std::optional<absl::Time> changed_at) {
  absl::Status status;
  switch (event.event_case()) {
    case RegistryEvent::kBankHolidaysPublished: {
      const auto& emitted = event.bank_holidays_published();
      if (auto days = ParseDays(emitted.days()); !days.ok()) return days.status();
      status = Keep(store_, kBankHolidays, emitted.division(), event.header(), emitted, changed_at);
      break;
    }
    case RegistryEvent::kTermDatesPublished: {
      const auto& emitted = event.term_dates_published();
      if (auto terms = ParseTerms(emitted.terms()); !terms.ok()) return terms.status();
      status =
          Keep(store_, kTermDates, emitted.authority_code(), event.header(), emitted, changed_at);
      break;
    }
    case RegistryEvent::kSchoolCalendarPublished: {
      const auto& emitted = event.school_calendar_published();
      if (auto days = ParseDays(emitted.closed_days()); !days.ok()) return days.status();
      if (auto terms = ParseTerms(emitted.terms()); !terms.ok()) return terms.status();
      status =
          Keep(store_, kSchoolCalendar, emitted.school_urn(), event.header(), emitted, changed_at);
      break;
    }
    case RegistryEvent::kPolicyProfileAdopted: {
      const auto& emitted = event.policy_profile_adopted().profile();
      if (emitted.authority_code().empty()) {
        return absl::InvalidArgumentError("the event does not say whose it is");
      }
      status = KeepFromEvent(
          store_, emitted.authority_code(), {std::string(kPolicy), emitted.authority_code()},
          event.header(),
          [&emitted](const std::optional<std::string>& kept) { return AddPolicy(emitted, kept); },
          changed_at);
      break;
    }
    case RegistryEvent::kSchoolRegistered:
    case RegistryEvent::kSchoolClosed:
    case RegistryEvent::kSchoolMovedAuthority:
    case RegistryEvent::kSchoolSucceeded:
    case RegistryEvent::kSchoolOfChildMovedAuthority:
    case RegistryEvent::kSchoolOfChildSucceeded:
    case RegistryEvent::kDesignatedTeacherAppointed:
    case RegistryEvent::kDesignatedTeacherVacancyBegan:
    case RegistryEvent::kDesignatedTeacherVacancyEnded:
    case RegistryEvent::kStaffAppointed:
    case RegistryEvent::kAppointmentEnded:
    case RegistryEvent::kAppointmentCorrected:
    case RegistryEvent::kChildBecameLookedAfter:
    case RegistryEvent::kChildEnrolled:
    case RegistryEvent::kChildMovedSchool:
    case RegistryEvent::kChildCeasedToBeLookedAfter:
    case RegistryEvent::kCareStartCorrected:
    case RegistryEvent::kCareEndCorrected:
    case RegistryEvent::kEnrolmentCorrected:
    case RegistryEvent::EVENT_NOT_SET:
      return false;
  }
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<ReferenceData::Kept> ReferenceData::LoadRecord(std::string_view kind,
                                                              std::string_view id) {
  if (id.empty()) return Kept{};
  auto loaded =
      store_.Load(PartitionOf(id, store_.partitions()), {{std::string(kind), std::string(id)}}, "");
  if (!loaded.ok()) return loaded.status();
  const auto& stored = loaded->records.front();
  if (!stored) return Kept{};
  runtime::v1::AggregateRecord record;
  if (!record.ParseFromString(stored->bytes)) {
    return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
  }
  return Kept{stored->revision, std::move(*record.mutable_state())};
}

absl::StatusOr<ReferenceData::Known> ReferenceData::Load(std::string_view division,
                                                         const AuthorityCode& school_authority,
                                                         const SchoolUrn& school,
                                                         const AuthorityCode& authority) {
  const auto place = [this](std::string_view kind, std::string_view id) {
    return Store::Place{PartitionOf(id, store_.partitions()), {std::string(kind), std::string(id)}};
  };
  const AuthorityCode stand_in = StandInFor(school_authority, authority);
  // A record without an id was never written, so its revision is 0 here as it is in LoadRecord.
  std::vector<Store::Place> places = {
      place(kBankHolidays, division), place(kTermDates, school_authority.text()),
      place(kSchoolCalendar, school.text()), place(kPolicy, authority.text())};
  if (!stand_in.empty()) places.insert(places.end() - 1, place(kTermDates, stand_in.text()));
  auto revisions = store_.Revisions(places);
  if (absl::IsUnavailable(revisions.status())) {
    // One of them lies on a node that is away. What was read last is what is there: a fact
    // changes only by a commit to that node, and then its alarm has everybody look again.
    if (auto last = LastKnown(division, school_authority, school, authority)) return *last;
  }
  if (!revisions.ok()) return revisions.status();
  const std::uint64_t policy_revision = revisions->back();
  revisions->pop_back();
  std::optional<KnownCalendar> calendar;
  std::shared_ptr<const PolicyVersions> policies;
  {
    absl::MutexLock lock(&mutex_);
    const auto parsed = calendars_.find(
        {std::string(division), school_authority.text(), school.text(), stand_in.text()});
    if (parsed != calendars_.end() && parsed->second.revisions == *revisions) {
      calendar = parsed->second.known;
    }
    const auto profile = policies_.find(authority.text());
    if (profile != policies_.end() && profile->second.revision == policy_revision) {
      policies = profile->second.versions;
    }
  }
  if (!calendar) {
    auto loaded = LoadCalendar(division, school_authority, school, stand_in);
    if (!loaded.ok()) return loaded.status();
    calendar = *std::move(loaded);
  }
  if (!policies && policy_revision > 0) {
    auto loaded = LoadPolicyVersions(authority);
    if (!loaded.ok()) return loaded.status();
    policies = *std::move(loaded);
  }
  return Known{*std::move(calendar), std::move(policies)};
}

std::optional<ReferenceData::Known> ReferenceData::LastKnown(std::string_view division,
                                                             const AuthorityCode& school_authority,
                                                             const SchoolUrn& school,
                                                             const AuthorityCode& authority) {
  const AuthorityCode stand_in = StandInFor(school_authority, authority);
  absl::MutexLock lock(&mutex_);
  const auto calendar = calendars_.find(
      {std::string(division), school_authority.text(), school.text(), stand_in.text()});
  const auto policy = policies_.find(authority.text());
  if (calendar == calendars_.end() || policy == policies_.end()) return std::nullopt;
  return Known{calendar->second.known, policy->second.versions};
}

absl::StatusOr<KnownCalendar> ReferenceData::LoadCalendar(std::string_view division,
                                                          const AuthorityCode& authority,
                                                          const SchoolUrn& school,
                                                          const AuthorityCode& stand_in) {
  auto holidays = LoadRecord(kBankHolidays, division);
  if (!holidays.ok()) return holidays.status();
  auto terms = LoadRecord(kTermDates, authority.text());
  if (!terms.ok()) return terms.status();
  auto overlay = LoadRecord(kSchoolCalendar, school.text());
  if (!overlay.ok()) return overlay.status();

  const CalendarKey key{division, authority.text(), school.text(), stand_in.text()};
  std::vector<std::uint64_t> revisions{holidays->revision, terms->revision, overlay->revision};
  Kept others;
  if (!stand_in.empty()) {
    auto loaded = LoadRecord(kTermDates, stand_in.text());
    if (!loaded.ok()) return loaded.status();
    others = *std::move(loaded);
    revisions.push_back(others.revision);
  }
  {
    absl::MutexLock lock(&mutex_);
    auto found = calendars_.find(key);
    if (found != calendars_.end() && found->second.revisions == revisions) {
      return found->second.known;
    }
  }

  registry::v1::BankHolidaysPublished said_holidays;
  registry::v1::TermDatesPublished said_terms, said_others;
  registry::v1::SchoolCalendarPublished said_overlay;
  if (!said_holidays.ParseFromString(holidays->bytes) ||
      !said_terms.ParseFromString(terms->bytes) || !said_overlay.ParseFromString(overlay->bytes) ||
      !said_others.ParseFromString(others.bytes)) {
    return absl::DataLossError("stored reference data cannot be read; see `pepctl rebuild`");
  }
  auto days = ParseDays(said_holidays.days());
  auto authority_terms = ParseTerms(said_terms.terms());
  auto school_terms = ParseTerms(said_overlay.terms());
  auto closed = ParseDays(said_overlay.closed_days());
  auto other_terms = ParseTerms(said_others.terms());
  if (!days.ok() || !authority_terms.ok() || !school_terms.ok() || !closed.ok() ||
      !other_terms.ok()) {
    return absl::DataLossError("stored reference data cannot be read; see `pepctl rebuild`");
  }
  KnownCalendar known;
  known.bank_holidays_known = holidays->revision > 0;
  known.term_dates_known = !authority_terms->empty() || !school_terms->empty();
  known.calendar = std::make_shared<const Calendar>(
      London(), *std::move(days), *std::move(authority_terms), *std::move(school_terms),
      *std::move(closed), *std::move(other_terms));
  absl::MutexLock lock(&mutex_);
  if (calendars_.size() >= kMaxParsed) calendars_.clear();
  calendars_[key] = {revisions, known};
  return known;
}

absl::StatusOr<std::shared_ptr<const common::v1::PolicyProfile>> ReferenceData::LoadPolicy(
    const AuthorityCode& authority) {
  auto versions = LoadPolicyVersions(authority);
  if (!versions.ok()) return versions.status();
  if (!*versions) return std::shared_ptr<const common::v1::PolicyProfile>();
  return std::shared_ptr<const common::v1::PolicyProfile>(*versions, &(*versions)->newest);
}

absl::StatusOr<std::shared_ptr<const PolicyVersions>> ReferenceData::LoadPolicyVersions(
    const AuthorityCode& authority) {
  using Answer = std::shared_ptr<const PolicyVersions>;
  auto kept = LoadRecord(kPolicy, authority.text());
  if (!kept.ok()) return kept.status();
  if (kept->revision == 0) return Answer();
  {
    absl::MutexLock lock(&mutex_);
    auto found = policies_.find(authority.text());
    if (found != policies_.end() && found->second.revision == kept->revision) {
      return found->second.versions;
    }
  }
  auto parsed = ParseKept(kept->bytes);
  if (!parsed.ok()) return parsed.status();
  const auto versions = std::make_shared<const PolicyVersions>(*std::move(parsed));
  absl::MutexLock lock(&mutex_);
  if (policies_.size() >= kMaxParsed) policies_.clear();
  policies_[authority.text()] = {kept->revision, versions};
  return Answer(versions);
}

}  // namespace pepline
