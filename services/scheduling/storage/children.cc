#include "services/scheduling/storage/children.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/facts.h"
#include "shared/domain/calendar.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"

namespace pepline::scheduling {
namespace {

using registry::v1::RegistryEvent;

std::vector<Commit::Index> IndexChanges(const std::optional<ChildFacts>& before,
                                        const ChildFacts& after, const std::string& member) {
  std::vector<Commit::Index> changes;
  const std::vector<IndexEntry> old = before ? IndexOf(*before) : std::vector<IndexEntry>();
  const std::vector<IndexEntry> now = IndexOf(after);
  for (const IndexEntry& entry : now) {
    if (!std::binary_search(old.begin(), old.end(), entry))
      changes.push_back({entry, member, true});
  }
  for (const IndexEntry& entry : old) {
    if (!std::binary_search(now.begin(), now.end(), entry))
      changes.push_back({entry, member, false});
  }
  return changes;
}

constexpr int kAdultAge = 18;

// A school that the child comes to is another than the one that was corrected.
void ForgetCorrections(ChildFacts& child) {
  child.school_corrected = child.move_taken_back = false;
  child.wrong_moves.clear();
}

// The same for what puts right what was said before.
bool LearnCorrection(const RegistryEvent& event, absl::Time recorded_at, ChildFacts& child) {
  if (event.has_care_start_corrected()) {
    const auto& emitted = event.care_start_corrected();
    const auto old_day = ParseDate(emitted.old_became_looked_after_on());
    const auto day = ParseDate(emitted.became_looked_after_on());
    if (!old_day || !day) return false;
    // A deadline that ran without a PEP still counts from when care was first put on record.
    child.earlier_care_starts.push_back(*old_day);
    child.care_started_on = *day;
  } else if (event.has_care_end_corrected()) {
    const auto& emitted = event.care_end_corrected();
    child.ceased_on = ParseDate(emitted.ceased_on());
    if (emitted.ceased_on().empty() == child.ceased_on.has_value()) return false;
    child.in_care = emitted.ceased_on().empty();
    if (child.in_care) child.care_recorded_at = recorded_at;
  } else if (event.has_enrolment_corrected()) {
    const auto& emitted = event.enrolment_corrected();
    const auto old_day = ParseDate(emitted.old_enrolled_on());
    const auto day = ParseDate(emitted.enrolled_on());
    if (!old_day || !day) return false;
    child.school = SchoolUrn(emitted.school_urn());
    child.school_authority = AuthorityCode(emitted.school_authority_code());
    child.school_recorded_at = recorded_at;
    child.school_corrected = true;
    const bool of_move = child.moved_on == old_day;
    if (of_move && (day != old_day || emitted.move_taken_back()))
      child.wrong_moves.push_back(*old_day);
    if (emitted.move_taken_back()) {
      child.moved_on = emitted.by_move() ? day : std::nullopt;
      child.move_taken_back = true;
    } else if (of_move) {
      child.moved_on = *day;
    }
  }
  return true;
}

// What one event of the child changes in what is known. False: a date cannot be read.
bool Learn(const RegistryEvent& event, absl::Time recorded_at, ChildFacts& child) {
  if (event.has_child_became_looked_after()) {
    const auto& emitted = event.child_became_looked_after();
    auto day = ParseDate(emitted.became_looked_after_on());
    if (!day || emitted.authority_code().empty()) return false;
    const AuthorityCode authority(emitted.authority_code());
    // Said once more in the same care where a PEP becomes due by age.
    const bool goes_on =
        child.in_care && child.care_started_on == *day && child.authority == authority;
    if (!goes_on) {
      child.care_recorded_at = recorded_at;
      child.earlier_care_starts.clear();
    }
    if (!goes_on || !child.pep_required) child.pep_required_at = recorded_at;
    child.authority = authority;
    child.in_care = true;
    child.care_started_on = *day;
    child.pep_required = emitted.pep_required();
    // The day of an age that is known gives that of another.
    if (const auto of_age = ParseDate(emitted.sdq_from()); of_age && emitted.sdq_from_age() > 0) {
      child.adult_on = absl::CivilDay(of_age->year() + kAdultAge - emitted.sdq_from_age(),
                                      of_age->month(), of_age->day());
    }
    // It was required since care was put on record, by what was wrong until now.
    if (emitted.pep_required_corrected()) child.pep_required_at = child.care_recorded_at;
    child.ceased_on.reset();
  } else if (event.has_child_enrolled()) {
    const auto& emitted = event.child_enrolled();
    child.school = SchoolUrn(emitted.school_urn());
    child.school_authority = AuthorityCode(emitted.school_authority_code());
    child.school_recorded_at = recorded_at;
    ForgetCorrections(child);
  } else if (event.has_child_moved_school()) {
    const auto& emitted = event.child_moved_school();
    auto day = ParseDate(emitted.moved_on());
    if (!day) return false;
    child.school = SchoolUrn(emitted.to_school_urn());
    child.school_authority = AuthorityCode(emitted.to_school_authority_code());
    child.moved_on = *day;
    child.school_recorded_at = recorded_at;
    ForgetCorrections(child);
  } else if (event.has_school_of_child_moved_authority()) {
    const auto& emitted = event.school_of_child_moved_authority();
    // One that the child has left meanwhile is passed over.
    if (child.school == SchoolUrn(emitted.school_urn())) {
      child.school_authority = AuthorityCode(emitted.school_authority_code());
    }
  } else if (event.has_school_of_child_succeeded()) {
    const auto& emitted = event.school_of_child_succeeded();
    // One that the child has left meanwhile is passed over.
    if (child.school == SchoolUrn(emitted.from_school_urn())) {
      child.school = SchoolUrn(emitted.to_school_urn());
      child.school_authority = AuthorityCode(emitted.to_school_authority_code());
      child.school_corrected = true;  // the PEP follows, and nothing counts from a move
    }
  } else if (event.has_child_ceased_to_be_looked_after()) {
    auto day = ParseDate(event.child_ceased_to_be_looked_after().ceased_on());
    if (!day) return false;
    child.ceased_on = *day;
    child.in_care = false;
    child.care_recorded_at = recorded_at;
  } else {
    return LearnCorrection(event, recorded_at, child);
  }
  return true;
}

}  // namespace

std::vector<IndexEntry> IndexOf(const ChildFacts& child) {
  std::vector<IndexEntry> entries{AllChildren()};
  if (!child.in_care) entries.push_back(ChildrenAtRest());
  if (!child.authority.empty()) entries.push_back(ChildrenOfAuthority(child.authority.text()));
  if (!child.school.empty()) entries.push_back(ChildrenAtSchool(child.school.text()));
  if (!child.school_authority.empty() && child.school_authority != child.authority) {
    entries.push_back(ChildrenOfAuthority(child.school_authority.text()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::string ChildIn(const RegistryEvent& event) {
  if (event.has_child_became_looked_after()) return event.child_became_looked_after().child_id();
  if (event.has_child_enrolled()) return event.child_enrolled().child_id();
  if (event.has_child_moved_school()) return event.child_moved_school().child_id();
  if (event.has_school_of_child_moved_authority()) {
    return event.school_of_child_moved_authority().child_id();
  }
  if (event.has_school_of_child_succeeded()) return event.school_of_child_succeeded().child_id();
  if (event.has_child_ceased_to_be_looked_after()) {
    return event.child_ceased_to_be_looked_after().child_id();
  }
  if (event.has_care_start_corrected()) return event.care_start_corrected().child_id();
  if (event.has_care_end_corrected()) return event.care_end_corrected().child_id();
  if (event.has_enrolment_corrected()) return event.enrolment_corrected().child_id();
  return "";
}

absl::Status KeepChild(Store& store, const std::string& child_id, const RegistryEvent& event) {
  auto recorded_at = FromTimestamp(event.header().occurred_at());
  if (child_id.empty() || !recorded_at) return EventNotReadable();
  return KeepFromEvent(
      store, child_id, {std::string(kChildKind), child_id}, event.header(),
      [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
        std::optional<ChildFacts> before;
        if (bytes) {
          auto decoded = DecodeChild(*bytes);
          if (!decoded.ok()) return decoded.status();
          before = *std::move(decoded);
        }
        ChildFacts after = before.value_or(ChildFacts());
        if (!Learn(event, *recorded_at, after)) return EventNotReadable();
        return KeptChange{EncodeChild(after), IndexChanges(before, after, child_id)};
      });
}

}  // namespace pepline::scheduling
