// The rows of `pepctl child`, `staff`, `school` and `policy`, and `pepctl import list`.
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "shared/domain/alert_levels.h"
#include "tools/client/import_file.h"
#include "tools/client/phrases.h"
#include "tools/pepctl/commands/rpc_command.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

namespace v1 = registry::v1;

const Argument kChild = {"CHILD", "child_id", "the child's id"};
const Argument kSchool = {"SCHOOL", "school_urn", "the school's URN"};
const Argument kStaff = {"STAFF", "staff_id", "the person's id"};

Argument Optional(const char* name, const char* path, const char* help) {
  return {name, path, help, Need::kOptional};
}

std::vector<RpcCommand> ChildCommands() {
  return {
      Row<v1::GetChildRequest, v1::GetChildResponse>("child", "show", "one child", {kChild}),
      ListRow<v1::ListChildrenRequest, v1::ListChildrenResponse>(
          "child", "children of an authority, or now at a school",
          {Optional("--authority", "authority_code",
                    "of this authority; the actor's when neither "
                    "is given"),
           Optional("--school", "school_urn", "now at this school")},
          {"child_id", "own_id", "given_name", "family_name", "school_urn", "looked_after",
           "became_looked_after_on", "pep_required"},
          "authority_code"),
      Row<v1::RecordCareStartedRequest, v1::RecordCareStartedResponse>(
          "child", "care-started", "the child becomes looked after by the authority",
          {kChild,
           {"--on", "became_looked_after_on", "since when"},
           Optional("--legal-status", "legal_status",
                    "under which law, as v2; v3 and v4 are a series of short breaks, without a "
                    "PEP")}),
      Row<v1::RecordCareCeasedRequest, v1::RecordCareCeasedResponse>(
          "child", "care-ceased", "the child is no longer looked after",
          {kChild, {"--on", "ceased_on", "since when"}, {"--reason", "reason", "why"}}),
      Row<v1::EnrolChildRequest, v1::EnrolChildResponse>(
          "child", "enrol", "the child's first main school",
          {kChild, kSchool, {"--on", "enrolled_on", "since when"}}),
      Row<v1::MoveChildToSchoolRequest, v1::MoveChildToSchoolResponse>(
          "child", "move", "the child's main school changes",
          {kChild, kSchool, {"--on", "moved_on", "since when"}}),
      Row<v1::CorrectCareStartRequest, v1::CorrectCareStartResponse>(
          "child", "correct-care-start", "care started on another day than is on record",
          {kChild,
           {"--on", "became_looked_after_on", "the right day"},
           {"--reason", "reason", "why it is corrected; kept, and told in no event"}}),
      Row<v1::CorrectCareEndRequest, v1::CorrectCareEndResponse>(
          "child", "correct-care-end",
          "care ceased on another day or for another reason than is on record, or not at all",
          {kChild,
           Optional("--on", "ceased_on", "the right day"),
           Optional("--taken-back", "taken_back", "care has not ceased"),
           Optional("--ceased-reason", "ceased_reason", "why care ceased, where that was wrong"),
           {"--reason", "reason", "why it is corrected; kept, and told in no event"}}),
      Row<v1::CorrectEnrolmentRequest, v1::CorrectEnrolmentResponse>(
          "child", "correct-enrolment",
          "the child's main school, or its day, is another one than is on record",
          {kChild,
           Optional("--school", "school_urn",
                    "the right school; the one before the last move takes that move back"),
           Optional("--on", "enrolled_on", "the right day"),
           {"--reason", "reason", "why it is corrected; kept, and told in no event"}}),
      Row<v1::CorrectLegalStatusRequest, v1::CorrectLegalStatusResponse>(
          "child", "correct-legal-status",
          "the child is looked after under another law than is on record, since care started",
          {kChild,
           {"--legal-status", "legal_status",
            "the right one, as v2; under v3 and v4, a series of short breaks, no PEP is required"},
           {"--reason", "reason", "why it is corrected; kept, and told in no event"}}),
      Row<v1::RestrictLocationRequest, v1::RestrictLocationResponse>(
          "child", "restrict-location",
          "no mail names the child's school from now on, and no event why care ceased",
          {kChild,
           Optional("--lifted", "lifted", "the location is not restricted any more"),
           {"--reason", "reason", "why; kept, and told in no event"}}),
  };
}

