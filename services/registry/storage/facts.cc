#include "services/registry/storage/facts.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "shared/base/london.h"
#include "shared/domain/access/access_after_care.h"

namespace pepline::registry {
namespace {

constexpr int kPage = 500;

// The school a command about a child names, if any.
SchoolUrn SchoolIn(const ChildCommand& command) {
  return std::visit(
      Match{[](const EnrolChild& one) { return one.school; },
            [](const MoveChildToSchool& one) { return one.school; },
            [](const CorrectEnrolment& one) { return one.school; },
            [](const FollowSuccessor& one) { return one.to; },
            [](const RecordChild& one) { return one.school ? one.school->school : SchoolUrn(); },
            [](const auto&) { return SchoolUrn(); }},
      command);
}

// The authority whose profile counts for the child once the command is carried out.
const AuthorityCode& AuthorityIn(const ChildState& state, const ChildCommand& command) {
  const auto* row = std::get_if<RecordChild>(&command);
  return row != nullptr ? row->details.authority : state.details.authority;
}

// A person's record, or one of what a person does for one child, with the person's beside it.
Target TargetOfHolder(const std::string& member) {
  if (member.find('.') == std::string::npos) return TargetOf<StaffCodec>(member);
  Target target = TargetOf<StaffOfChildCodec>(member);
  target.also = TargetOf<StaffCodec>(target.routing_id).keys;
  return target;
}

}  // namespace

FactsLoader::FactsLoader(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

absl::StatusOr<SchoolCalendarFacts> FactsLoader::Load(const SchoolCalendarState&,
                                                      const SchoolCalendarCommand& command) const {
  SchoolCalendarFacts facts{Now(), std::nullopt};
  if (const auto* publish = std::get_if<PublishSchoolCalendar>(&command)) {
    auto school = Find<SchoolCodec>(publish->school.text());
    if (!school.ok()) return school.status();
    if (IsKnown(*school)) facts.school_authority = school->details.authority;
  }
  return facts;
}

absl::StatusOr<Resource> FactsLoader::ResourceOf(const ChildState& child) const {
  Resource resource{child.details.authority,
                    child.enrolment ? child.enrolment->school : SchoolUrn()};
  if (!child.care || !child.care->ceased_on) return resource;
  auto policy = Find<PolicyCodec>(child.details.authority.text());
  if (!policy.ok()) return policy.status();
  const int months =
      policy->adopted ? policy->adopted->access_after_care_months.value_or(kMonthsOfAccessAfterCare)
                      : kMonthsOfAccessAfterCare;
  resource.access_ended = AccessHasEnded(*child.care->ceased_on, months, Now().today());
  return resource;
}

absl::StatusOr<std::map<AuthorityCode, CaringAuthority>> FactsLoader::LoadCaring(
    const SchoolState& state, const SchoolCommand& command) const {
  std::set<ChildId> children;
  for (const auto& [child, since_on] : state.looked_after) children.insert(child);
  if (const auto* record = std::get_if<RecordLookedAfterChild>(&command)) {
    children.insert(record->child);
  }
  std::map<AuthorityCode, CaringAuthority> caring;
  for (const ChildId& id : children) {
    auto child = Find<ChildCodec>(id.text());
    if (!child.ok()) return child.status();
    if (IsKnown(*child)) caring[child->details.authority].children.insert(id);
  }
  for (auto& [authority, one] : caring) {
    auto profile = ProfileOf(authority);
    if (!profile.ok()) return profile.status();
    one.profile = *std::move(profile);
  }
  return caring;
}

absl::StatusOr<std::shared_ptr<const PolicyProfile>> FactsLoader::ProfileOf(
    const AuthorityCode& authority) const {
  auto policy = Find<PolicyCodec>(authority.text());
  if (!policy.ok()) return policy.status();
  if (!policy->adopted) return nullptr;
  return std::make_shared<const PolicyProfile>(*std::move(policy->adopted));
}

absl::StatusOr<SchoolFacts> FactsLoader::Load(const SchoolState& state,
                                              const SchoolCommand& command) const {
  SchoolFacts facts{Now(), {}, nullptr, nullptr};
  if (const auto* record = std::get_if<RecordSuccessor>(&command)) {
    auto successor = Find<SchoolCodec>(record->successor.school.text());
    if (!successor.ok()) return successor.status();
    facts.successor_open = IsOpen(*successor);
  }
  // The whole register is imported row by row; a school that no child and no teacher of ours is at
  // has nothing to catch up with.
  const auto* record = std::get_if<RecordSchool>(&command);
  const bool from_register = record != nullptr;
  if (!IsKnown(state) || (from_register && state.teachers.empty() && state.looked_after.empty())) {
    return facts;
  }
  auto teachers = LoadTeachers(state);
  if (!teachers.ok()) return teachers.status();
  facts.teachers = *std::move(teachers);
  // Of the authority that the school is of when the command is carried out.
  const AuthorityCode& authority =
      from_register ? record->details.authority : state.details.authority;
  auto calendar = LoadCalendar(authority, state.details.urn);
  if (!calendar.ok()) return calendar.status();
  facts.calendar = *std::move(calendar);
  auto profile = ProfileOf(authority);
  if (!profile.ok()) return profile.status();
  facts.profile = *std::move(profile);
  if (facts.profile) return facts;
  auto caring = LoadCaring(state, command);
  if (!caring.ok()) return caring.status();
  facts.caring = *std::move(caring);
  return facts;
}

absl::StatusOr<StaffFacts> FactsLoader::Load(const StaffState& state,
                                             const StaffCommand& command) const {
  StaffFacts facts{Now(), false, false, {}};
  const Post* post = nullptr;
  if (const auto* appoint = std::get_if<AppointStaff>(&command)) post = &appoint->post;
  if (const auto* correct = std::get_if<CorrectAppointment>(&command)) post = &correct->post;
  if (post == nullptr) return facts;
  if (!post->school.empty()) {
    auto school = Find<SchoolCodec>(post->school.text());
    if (!school.ok()) return school.status();
    facts.place_known = IsKnown(*school);
    facts.place_open = IsOpen(*school);
    facts.place_authority = school->details.authority;
    if (!facts.place_open || state.IsIn(*post)) return facts;
    auto others = PeopleIn(*post, state.details.authority);
    if (!others.ok()) return others.status();
    facts.others_in_post = static_cast<int>(others->size());
  } else if (!post->authority.empty()) {
    if (state.IsIn(*post)) return facts;
    auto others = CountListed(*post);
    if (!others.ok()) return others.status();
    facts.others_in_post = *others;
  } else if (!post->child.empty()) {
    auto child = Find<ChildCodec>(post->child.text());
    if (!child.ok()) return child.status();
    facts.place_known = IsKnown(*child);
    facts.place_open = true;
    facts.place_authority = child->details.authority;
  }
  return facts;
}

absl::StatusOr<ChildFacts> FactsLoader::Load(const ChildState& state,
                                             const ChildCommand& command) const {
  ChildFacts facts{Now(), false, false, {}};
  auto policy = Find<PolicyCodec>(AuthorityIn(state, command).text());
  if (!policy.ok()) return policy.status();
  if (policy->adopted) {
    facts.sdq_ages = {policy->adopted->sdq_from_age.value_or(kSdqFromAge),
                      policy->adopted->sdq_until_age.value_or(kSdqUntilAge)};
    facts.pep_ages = {policy->adopted->pep_in_provision_from_age.value_or(kPepInProvisionFromAge),
                      policy->adopted->pep_from_age.value_or(kPepFromAge)};
  }
  const SchoolUrn urn = SchoolIn(command);
  if (urn.empty()) return facts;
  auto school = Find<SchoolCodec>(urn.text());
  if (!school.ok()) return school.status();
  facts.school_known = IsKnown(*school);
  facts.school_open = IsOpen(*school);
  facts.school_authority = school->details.authority;
  return facts;
}

absl::StatusOr<std::vector<StaffState>> FactsLoader::HoldersOfPost(const Post& post) const {
  std::vector<StaffState> holders;
  std::map<StaffId, StaffDetails> people;  // of the records of one child
  const absl::Status read = ForEachListed<StaffCodec>(
      store_, {HoldersOf(post)}, &TargetOfHolder,
      [&](const StaffState& state, const RecordStates& also) -> absl::Status {
        holders.push_back(state);
        if (state.child.empty()) return absl::OkStatus();
        auto person = StaffCodec::Decode(also);
        if (!person.ok()) return person.status();
        people[state.details.staff] = std::move(person->details);
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  for (StaffState& holder : holders) {
    if (!holder.child.empty()) holder.details = people[holder.details.staff];
  }
  return holders;
}

absl::StatusOr<std::set<StaffId>> FactsLoader::PeopleIn(const Post& post,
                                                        const AuthorityCode& recorded_by) const {
  auto holders = HoldersOfPost(post);
  if (!holders.ok()) return holders.status();
  std::set<StaffId> people;
  for (const StaffState& holder : *holders) {
    if (holder.details.authority == recorded_by && holder.IsIn(post)) {
      people.insert(holder.details.staff);
    }
  }
  return people;
}

absl::StatusOr<int> FactsLoader::CountListed(const Post& post) const {
  int count = 0;
  std::string token;
  do {
    auto page = ListAcross(store_, {HoldersOf(post)}, kPage, token);
    if (!page.ok()) return page.status();
    count += static_cast<int>(page->members.size());
    token = std::move(page->next_page_token);
  } while (!token.empty() && count < MostInRole(post));
  return count;
}

absl::Status FactsLoader::AddChildrenOf(std::vector<StaffState>& people) const {
  for (StaffState& person : people) {
    const StaffId staff = person.details.staff;
    const absl::Status read = VisitAll<StaffOfChildCodec>(
        {.entry = ChildrenOf(staff), .routing_id = staff.text()}, [&](const StaffState& of_child) {
          std::ranges::copy(of_child.appointments, std::back_inserter(person.appointments));
          std::ranges::copy(of_child.corrections, std::back_inserter(person.corrections));
        });
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TeacherAppointment>> FactsLoader::LoadTeachers(
    const SchoolState& state) const {
  const Post post{StaffRole::kDesignatedTeacher, state.details.urn, {}, {}};
  auto holders = HoldersOfPost(post);
  if (!holders.ok()) return holders.status();
  std::set<StaffId> found;
  for (const StaffState& staff : *holders) found.insert(staff.details.staff);
  // Those who have left are no longer listed; when they left counts.
  for (const auto& [staff, from_on] : state.teachers) {
    if (found.contains(staff)) continue;
    auto left = Find<StaffCodec>(staff.text());
    if (!left.ok()) return left.status();
    holders->push_back(*std::move(left));
  }
  std::vector<TeacherAppointment> teachers;
  for (const StaffState& staff : *holders) {
    for (const Appointment& one : staff.appointments) {
      if (one.post != post) continue;
      teachers.push_back({staff.details.staff, staff.details.authority, one.from_on, one.until_on});
    }
  }
  return teachers;
}

absl::StatusOr<std::shared_ptr<const Calendar>> FactsLoader::LoadCalendar(
    const AuthorityCode& authority, const SchoolUrn& school) const {
  auto holidays = Find<BankHolidaysCodec>(std::string(kDivision));
  if (!holidays.ok()) return holidays.status();
  if (holidays->days.empty()) return nullptr;
  auto terms = Find<TermDatesCodec>(authority.text());
  if (!terms.ok()) return terms.status();
  auto overlay = Find<SchoolCalendarCodec>(school.text());
  if (!overlay.ok()) return overlay.status();
  return std::make_shared<const Calendar>(London(), std::move(holidays->days),
                                          std::move(terms->terms), std::move(overlay->terms),
                                          std::move(overlay->closed_days));
}

}  // namespace pepline::registry
