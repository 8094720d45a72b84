// Import of the links from closed schools to those that go on with them: children and posts follow.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "services/registry/import/importer.h"

namespace pepline::registry {
namespace {

// Schools are renamed and joined again; a longer chain than this is a ring.
constexpr int kLongestChain = 20;
constexpr std::array kRolesOfASchool = {StaffRole::kDesignatedTeacher,
                                        StaffRole::kDeputyDesignatedTeacher,
                                        StaffRole::kHeadteacher, StaffRole::kSchoolOffice};

// What the file says of one closed school.
struct Links {
  int row = 0;                       // the first about it
  std::set<std::string> successors;  // several: it was split
  std::optional<absl::CivilDay> on;  // since when, where the file says it
};
using LinksByUrn = std::map<std::string, Links>;

LinksByUrn Gathered(const std::vector<imports::SchoolLinkRow>& rows) {
  LinksByUrn links;
  for (const imports::SchoolLinkRow& row : rows) {
    Links& one = links[row.urn];
    if (one.row == 0) one.row = row.row;
    one.successors.insert(row.successor_urn);
    if (row.on) one.on = row.on;
  }
  return links;
}

// The open school at the end of the chain of single successors; empty where it ends otherwise.
absl::StatusOr<SchoolUrn> SuccessorOf(const FactsLoader& facts, const LinksByUrn& links,
                                      const std::string& urn) {
  std::string at = urn;
  for (int i = 0; i < kLongestChain; ++i) {
    const auto found = links.find(at);
    if (found == links.end() || found->second.successors.size() != 1) break;
    at = *found->second.successors.begin();
    auto school = facts.Find<SchoolCodec>(at);
    if (!school.ok()) return school.status();
    if (IsOpen(*school)) return SchoolUrn(at);
  }
  return SchoolUrn();
}

absl::StatusOr<std::vector<ChildId>> FindChildrenAt(const FactsLoader& facts,
                                                    const SchoolUrn& school) {
  std::vector<ChildId> children;
  const absl::Status read = facts.VisitAll<ChildCodec>(
      {ChildrenAt(school)},
      [&](const ChildState& child) { children.push_back(child.details.child); });
  if (!read.ok()) return read;
  return children;
}

absl::StatusOr<std::set<StaffId>> FindStaffAt(const FactsLoader& facts, const SchoolUrn& school) {
  std::set<StaffId> staff;
  for (StaffRole role : kRolesOfASchool) {
    auto holders = facts.HoldersOfPost({role, school, {}, {}});
    if (!holders.ok()) return holders.status();
    for (const StaffState& holder : *holders) staff.insert(holder.details.staff);
  }
  return staff;
}

// What there is to do about one closed school.
struct Succeeded {
  int row = 0;
  SchoolUrn from;
  Succession successor;  // an empty URN: nothing
  std::vector<ChildId> children;
  std::set<StaffId> staff;
  bool is_stuck = false;  // children or posts are there, and it is not known where they belong
};

absl::StatusOr<Succeeded> Look(const FactsLoader& facts, const LinksByUrn& links,
                               const std::string& urn, const Links& said) {
  Succeeded found{.row = said.row, .from = SchoolUrn(urn)};
  auto school = facts.Find<SchoolCodec>(urn);
  if (!school.ok()) return school.status();
  if (!IsKnown(*school) || IsOpen(*school)) return found;
  const absl::CivilDay on = said.on.value_or(*school->details.closed_on);
  if (on > facts.Now().today()) return found;
  auto successor = SuccessorOf(facts, links, urn);
  if (!successor.ok()) return successor.status();
  const Succession wanted{*std::move(successor), on};
  if (school->successor == wanted) return found;
  auto children = FindChildrenAt(facts, found.from);
  if (!children.ok()) return children.status();
  auto staff = FindStaffAt(facts, found.from);
  if (!staff.ok()) return staff.status();
  if (wanted.school.empty()) {
    found.is_stuck = !children->empty() || !staff->empty();
    return found;
  }
  found.successor = wanted;
  found.children = *std::move(children);
  found.staff = *std::move(staff);
  return found;
}

}  // namespace

absl::StatusOr<v1::ImportResponse> Importer::ImportSchoolLinks(const Job& job) const {
  const auto parsed = imports::ParseSchoolLinks(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const LinksByUrn links = Gathered(parsed.rows);
  std::vector<std::pair<std::string, Links>> listed(links.begin(), links.end());
  std::vector<Succeeded> found(listed.size());
  absl::Status looked = ForEach(
      pool_, listed.size(),
      [&](std::size_t i) {
        auto one = Look(facts_, links, listed[i].first, listed[i].second);
        if (!one.ok()) return one.status();
        found[i] = *std::move(one);
        return absl::OkStatus();
      },
      job.given_up);
  if (!looked.ok()) return looked;

  std::vector<Item<SchoolCodec>> schools;
  std::vector<Item<ChildCodec>> children;
  std::map<StaffId, Item<StaffCodec>> staff;
  std::vector<imports::RowError> notes;
  for (const Succeeded& one : found) {
    if (one.is_stuck) {
      notes.push_back({one.row, "LinkURN",
                       "children or posts are at this closed school, and it has several "
                       "successors, or none that is in the register and open; nothing was "
                       "carried over: import the register first, or move each by hand"});
    }
    if (one.successor.school.empty()) continue;
    const auto& [to, on] = one.successor;
    schools.push_back({one.from.text(), {{one.row, {RecordSuccessor{one.successor}}}}});
    for (const ChildId& child : one.children) {
      children.push_back({child.text(), {{one.row, {FollowSuccessor{one.from, to, on}}}}});
    }
    for (const StaffId& person : one.staff) {
      Item<StaffCodec>& item = staff[person];
      item.id = person.text();
      item.rows.push_back({one.row, {SucceedSchool{one.from, to, on}}});
    }
  }
  std::ranges::stable_sort(notes, {}, &imports::RowError::row);
  AddNotes(notes, static_cast<int>(notes.size()), response);
  response.set_changed(static_cast<int>(schools.size()));
  // A row may have several errors.
  response.set_unchanged(std::max(0, parsed.rows_read - response.changed() - parsed.total_errors));
  if (EndsHere(job, response)) return response;

  std::vector<Item<StaffCodec>> people;
  for (auto& [id, item] : staff) people.push_back(std::move(item));
  // Posts come before children, or the successor would seem to have nobody for them; and the school
  // last, since a broken-off import is finished by whatever is not on record yet.
  if (absl::Status status = HandleAll(job, people); !status.ok()) return status;
  if (absl::Status status = HandleAll(job, children); !status.ok()) return status;
  if (absl::Status status = HandleAll(job, schools); !status.ok()) return status;
  return response;
}

}  // namespace pepline::registry
