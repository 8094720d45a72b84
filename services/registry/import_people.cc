// Imports of staff and children.
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/importer.h"
#include "services/registry/wire.h"

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
  if (row.became_looked_after_on) record.started = RecordCareStarted{*row.became_looked_after_on};
  if (row.ceased_on) record.ceased = RecordCareCeased{*row.ceased_on, FromProto(row.ceased_reason)};
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

}  // namespace

absl::StatusOr<v1::ImportResponse> Importer::ImportStaff(const Job& job) const {
  const auto parsed = imports::ParseStaff(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const AuthorityCode authority(job.options.authority_code());
  std::map<std::string, Item<StaffCodec>> people;  // by id
  for (const imports::StaffRow& row : parsed.rows) {
    const auto role = FromProto(row.role);
    if (!role) {
      AddErrors({{row.row, "role", "name a role of the list"}}, 1, response);
      continue;
    }
    const StaffId staff = ids_.OfStaff(authority, row.own_id);
    Post post{*role, SchoolUrn(row.school_urn), AuthorityCode(row.authority_code), ChildId()};
    if (!row.child_own_id.empty()) post.child = ids_.OfChild(authority, row.child_own_id);
    Item<StaffCodec>& item = people[staff.text()];
    item.id = staff.text();
    item.rows.push_back({row.row,
                         {RecordStaff{{staff, authority, row.own_id, row.name, row.email}},
                          AppointStaff{std::move(post), row.from_on, row.until_on}}});
  }
  std::vector<Item<StaffCodec>> items;
  for (auto& [id, item] : people) items.push_back(std::move(item));
  return CheckAndCarry(job, std::move(items), std::move(response));
}

absl::StatusOr<v1::ImportResponse> Importer::ImportChildren(const Job& job) const {
  const auto parsed = imports::ParseChildren(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const AuthorityCode authority(job.options.authority_code());
  const absl::CivilDay today = facts_.Now().today();

  // What each row comes to: the child's record, and changes of who looks after the case.
  struct Row {
    Item<ChildCodec> child;
    Checked checked;
    std::vector<std::pair<std::string, StaffCommand>> team;  // by staff id
  };
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
      auto staff = facts_.Find<StaffCodec>(staff_id.text());
      if (!staff.ok()) return staff.status();
      if (staff->details.staff.empty()) {
        row.checked.errors.push_back(
            {in.row, column.column,
             "this member of staff is not on record; import the staff first"});
        continue;
      }
      const Post post{column.role, {}, {}, child};
      if (HeldOn(*staff, post, today) != nullptr) continue;
      row.team.emplace_back(staff_id.text(), AppointStaff{post, std::nullopt, std::nullopt});
      if (is_new) continue;
      auto others = facts_.HoldersOfPost(post);
      if (!others.ok()) return others.status();
      int replaced = 0;
      for (const StaffState& other : *others) {
        const Appointment* held = HeldOn(other, post, today);
        if (held == nullptr) continue;
        const absl::CivilDay last_day = std::max(held->from_on, today - 1);
        row.team.emplace_back(other.details.staff.text(), EndAppointment{post, last_day});
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
  std::map<std::string, Item<StaffCodec>> team;
  for (Row& row : rows) {
    const int number = row.child.rows.front().row;
    RowOutcome outcome = row.checked.outcomes.front();
    if (outcome != RowOutcome::kUnchanged) children.push_back(std::move(row.child));
    if (outcome == RowOutcome::kUnchanged && !row.team.empty()) outcome = RowOutcome::kChanged;
    AddOutcome(outcome, response);
    std::move(row.checked.errors.begin(), row.checked.errors.end(), std::back_inserter(errors));
    AddRemovals(row.checked.removals, response);
    for (auto& [staff, command] : row.team) {
      Item<StaffCodec>& item = team[staff];
      item.id = staff;
      item.rows.push_back({number, {std::move(command)}});
    }
  }
  const int total = static_cast<int>(errors.size());
  AddErrors(std::move(errors), total, response);
  if (EndsHere(job, response)) return response;

  if (absl::Status status = CarryAll(job, children); !status.ok()) return status;
  std::vector<Item<StaffCodec>> appointments;
  for (auto& [staff, item] : team) appointments.push_back(std::move(item));
  if (absl::Status status = CarryAll(job, appointments); !status.ok()) return status;
  return response;
}

}  // namespace pepline::registry
