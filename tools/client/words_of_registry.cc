// Sentences of registry's events.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

namespace re = registry::v1;

std::string Counted(int count, std::string_view one, std::string_view more) {
  return absl::StrCat(count, " ", std::string(count == 1 ? one : more));
}

// ", from … to …" of a list of dates in any order; empty for none.
std::string Spanning(std::string first, std::string last) {
  if (first.empty()) return "";
  return absl::StrCat(", from ", SpokenDate(first), " to ", SpokenDate(last));
}

std::string Holidays(const re::BankHolidaysPublished& published) {
  const auto [first, last] = std::ranges::minmax_element(published.days());
  return absl::StrCat(Counted(published.days_size(), "bank holiday", "bank holidays"), " published",
                      published.days().empty() ? "" : Spanning(*first, *last));
}

std::string Terms(const google::protobuf::RepeatedPtrField<common::v1::SchoolTermPart>& parts) {
  std::string first;
  std::string last;
  for (const auto& part : parts) {
    if (first.empty() || part.first_day() < first) first = part.first_day();
    last = std::max(last, part.last_day());
  }
  return absl::StrCat(Counted(parts.size(), "part of a term", "parts of terms"),
                      Spanning(first, last));
}

std::string CalendarOf(const re::SchoolCalendarPublished& published) {
  return absl::StrCat(
      "school calendar: ", Counted(published.closed_days_size(), "day", "days"),
      " without a session",
      published.terms().empty() ? "" : absl::StrCat("; own terms: ", Terms(published.terms())));
}

std::string CareCeasedInWords(const std::string& reason) {
  if (reason == "adoption") return "adopted";
  if (reason == "special-guardianship") return "special guardianship";
  if (reason == "child-arrangements") return "child arrangements order";
  if (reason == "returned-home") return "returned home";
  if (reason == "turned-eighteen") return "turned eighteen";
  if (reason == "plac") return "previously looked after";
  if (reason == "not-plac") return "not counted as previously looked after";
  return reason;
}

// Whom or what an appointment is for.
template <class Appointment>
void Place(const Appointment& appointment, const Names& names, EventWords& words) {
  words.child_id = appointment.child_id();
  words.school_urn = appointment.school_urn();
  if (!words.child_id.empty()) {
    words.subject = Child(names, words.child_id);
  } else if (!words.school_urn.empty()) {
    words.subject = School(names, words.school_urn);
  } else {
    words.subject = Authority(appointment.authority_code());
  }
}

void OfSchool(const std::string& urn, std::string text, const Names& names, EventWords& words) {
  words.school_urn = urn;
  words.subject = School(names, urn);
  words.text = std::move(text);
}

void OfChild(const std::string& child_id, std::string text, const Names& names, EventWords& words) {
  words.child_id = child_id;
  words.subject = Child(names, child_id);
  words.text = std::move(text);
}

void DescribeEnrolled(const re::ChildEnrolled& enrolled, const Names& names, EventWords& words) {
  OfChild(enrolled.child_id(),
          absl::StrCat("on the roll of ", School(names, enrolled.school_urn()), " since ",
                       SpokenDate(enrolled.enrolled_on())),
          names, words);
  words.school_urn = enrolled.school_urn();
}

void DescribeMoved(const re::ChildMovedSchool& moved, const Names& names, EventWords& words) {
  OfChild(moved.child_id(),
          absl::StrCat("moved from ", School(names, moved.from_school_urn()), " to ",
                       School(names, moved.to_school_urn()), " on ", SpokenDate(moved.moved_on())),
          names, words);
  words.school_urn = moved.to_school_urn();
}

void DescribeStartCorrected(const re::CareStartCorrected& emitted, const Names& names,
                            EventWords& words) {
  OfChild(
      emitted.child_id(),
      absl::StrCat("put right: looked after since ", SpokenDate(emitted.became_looked_after_on()),
                   " and not since ", SpokenDate(emitted.old_became_looked_after_on())),
      names, words);
}

void DescribeEndCorrected(const re::CareEndCorrected& emitted, const Names& names,
                          EventWords& words) {
  const std::string old = SpokenDate(emitted.old_ceased_on());
  if (emitted.ceased_on().empty()) {
    return OfChild(emitted.child_id(),
                   absl::StrCat("put right: still looked after, care did not cease on ", old),
                   names, words);
  }
  OfChild(emitted.child_id(),
          absl::StrCat("put right: no longer looked after since ", SpokenDate(emitted.ceased_on()),
                       " (", CareCeasedInWords(emitted.reason()), "); on record was ", old, " (",
                       CareCeasedInWords(emitted.old_reason()), ")"),
          names, words);
}

void DescribeEnrolmentCorrected(const re::EnrolmentCorrected& emitted, const Names& names,
                                EventWords& words) {
  OfChild(emitted.child_id(),
          absl::StrCat("put right: on the roll of ", School(names, emitted.school_urn()), " since ",
                       SpokenDate(emitted.enrolled_on()), "; on record was ",
                       School(names, emitted.old_school_urn()), " since ",
                       SpokenDate(emitted.old_enrolled_on())),
          names, words);
  words.school_urn = emitted.school_urn();
}

