// Imports of staff and children.
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/registry/import/importer.h"
#include "shared/domain/field_list.h"

namespace pepline::registry {
namespace {

// Who looks after a child's case, by the column of the file.
struct TeamColumn {
  StaffRole role;
  std::string imports::ChildRow::*own_id;
  const char* column;
};
constexpr std::array<TeamColumn, 3> kTeam = {
    {{StaffRole::kVirtualSchoolCaseworker, &imports::ChildRow::caseworker_own_id,
      "caseworker_own_id"},
     {StaffRole::kSocialWorker, &imports::ChildRow::social_worker_own_id, "social_worker_own_id"},
     {StaffRole::kIndependentReviewingOfficer, &imports::ChildRow::iro_own_id, "iro_own_id"}}};

RecordChild ToCommand(const imports::ChildRow& row, const ChildId& child,
                      const AuthorityCode& authority) {
  RecordChild record{{child, authority, row.own_id, row.given_name, row.family_name,
                      row.date_of_birth, row.upn, row.location_restricted},
                     std::nullopt,
                     std::nullopt,
                     std::nullopt};
  if (row.became_looked_after_on) {
    record.started =
        RecordCareStarted{*row.became_looked_after_on, KnownEnum<LegalStatus>(row.legal_status)};
  }
  if (row.ceased_on) {
    record.ceased =
        RecordCareCeased{*row.ceased_on, KnownEnum<CareCeasedReason>(row.ceased_reason)};
  }
  if (!row.school_urn.empty()) {
    record.school = EnrolChild{SchoolUrn(row.school_urn), row.enrolled_on};
  }
  return record;
}

const Appointment* HeldOn(const StaffState& staff, const Post& post, absl::CivilDay day) {
  for (const Appointment& one : staff.appointments) {
    if (one.post == post && one.InForceOn(day)) return &one;
  }
  return nullptr;
}

// A file may close or move the PEPs of so many children, or of a tenth of them, without a word.
constexpr int kFewPepChanges = 10;
constexpr int kShareOfPepChanges = 10;

using People = std::map<std::string, StaffState>;  // by id

// The records of persons, each read once.
absl::StatusOr<People> FindPeople(const FactsLoader& facts, WorkerPool& pool,
                                  const Importer::Job& job, const std::set<std::string>& ids) {
  const std::vector<std::string> order(ids.begin(), ids.end());
  std::vector<StaffState> states(order.size());
  absl::Status status = ForEach(
      pool, order.size(),
      [&](std::size_t i) {
        auto state = facts.Find<StaffCodec>(order[i]);
        if (!state.ok()) return state.status();
        states[i] = *std::move(state);
        return absl::OkStatus();
      },
      job.given_up);
  if (!status.ok()) return status;
  People people;
  for (std::size_t i = 0; i < order.size(); ++i) people.emplace(order[i], std::move(states[i]));
  return people;
}

// Commands by the records that they are for.
struct StaffWork {
  std::map<std::string, Item<StaffCodec>> people;
  std::map<std::string, Item<StaffOfChildCodec>> of_children;

  void AddToPerson(const StaffId& staff, int row, std::vector<StaffCommand> commands) {
    Add(people, staff.text(), row, std::move(commands));
  }
  void AddOfChild(const StaffId& staff, const ChildId& child, int row, StaffCommand command) {
    Add(of_children, StaffOfChildCodec::IdOf(staff, child), row, {std::move(command)});
  }