std::vector<Argument> AppointmentArguments(std::vector<Argument> more) {
  std::vector<Argument> arguments = {
      kStaff,
      {"--role", "appointment.role", "to what"},
      Optional("--school", "appointment.school_urn", "at this school"),
      Optional("--authority", "appointment.authority_code", "of this authority"),
      Optional("--child", "appointment.child_id", "for this child")};
  for (Argument& argument : more) arguments.push_back(std::move(argument));
  return arguments;
}

std::vector<RpcCommand> StaffCommands() {
  return {
      ListRow<v1::ListStaffRequest, v1::ListStaffResponse>(
          "staff", "staff of an authority",
          {Optional("--authority", "authority_code",
                    "of this authority; the actor's when left out")},
          {"staff_id", "own_id", "name", "email"}, "authority_code"),
      Row<v1::AppointStaffRequest, v1::AppointStaffResponse>(
          "staff", "appoint",
          "appoint a known person to a role at a school, an authority or for a "
          "child",
          AppointmentArguments({Optional("--from", "appointment.from_on", "today when left out"),
                                Optional("--until", "appointment.until_on", "its last day")})),
      Row<v1::EndAppointmentRequest, v1::EndAppointmentResponse>(
          "staff", "end", "end an appointment",
          AppointmentArguments(
              {Optional("--until", "appointment.until_on", "its last day; today when left out")})),
      Row<v1::CorrectAppointmentRequest, v1::CorrectAppointmentResponse>(
          "staff", "correct-appointment",
          "an appointment began or ended on another day than is on record, or has not ended",
          AppointmentArguments(
              {{"--from", "appointment.from_on", "its first day as it is on record"},
               Optional("--right-from", "from_on", "the right first day"),
               Optional("--right-until", "until_on", "the right last day"),
               Optional("--not-ended", "not_ended", "no last day is known"),
               {"--reason", "reason", "why it is corrected; kept, and told in no event"}})),
  };
}

std::vector<RpcCommand> SchoolCommands() {
  return {
      Row<v1::GetSchoolRequest, v1::GetSchoolResponse>("school", "show", "one school", {kSchool}),
      ListRow<v1::ListSchoolsRequest, v1::ListSchoolsResponse>(
          "school", "schools",
          {Optional("--authority", "authority_code",
                    "of this authority; the actor's when left out")},
          {"school_urn", "name", "phase", "closed_on", "designated_teacher_staff_ids",
           "designated_teacher_vacant_since", "looked_after_children"},
          "authority_code"),
      Row<v1::GetSchoolCalendarRequest, v1::GetSchoolCalendarResponse>(
          "school", "calendar", "everything that decides whether a day is a school day there",
          {kSchool}),
  };
}

bool AsksForNationalImports(const google::protobuf::Message& request) {
  return client::IsNational(static_cast<const v1::ListImportsRequest&>(request).kind());
}

RpcCommand PastImportsCommand() {
  RpcCommand row = ListRow<v1::ListImportsRequest, v1::ListImportsResponse>(
      "import", "who imported what, why, and what came of it; the newest first",
      {Optional("--authority", "authority_code", "of this authority; the actor's when left out"),
       Optional(
           "--kind", "kind",
           "only files of this kind; schools, school-links and bank-holidays are no authority's")},
      {"begun_at", "kind", "created", "changed", "unchanged", "removed", "finished_at",
       "imported_by", "reason", "request_id"},
      "authority_code");
  row.is_national = &AsksForNationalImports;
  return row;
}

std::string DaysInWords(common::v1::DayKind kind) {
  return absl::StrReplaceAll(client::EnumText(*common::v1::DayKind_descriptor(), kind),
                             {{"-", " "}});
}

// "3 school days after", counted from the deadline.
std::string OffsetInWords(const common::v1::AlertLevel& level) {
  if (level.offset() == 0) return "when it passes";
  return absl::StrCat(std::abs(level.offset()), " ", DaysInWords(level.day_kind()),
                      level.offset() < 0 ? " before" : " after");
}