void DescribeAuthorityOfChildsSchool(const re::SchoolOfChildMovedAuthority& moved,
                                     const Names& names, EventWords& words) {
  OfChild(moved.child_id(),
          absl::StrCat(School(names, moved.school_urn()), " moved to ",
                       Authority(moved.school_authority_code()), "; its term dates count now"),
          names, words);
  words.school_urn = moved.school_urn();
}

void DescribeLookedAfter(const re::ChildBecameLookedAfter& became, const Names& names,
                         EventWords& words) {
  OfChild(became.child_id(),
          absl::StrCat("looked after by ", Authority(became.authority_code()), " since ",
                       SpokenDate(became.became_looked_after_on()),
                       became.pep_required() ? "; a PEP is required" : "; no PEP is required",
                       became.pep_required_corrected() ? ", as is put right" : ""),
          names, words);
}

// To whom a vacancy is said where the school's own authority has no profile.
template <class Vacancy>
std::string ToCaring(const Vacancy& vacancy) {
  if (!vacancy.of_caring_authority()) return "";
  return absl::StrCat("; told to ", Authority(vacancy.authority_code()),
                      ", which looks after children there");
}

void DescribeVacancyEnded(const re::DesignatedTeacherVacancyEnded& ended, const Names& names,
                          EventWords& words) {
  const std::string why = ended.appointed()
                              ? "somebody holds the post"
                              : "the last looked-after child has left, or it is another "
                                "authority's to know";
  OfSchool(ended.school_urn(),
           absl::StrCat("the vacancy of the Designated Teacher is over since ",
                        SpokenDate(ended.ended_on()), ": ", why, ToCaring(ended)),
           names, words);
}

std::string DaysOf(const std::string& from_on, const std::string& until_on) {
  return absl::StrCat("from ", SpokenDate(from_on),
                      until_on.empty() ? "" : absl::StrCat(" until ", SpokenDate(until_on)));
}

void DescribeAppointmentCorrected(const re::AppointmentCorrected& emitted, const Names& names,
                                  EventWords& words) {
  Place(emitted, names, words);
  words.text =
      absl::StrCat("put right: ", Staff(names, emitted.staff_id()), " is ",
                   RoleInWords(emitted.role()), " ", DaysOf(emitted.from_on(), emitted.until_on()),
                   "; on record was ", DaysOf(emitted.old_from_on(), emitted.old_until_on()));
}

void DescribePolicy(const common::v1::PolicyProfile& profile, EventWords& words) {
  words.subject = Authority(profile.authority_code());
  words.text = absl::StrCat("policy profile version ", profile.version(),
                            " adopted, in force from ", SpokenDate(profile.effective_on()), ": ",
                            Counted(profile.deadline_rules_size(), "deadline", "deadlines"));
  for (const auto& rule : profile.disabled_rules()) {
    absl::StrAppend(&words.text, ", switched off: ", rule.rule_id(), " (", rule.reason(), ")");
  }
}

}  // namespace

std::string RoleInWords(common::v1::RecipientRole role) {
  switch (static_cast<int>(role)) {
    case common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER:
      return "Designated Teacher";
    case common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER:
      return "deputy Designated Teacher";
    case common::v1::RECIPIENT_ROLE_HEADTEACHER:
      return "headteacher";
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER:
      return "Virtual School caseworker";
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD:
      return "head of the Virtual School";
    case common::v1::RECIPIENT_ROLE_SOCIAL_WORKER:
      return "social worker";
    case common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER:
      return "independent reviewing officer";
    case common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE:
      return "school office";
  }
  return absl::StrCat("role ", static_cast<int>(role));
}

std::string RolesInWords(const google::protobuf::RepeatedField<int>& roles) {
  return absl::StrJoin(roles, ", ", [](std::string* out, int role) {
    out->append(RoleInWords(static_cast<common::v1::RecipientRole>(role)));
  });
}

