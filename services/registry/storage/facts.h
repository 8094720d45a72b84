// Gathers what the rules may know besides their own record: the time, calendars and profiles,
// schools, who is appointed. All of it is registry's own, so every answer is as it stands now.
// Threads: safe from any thread; blocks on the store. Errors: whatever the store answers.
#ifndef PEPLINE_SERVICES_REGISTRY_STORAGE_FACTS_H_
#define PEPLINE_SERVICES_REGISTRY_STORAGE_FACTS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/registry/storage/codec.h"
#include "shared/base/clock.h"
#include "shared/base/london.h"
#include "shared/domain/authorisation.h"
#include "shared/engine/execute.h"
#include "shared/engine/paging.h"
#include "shared/store/store.h"

namespace pepline::registry {

inline constexpr std::string_view kDivision = "england-and-wales";

class FactsLoader {
 public:
  FactsLoader(Store& store, const Clock& clock);

  Moment Now() const { return {clock_.Now(), London()}; }

  // The state of one aggregate; the initial one where there is none.
  template <class Codec>
  absl::StatusOr<typename Codec::Rules::State> Find(const std::string& id) const {
    auto state = Read<Codec>(store_, TargetOf<Codec>(id));
    if (!state.ok()) return state.status();
    return state->value_or(typename Codec::Rules::State());
  }

  // One page of the aggregates of a look-up list that `fits` lets through; see ReadListed.
  template <class Codec>
  absl::StatusOr<StatePage<typename Codec::Rules::State>> Page(
      const IndexEntry& entry, int page_size, std::string_view page_token,
      const std::function<absl::StatusOr<bool>(const typename Codec::Rules::State&)>& fits) const {
    return ReadListed<Codec>(store_, {entry}, &TargetOf<Codec>, page_size, page_token,
                             [&](const auto& state, const auto&) { return fits(state); });
  }

  // All aggregates of a look-up list, however many; see ForEachListed.
  template <class Codec>
  absl::Status VisitAll(
      const ListedRecords& from,
      const std::function<void(const typename Codec::Rules::State&)>& visit) const {
    return ForEachListed<Codec>(store_, from, &TargetOf<Codec>,
                                [&](const auto& state, const RecordStates&) {
                                  visit(state);
                                  return absl::OkStatus();
                                });
  }

  // What each machine needs for a command.
  absl::StatusOr<Moment> Load(const BankHolidaysState&, const BankHolidaysCommand&) const {
    return Now();
  }
  absl::StatusOr<Moment> Load(const TermDatesState&, const TermDatesCommand&) const {
    return Now();
  }
  absl::StatusOr<Moment> Load(const PolicyState&, const PolicyCommand&) const { return Now(); }
  absl::StatusOr<Moment> Load(const ImportLogState&, const ImportLogCommand&) const {
    return Now();
  }
  absl::StatusOr<SchoolCalendarFacts> Load(const SchoolCalendarState& state,
                                           const SchoolCalendarCommand& command) const;
  absl::StatusOr<SchoolFacts> Load(const SchoolState& state, const SchoolCommand& command) const;
  absl::StatusOr<StaffFacts> Load(const StaffState& state, const StaffCommand& command) const;
  absl::StatusOr<ChildFacts> Load(const ChildState& state, const ChildCommand& command) const;

  // The days of a school, or, where none is given, of an authority.
  absl::StatusOr<std::shared_ptr<const Calendar>> LoadCalendar(const AuthorityCode& authority,
                                                               const SchoolUrn& school) const;
  // The profile that is in force; null while there is none.
  absl::StatusOr<std::shared_ptr<const PolicyProfile>> ProfileOf(
      const AuthorityCode& authority) const;

  // Whose a child is and where the child is now, for authorisation.
  absl::StatusOr<Resource> ResourceOf(const ChildState& child) const;

  // Who holds the post today, or will; in the order of their ids. Each with name and address; what
  // is a record of one child says so (StaffState::child).
  absl::StatusOr<std::vector<StaffState>> HoldersOfPost(const Post& post) const;
  // The people whom this authority has in the post today, or will.
  absl::StatusOr<std::set<StaffId>> PeopleIn(const Post& post,
                                             const AuthorityCode& recorded_by) const;
  // Adds to each person what the person does and did for children.
  absl::Status AddChildrenOf(std::vector<StaffState>& people) const;

 private:
  // How many hold a post at an authority, or will: people of that authority alone, so their records
  // need not be read. Counts no further than to know that MostInRole is reached.
  absl::StatusOr<int> CountListed(const Post& post) const;
  absl::StatusOr<std::vector<TeacherAppointment>> LoadTeachers(const SchoolState& state) const;
  // Who looks after the children at the school once the command is carried out.
  absl::StatusOr<std::map<AuthorityCode, CaringAuthority>> LoadCaring(
      const SchoolState& state, const SchoolCommand& command) const;

  Store& store_;
  const Clock& clock_;
};

// What every command brings along: its facts. Both must outlive what is made.
template <class Codec>
Inputs<Codec> InputsFor(const FactsLoader& facts, const typename Codec::Rules::Command& command) {
  return {.facts = [&facts, &command](const typename Codec::Rules::State& state,
                                      const RecordStates&) { return facts.Load(state, command); }};
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_STORAGE_FACTS_H_