  template <class Codec>
  static void Add(std::map<std::string, Item<Codec>>& items, const std::string& id, int row,
                  std::vector<StaffCommand> commands) {
    Item<Codec>& item = items[id];
    item.id = id;
    item.rows.push_back({row, std::move(commands)});
  }
};

template <class Key, class Value>
std::vector<Value> Listed(std::map<Key, Value>& items) {
  std::vector<Value> listed;
  listed.reserve(items.size());
  for (auto& [id, item] : items) listed.push_back(std::move(item));
  return listed;
}

// Checks items; those that have nothing to do go. A row that is in several items comes to the most
// of what it comes to in each.
template <class Codec>
absl::Status CheckRows(const FactsLoader& facts, WorkerPool& pool, const Importer::Job& job,
                       std::vector<Item<Codec>>& items, std::map<int, RowOutcome>& outcomes,
                       std::vector<imports::RowError>& errors) {
  auto checks = CheckItems(facts, pool, items, job.given_up);
  if (!checks.ok()) return checks.status();
  std::vector<Item<Codec>> to_do;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Checked& checked = (*checks)[i];
    for (std::size_t row = 0; row < checked.outcomes.size(); ++row) {
      RowOutcome& outcome = outcomes[items[i].rows[row].row];  // unchanged at first
      outcome = std::max(outcome, checked.outcomes[row]);
    }
    std::ranges::move(checked.errors, std::back_inserter(errors));
    if (checked.anything()) to_do.push_back(std::move(items[i]));
  }
  items = std::move(to_do);
  return absl::OkStatus();
}

// One person whom a file brings into a post that is no child's.
struct Newcomer {
  int row;
  StaffId staff;
};
struct PostInFile {
  Post post;
  std::vector<Newcomer> newcomers;  // in the order of the file
};

// Each row is checked by itself against what is on record; these are the people for whom there is
// no room because of others in the same file.
absl::Status CheckRoom(const FactsLoader& facts, WorkerPool& pool, const Importer::Job& job,
                       const AuthorityCode& authority, std::vector<PostInFile> posts,
                       std::vector<imports::RowError>& errors) {
  // Of one person alone the rules say all there is to say.
  std::erase_if(posts, [](const PostInFile& one) { return one.newcomers.size() < 2; });
  std::vector<std::vector<imports::RowError>> found(posts.size());
  absl::Status status = ForEach(
      pool, posts.size(),
      [&](std::size_t i) {
        auto people = facts.PeopleIn(posts[i].post, authority);
        if (!people.ok()) return people.status();
        const auto most = static_cast<std::size_t>(MostInRole(posts[i].post));
        // Where there is no room for anybody, the rules say so of every row.
        if (people->size() >= most) return absl::OkStatus();
        for (const Newcomer& one : posts[i].newcomers) {
          if (people->contains(one.staff)) continue;
          if (people->size() < most) {
            people->insert(one.staff);
            continue;
          }
          found[i].push_back({one.row, "role",
                              absl::StrCat("with the rows above, more than ", most,
                                           " people would be in this role at this place, which is "
                                           "the most; end the appointments of those who have left "
                                           "it, or leave out whom it does not have")});
        }
        return absl::OkStatus();
      },
      job.given_up);
  for (auto& one : found) std::ranges::move(one, std::back_inserter(errors));
  return status;
}

}  // namespace