void Describe(const re::RegistryEvent& event, const Names& names, EventWords& words) {
  switch (event.event_case()) {
    case re::RegistryEvent::kSchoolRegistered:
      return OfSchool(
          event.school_registered().school_urn(),
          absl::StrCat("in the school register (", event.school_registered().phase(), ", ",
                       Authority(event.school_registered().authority_code()), ")"),
          names, words);
    case re::RegistryEvent::kSchoolClosed:
      return OfSchool(event.school_closed().school_urn(),
                      absl::StrCat("closed on ", SpokenDate(event.school_closed().closed_on())),
                      names, words);
    case re::RegistryEvent::kBankHolidaysPublished:
      words.subject = event.bank_holidays_published().division();
      words.text = Holidays(event.bank_holidays_published());
      return;
    case re::RegistryEvent::kTermDatesPublished:
      words.subject = Authority(event.term_dates_published().authority_code());
      words.text = absl::StrCat("term dates: ", Terms(event.term_dates_published().terms()));
      return;
    case re::RegistryEvent::kSchoolCalendarPublished:
      return OfSchool(event.school_calendar_published().school_urn(),
                      CalendarOf(event.school_calendar_published()), names, words);
    case re::RegistryEvent::kPolicyProfileAdopted:
      return DescribePolicy(event.policy_profile_adopted().profile(), words);
    case re::RegistryEvent::kDesignatedTeacherAppointed: {
      const auto& appointed = event.designated_teacher_appointed();
      return OfSchool(appointed.school_urn(),
                      absl::StrCat(Staff(names, appointed.staff_id()),
                                   " is Designated Teacher from ", SpokenDate(appointed.from_on())),
                      names, words);
    }
    case re::RegistryEvent::kSchoolMovedAuthority: {
      const auto& moved = event.school_moved_authority();
      return OfSchool(moved.school_urn(),
                      absl::StrCat("moved from ", Authority(moved.from_authority_code()), " to ",
                                   Authority(moved.to_authority_code())),
                      names, words);
    }
    case re::RegistryEvent::kDesignatedTeacherVacancyBegan:
      return OfSchool(event.designated_teacher_vacancy_began().school_urn(),
                      absl::StrCat("NO DESIGNATED TEACHER since ",
                                   SpokenDate(event.designated_teacher_vacancy_began().since_on()),
                                   ToCaring(event.designated_teacher_vacancy_began())),
                      names, words);
    case re::RegistryEvent::kDesignatedTeacherVacancyEnded:
      return DescribeVacancyEnded(event.designated_teacher_vacancy_ended(), names, words);
    case re::RegistryEvent::kSchoolSucceeded: {
      const auto& succeeded = event.school_succeeded();
      return OfSchool(succeeded.from_school_urn(),
                      absl::StrCat(School(names, succeeded.to_school_urn()),
                                   " goes on with it since ", SpokenDate(succeeded.succeeded_on())),
                      names, words);
    }
    case re::RegistryEvent::kSchoolOfChildSucceeded: {
      const auto& succeeded = event.school_of_child_succeeded();
      OfChild(succeeded.child_id(),
              absl::StrCat(School(names, succeeded.to_school_urn()), " goes on with ",
                           School(names, succeeded.from_school_urn()), " since ",
                           SpokenDate(succeeded.succeeded_on()), "; nobody has moved"),
              names, words);
      words.school_urn = succeeded.to_school_urn();
      return;
    }
    case re::RegistryEvent::kAppointmentCorrected:
      return DescribeAppointmentCorrected(event.appointment_corrected(), names, words);
    case re::RegistryEvent::kStaffAppointed:
      Place(event.staff_appointed(), names, words);
      words.text = absl::StrCat(Staff(names, event.staff_appointed().staff_id()), " is ",
                                RoleInWords(event.staff_appointed().role()), " from ",
                                SpokenDate(event.staff_appointed().from_on()));
      return;
    case re::RegistryEvent::kAppointmentEnded:
      Place(event.appointment_ended(), names, words);
      words.text = absl::StrCat(Staff(names, event.appointment_ended().staff_id()), " is ",
                                RoleInWords(event.appointment_ended().role()), " until ",
                                SpokenDate(event.appointment_ended().until_on()));
      return;
    case re::RegistryEvent::kChildBecameLookedAfter:
      return DescribeLookedAfter(event.child_became_looked_after(), names, words);
    case re::RegistryEvent::kChildEnrolled:
      return DescribeEnrolled(event.child_enrolled(), names, words);
    case re::RegistryEvent::kChildMovedSchool:
      return DescribeMoved(event.child_moved_school(), names, words);
    case re::RegistryEvent::kSchoolOfChildMovedAuthority:
      return DescribeAuthorityOfChildsSchool(event.school_of_child_moved_authority(), names, words);
    case re::RegistryEvent::kChildCeasedToBeLookedAfter: {
      const auto& ceased = event.child_ceased_to_be_looked_after();
      return OfChild(ceased.child_id(),
                     absl::StrCat("no longer looked after since ", SpokenDate(ceased.ceased_on()),
                                  " (", CareCeasedInWords(ceased.reason()), ")"),
                     names, words);
    }
    case re::RegistryEvent::kCareStartCorrected:
      return DescribeStartCorrected(event.care_start_corrected(), names, words);
    case re::RegistryEvent::kCareEndCorrected:
      return DescribeEndCorrected(event.care_end_corrected(), names, words);
    case re::RegistryEvent::kEnrolmentCorrected:
      return DescribeEnrolmentCorrected(event.enrolment_corrected(), names, words);
    case re::RegistryEvent::EVENT_NOT_SET:
      return;
  }
}

}  // namespace pepline::client
