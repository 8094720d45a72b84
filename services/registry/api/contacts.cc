#include "services/registry/api/contacts.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "services/registry/domain/fields.h"
#include "shared/domain/alert_levels.h"
#include "shared/engine/field_mapping.h"

namespace pepline::registry {
namespace {

// The first letter of UTF-8 text, as many bytes as it has.
std::string FirstLetter(const std::string& text) {
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return text.substr(0, end);
}

// A post, and the authority whose word counts on who holds it.
struct Source {
  Post post;
  AuthorityCode recorded_by;
};

// Where to ask for the holders of a role, best place first. The school's own authority knows who is
// there; without its word, whom the asking authority wrote down for itself.
std::vector<Source> SourcesOf(StaffRole role, const SchoolDetails& school,
                              const AuthorityCode& authority, const ChildId& child) {
  const Post of_school{role, school.urn, {}, {}};
  const Source of_authority{{role, {}, authority, {}}, authority};
  const Source of_child{{role, {}, {}, child}, authority};
  switch (role) {
    case StaffRole::kDesignatedTeacher:
    case StaffRole::kDeputyDesignatedTeacher:
    case StaffRole::kHeadteacher:
    case StaffRole::kSchoolOffice:
      if (school.urn.empty()) return {};
      if (school.authority == authority) return {{of_school, authority}};
      return {{of_school, school.authority}, {of_school, authority}};
    case StaffRole::kVirtualSchoolHead:
      return {of_authority};
    case StaffRole::kVirtualSchoolCaseworker:
      return child.empty() ? std::vector<Source>{of_authority}
                           : std::vector<Source>{of_child, of_authority};
    case StaffRole::kSocialWorker:
    case StaffRole::kIndependentReviewingOfficer:
      return child.empty() ? std::vector<Source>{of_authority} : std::vector<Source>{of_child};
  }
  return {};
}

using NoHolidays = std::set<absl::CivilDay>;
using NoTerms = std::vector<TermPart>;

}  // namespace

std::string InitialsOf(const ChildDetails& details) {
  std::string initials;
  for (const std::string& name : {details.given_name, details.family_name}) {
    if (!name.empty()) initials += FirstLetter(name) + ".";  // some have one name
  }
  return initials;
}

absl::StatusOr<std::vector<v1::Contact>> Contacts::HoldersToday(
    const Post& post, const AuthorityCode& recorded_by) const {
  auto holders = facts_.HoldersOfPost(post);
  if (!holders.ok()) return holders.status();
  const absl::CivilDay today = facts_.Now().today();
  std::vector<v1::Contact> contacts;
  for (const StaffState& staff : *holders) {
    if (staff.details.authority != recorded_by) continue;
    const bool in_force = std::any_of(
        staff.appointments.begin(), staff.appointments.end(),
        [&](const Appointment& one) { return one.post == post && one.InForceOn(today); });
    if (!in_force) continue;
    v1::Contact contact;
    contact.set_role(static_cast<common::v1::RecipientRole>(post.role));
    WriteFields(staff.details, contact);
    contacts.push_back(std::move(contact));
  }
  return contacts;
}

absl::Status Contacts::AddToldFrom(const v1::LookUpContactsRequest& request,
                                   const SchoolDetails& school,
                                   v1::LookUpContactsResponse& response) const {
  const AuthorityCode authority(request.authority_code());
  const auto profile = facts_.ProfileOf(authority);
  if (!profile.ok()) return profile.status();
  const MailHours hours = *profile ? (*profile)->HoursOfMail() : MailHours();
  if (request.about().empty() || hours.IsAtOnce(request.about())) return absl::OkStatus();
  response.set_may_join_digest(!hours.no_digest);
  auto calendar =
      facts_.LoadCalendar(school.urn.empty() ? authority : school.authority, school.urn);
  if (!calendar.ok()) return calendar.status();
  const Moment now = facts_.Now();
  if (!*calendar) calendar = std::make_shared<const Calendar>(now.london, NoHolidays(), NoTerms());
  const auto told_from = [&](bool of_council) {
    return ToldFrom(now.now, of_council, hours, **calendar);
  };
  if (const absl::Time at = told_from(/*of_council=*/false); at > now.now) {
    *response.mutable_school_told_from() = ToTimestamp(at);
  }
  if (const absl::Time at = told_from(/*of_council=*/true); at > now.now) {
    *response.mutable_council_told_from() = ToTimestamp(at);
  }
  return absl::OkStatus();
}

absl::StatusOr<Contacts::Answer> Contacts::LookUp(const v1::LookUpContactsRequest& request) const {
  v1::LookUpContactsResponse response;
  const AuthorityCode authority(request.authority_code());
  const ChildId child_id(request.child_id());
  SchoolUrn urn(request.school_urn());
  if (!child_id.empty()) {
    auto child = facts_.Find<ChildCodec>(child_id.text());
    if (!child.ok()) return child.status();
    if (!IsKnown(*child) || child->details.authority != authority) {
      return Refuse(refusals::kUnknownChild, "child_id",
                    "this child is not on record for this authority");
    }
    response.set_child_initials(InitialsOf(child->details));
    response.set_location_restricted(child->details.location_restricted);
    if (urn.empty() && child->enrolment) urn = child->enrolment->school;
  }
  SchoolDetails at;  // its URN is empty where there is none
  if (!urn.empty()) {
    auto school = facts_.Find<SchoolCodec>(urn.text());
    if (!school.ok()) return school.status();
    if (!IsKnown(*school)) {
      return Refuse(refusals::kUnknownSchool, "school_urn", "this URN is not in the register");
    }
    if (!response.location_restricted()) response.set_school_name(school->details.name);
    at = std::move(school->details);
  }
  for (int role : request.roles()) {
    const auto known = KnownEnum<RecipientRole>(role);
    if (!known) continue;
    for (const Source& source : SourcesOf(*known, at, authority, child_id)) {
      auto contacts = HoldersToday(source.post, source.recorded_by);
      if (!contacts.ok()) return contacts.status();
      for (v1::Contact& contact : *contacts) *response.add_contacts() = std::move(contact);
      if (!contacts->empty()) break;
    }
  }
  if (absl::Status added = AddToldFrom(request, at, response); !added.ok()) return added;
  return Answer(std::move(response));
}

}  // namespace pepline::registry