absl::StatusOr<v1::ImportResponse> Importer::ImportStaff(const Job& job) const {
  const auto parsed = imports::ParseStaff(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const AuthorityCode authority(job.options.authority_code());
  std::set<std::string> ids;
  for (const imports::StaffRow& row : parsed.rows) {
    if (!row.child_own_id.empty()) ids.insert(ids_.OfStaff(authority, row.own_id).text());
  }
  auto known = FindPeople(facts_, pool_, job, ids);
  if (!known.ok()) return known.status();
  StaffWork work;
  std::map<IndexEntry, PostInFile> posts;
  const absl::CivilDay today = facts_.Now().today();
  for (const imports::StaffRow& row : parsed.rows) {
    const auto role = KnownEnum<StaffRole>(row.role);
    if (!role) {
      AddErrors({{row.row, "role", "name a role of the list"}}, 1, response);
      continue;
    }
    const StaffId staff = ids_.OfStaff(authority, row.own_id);
    const RecordStaff record{{staff, authority, row.own_id, row.name, row.email}};
    AppointStaff appoint{{*role, SchoolUrn(row.school_urn), AuthorityCode(row.authority_code), {}},
                         row.from_on,
                         row.until_on};
    if (!row.child_own_id.empty()) appoint.post.child = ids_.OfChild(authority, row.child_own_id);
    if (appoint.post.child.empty() && row.until_on.value_or(today) >= today) {
      PostInFile& post = posts[HoldersOf(appoint.post)];
      post.post = appoint.post;
      post.newcomers.push_back({row.row, staff});
    }
    const ChildId child = appoint.post.child;
    if (child.empty() || known->at(staff.text()).HoldsFor(child)) {
      work.AddToPerson(staff, row.row, {record, std::move(appoint)});
      continue;
    }
    // All rows of a person say the same of the person (parse/staff.cc).
    if (!work.people.contains(staff.text())) work.AddToPerson(staff, row.row, {record});
    appoint.of_child = StaffOfChild{staff, authority};
    work.AddOfChild(staff, child, row.row, std::move(appoint));
  }
  std::vector<Item<StaffCodec>> people = Listed(work.people);
  std::vector<Item<StaffOfChildCodec>> of_children = Listed(work.of_children);
  std::map<int, RowOutcome> outcomes;
  std::vector<imports::RowError> errors;
  absl::Status checked = CheckRoom(facts_, pool_, job, authority, Listed(posts), errors);
  if (checked.ok()) checked = CheckRows(facts_, pool_, job, people, outcomes, errors);
  if (checked.ok()) checked = CheckRows(facts_, pool_, job, of_children, outcomes, errors);
  if (!checked.ok()) return checked;
  for (const auto& [row, outcome] : outcomes) AddOutcome(outcome, response);
  const int total = static_cast<int>(errors.size());
  AddErrors(std::move(errors), total, response);
  if (EndsHere(job, response)) return response;
  if (absl::Status status = HandleAll(job, people); !status.ok()) return status;
  if (absl::Status status = HandleAll(job, of_children); !status.ok()) return status;
  return response;
}

absl::StatusOr<std::vector<imports::RowError>> Importer::UnexpectedPepChanges(const Job& job,
                                                                              int changes) const {
  const int expected = job.options.expected_pep_changes();
  std::vector<imports::RowError> errors;
  if (changes == expected) return errors;
  if (expected != 0) {
    errors.push_back({0, "",
                      absl::StrCat("by this file the PEPs of ", changes,
                                   " children close or move, ", "and ", expected,
                                   " were expected; see what differs, and give "
                                   "the number that is meant (expected_pep_changes, --expect)")});
    return errors;
  }
  if (changes <= kFewPepChanges) return errors;
  auto in_care = CountChildrenWithPep(AuthorityCode(job.options.authority_code()));
  if (!in_care.ok()) return in_care.status();
  if (changes * kShareOfPepChanges <= *in_care) return errors;
  errors.push_back({0, "",
                    absl::StrCat("by this file the PEPs of ", changes, " of ", *in_care,
                                 " children close or move, since their care ends or they are at "
                                 "another school, which is more than a tenth; see that it is the "
                                 "right file, and import it again with expected_pep_changes "
                                 "(--expect ",
                                 changes, ") if that is meant")});
  return errors;
}

absl::StatusOr<int> Importer::CountChildrenWithPep(const AuthorityCode& authority) const {
  int count = 0;
  const absl::Status read = facts_.VisitAll<ChildCodec>(
      {ChildrenOf(authority)}, [&](const ChildState& child) { count += NeedsPep(child) ? 1 : 0; });
  if (!read.ok()) return read;
  return count;
}

absl::StatusOr<v1::ImportResponse> Importer::ImportChildren(const Job& job) const {
  const auto parsed = imports::ParseChildren(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const AuthorityCode authority(job.options.authority_code());
  const absl::CivilDay today = facts_.Now().today();

  // What each row comes to: the child's record, and changes of who looks after the case.
  struct TeamChange {
    StaffId staff;
    bool of_child;  // of the record of this child, else of the person's own
    StaffCommand command;
  };
  struct Row {
    Item<ChildCodec> child;
    Checked checked;
    std::vector<TeamChange> team;
  };
  std::set<std::string> ids;
  for (const imports::ChildRow& in : parsed.rows) {
    for (const TeamColumn& column : kTeam) {
      if (!(in.*column.own_id).empty()) {
        ids.insert(ids_.OfStaff(authority, in.*column.own_id).text());
      }
    }
  }
  auto people = FindPeople(facts_, pool_, job, ids);
  if (!people.ok()) return people.status();
  std::vector<Row> rows(parsed.rows.size());
  const auto check = [&](std::size_t i) -> absl::Status {
    const imports::ChildRow& in = parsed.rows[i];
    Row& row = rows[i];
    const ChildId child = ids_.OfChild(authority, in.own_id);
    row.child = {child.text(), {{in.row, {ToCommand(in, child, authority)}}}};
    auto checked = CheckItem<ChildCodec>(facts_, row.child);
    if (!checked.ok()) return checked.status();
    row.checked = *std::move(checked);
    if (in.ceased_on) return absl::OkStatus();
    const bool is_new = row.checked.outcomes.front() == RowOutcome::kCreated;
    for (const TeamColumn& column : kTeam) {
      const std::string& own_id = in.*column.own_id;
      if (own_id.empty()) continue;
      const StaffId staff_id = ids_.OfStaff(authority, own_id);
      const StaffState& person = people->at(staff_id.text());
      if (person.details.staff.empty()) {
        row.checked.errors.push_back(
            {in.row, column.column,
             "this member of staff is not on record; import the staff first"});
        continue;
      }
      const Post post{column.role, {}, {}, child};
      if (HeldOn(person, post, today) != nullptr) continue;
      TeamChange change{staff_id, !person.HoldsFor(child),
                        AppointStaff{post, std::nullopt, std::nullopt}};
      if (change.of_child) {
        auto held = facts_.Find<StaffOfChildCodec>(StaffOfChildCodec::IdOf(staff_id, child));
        if (!held.ok()) return held.status();
        if (HeldOn(*held, post, today) != nullptr) continue;
        std::get<AppointStaff>(change.command).of_child = StaffOfChild{staff_id, authority};
      }
      row.team.push_back(std::move(change));
      if (is_new) continue;
      auto others = facts_.HoldersOfPost(post);
      if (!others.ok()) return others.status();
      int replaced = 0;
      for (const StaffState& other : *others) {
        const Appointment* held = HeldOn(other, post, today);
        if (held == nullptr) continue;
        const absl::CivilDay last_day = std::max(held->from_on, today - 1);
        row.team.push_back(
            {other.details.staff, !other.child.empty(), EndAppointment{post, last_day}});
        ++replaced;
      }
      // One for one is a change. The file has one column where several hold the post.
      if (replaced > 1) {
        row.checked.removals.push_back(
            {in.row, absl::StrCat(column.column, ": ", replaced,
                                  " people hold this post and one would follow them")});
      }
    }
    return absl::OkStatus();
  };
  if (absl::Status status = ForEach(pool_, rows.size(), check, job.given_up); !status.ok()) {
    return status;
  }
  std::vector<imports::RowError> errors;
  std::vector<Item<ChildCodec>> children;
  StaffWork team;
  for (Row& row : rows) {
    const int number = row.child.rows.front().row;
    const ChildId child(row.child.id);
    RowOutcome outcome = row.checked.outcomes.front();
    if (outcome != RowOutcome::kUnchanged) children.push_back(std::move(row.child));
    if (outcome == RowOutcome::kUnchanged && !row.team.empty()) outcome = RowOutcome::kChanged;
    AddOutcome(outcome, response);
    std::move(row.checked.errors.begin(), row.checked.errors.end(), std::back_inserter(errors));
    AddRemovals(row.checked.removals, response);
    response.set_pep_changes(response.pep_changes() + row.checked.pep_changes);
    for (TeamChange& change : row.team) {
      if (change.of_child) {
        team.AddOfChild(change.staff, child, number, std::move(change.command));
      } else {
        team.AddToPerson(change.staff, number, {std::move(change.command)});
      }
    }
  }
  auto unexpected = UnexpectedPepChanges(job, response.pep_changes());
  if (!unexpected.ok()) return unexpected.status();
  std::ranges::move(*unexpected, std::back_inserter(errors));
  const int total = static_cast<int>(errors.size());
  AddErrors(std::move(errors), total, response);
  if (EndsHere(job, response)) return response;

  if (absl::Status status = HandleAll(job, children); !status.ok()) return status;
  if (absl::Status status = HandleAll(job, Listed(team.people)); !status.ok()) return status;
  if (absl::Status status = HandleAll(job, Listed(team.of_children)); !status.ok()) return status;
  return response;
}

}  // namespace pepline::registry