std::string MailHoursInWords(const common::v1::MailHours& hours) {
  const MailHours usual;
  std::vector<std::string> at_once(hours.at_once().begin(), hours.at_once().end());
  if (at_once.empty()) at_once = usual.at_once;
  return absl::StrCat(
      "told: from ", hours.has_from_hour() ? hours.from_hour() : usual.from_hour, ":00 until ",
      hours.has_until_hour() ? hours.until_hour() : usual.until_hour, ":00, ",
      hours.any_day() ? "on any day" : "a school on its days, the council on working days",
      "; at any hour: ", absl::StrJoin(at_once, ", "),
      hours.no_digest() ? "; reminders and notices each in a mail of its own" : "");
}

// "needs-and-support (designated-teacher, mandatory)".
void AddSection(std::string* text, const common::v1::EpepFormSection& section) {
  absl::StrAppend(text, section.code(), " (", section.owner(),
                  section.mandatory() ? ", mandatory)" : ")");
}

// One row for each level of each deadline, which a plain record would leave out.
std::string PolicyText(const google::protobuf::Message& response) {
  const auto& profile = static_cast<const v1::GetPolicyProfileResponse&>(response).profile();
  Table table({"rule", "length", "counted in", "level", "at", "told"});
  for (const auto& rule : profile.deadline_rules()) {
    const std::string kind = absl::StrCat(
        DaysInWords(rule.day_kind()),
        rule.has_school_days_into_term()
            ? absl::StrCat(", at least ", rule.school_days_into_term(), " school days into a term")
            : "",
        rule.until_finalised() ? ", until the ePEP is finalised" : "",
        rule.provisional() ? " (provisional)" : "");
    if (rule.levels().empty()) {
      table.Add({rule.rule_id(), absl::StrCat(rule.length()), kind, "", "", ""});
    }
    for (const auto& level : rule.levels()) {
      const bool first = &level == &rule.levels(0);
      table.Add({first ? rule.rule_id() : "", first ? absl::StrCat(rule.length()) : "",
                 first ? kind : "", absl::StrCat(level.level()), OffsetInWords(level),
                 client::RolesInWords(level.recipients())});
    }
  }
  std::string work;
  for (const auto& rule : profile.pep_work()) {
    absl::StrAppend(&work, rule.work(), ": done by ", absl::StrJoin(rule.roles(), ", "), "\n");
  }
  if (profile.finalise_needs_outcomes()) {
    absl::StrAppend(&work,
                    "an ePEP is finalised with a SMART outcome, and once those of the PEPs before "
                    "it are reviewed\n");
  }
  if (profile.finalise_needs_sections()) {
    absl::StrAppend(&work, "an ePEP is finalised once its mandatory sections are complete\n");
  }
  for (const auto& form : profile.epep_forms()) {
    absl::StrAppend(&work, "sections of an ePEP, ", form.phase(), ": ",
                    absl::StrJoin(form.sections(), ", ", AddSection), "\n");
  }
  std::string disabled;
  for (const auto& rule : profile.disabled_rules()) {
    absl::StrAppend(&disabled, "switched off: ", rule.rule_id(), " (", rule.reason(), ")\n");
  }
  Table cut_offs({"academic year", "term", "cut off on"});
  for (const auto& row : profile.term_cut_offs()) {
    cut_offs.Add({row.academic_year(), row.term(), row.cut_off_on()});
  }
  return absl::StrCat("Policy profile of authority ", profile.authority_code(), ", version ",
                      profile.version(), ", in force from ", profile.effective_on(),
                      "\nsource: ", profile.source(), "\n", MailHoursInWords(profile.mail_hours()),
                      "\n", work, "\n", table.Text(), disabled, "\n", cut_offs.Text());
}

RpcCommand PolicyCommand() {
  RpcCommand row = Row<v1::GetPolicyProfileRequest, v1::GetPolicyProfileResponse>(
      "policy", "show", "an authority's deadlines and who is told when",
      {Optional("--authority", "authority_code", "of this authority; the actor's when left out")});
  row.own_authority = "authority_code";
  row.text = PolicyText;
  return row;
}

}  // namespace

std::vector<RpcCommand> RegistryCommands() {
  std::vector<RpcCommand> rows = ChildCommands();
  for (RpcCommand& row : StaffCommands()) rows.push_back(std::move(row));
  for (RpcCommand& row : SchoolCommands()) rows.push_back(std::move(row));
  rows.push_back(PolicyCommand());
  rows.push_back(PastImportsCommand());
  return rows;
}

}  // namespace pepline::pepctl
