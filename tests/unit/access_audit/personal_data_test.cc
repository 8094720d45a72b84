// Keeps the marks of personal data in the contracts honest: whatever an RPC's answer can hold
// decides, from the contracts themselves. A new field of an answer is personal until it is on the
// list below.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/security/rpc_access.h"

namespace pepline {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// Texts and numbers of answers that tell nothing personal by themselves: ids, dates of work,
// places, policy, counts, pounds. Whose they are is another question (kOfSomebody).
const std::set<std::string> kHarmless = {
    // ids and places
    "child_id", "pep_id", "sdq_id", "staff_id", "alert_id", "fund_line_id", "deadline_id",
    "school_urn", "authority_code", "designated_teacher_staff_ids", "School.name", "phase",
    "from_school_urn", "school_authority_code", "delivery_id", "meeting_chairs",
    "meeting_attendees", "outcome_id", "carried_from",
    // paging
    "next_page_token",
    // dates of schools, appointments and work
    "closed_on", "from_on", "until_on", "opened_on", "held_on", "first_day", "last_day",
    "closed_days", "bank_holidays", "academic_year", "term", "part", "financial_year",
    "effective_on", "first_effective_on", "cut_off_on", "due_on",
    // policy and deadlines
    "rule_id", "version", "source", "length", "level", "offset", "PolicyProfile.name",
    "access_after_care_months", "interim_most_school_days", "interim_school_days_after_reopening",
    "sdq_from_age", "sdq_until_age", "sdq_strategies_for", "pep_in_provision_from_age",
    "pep_from_age", "school_days_into_term", "NoticeRule.kind", "NoticeRule.reason",
    "DisabledRule.reason", "PepWorkRule.work", "PepWorkRule.roles", "EpepFormSection.code",
    "EpepFormSection.owner", "from_hour", "until_hour", "at_once", "due_at_remarks",
    // which section of an ePEP, and how often it was written
    "section", "revision", "epep_versions",
    // what the authority has to bring for a PEP to open
    "why_none_is_open",
    // counts and money
    "rows", "created", "changed", "unchanged", "total_errors", "row", "amount_pence",
    "old_amount_pence", "FundLineChange.reason", "approved_pence", "released_pence", "left_pence",
    "times_rescheduled", "times_raised", "total_removals", "total_notes", "pep_changes",
    // what an outcome lacks, in words that are the same for everybody
    "OutcomeGap.field", "OutcomeGap.advice",
    // errors of a file by place, what it takes away in words, and how a message went; never a
    // person's data
    "column", "message", "what", "channel", "cause", "resolved_cause"};

// Who or whose: an answer that says where somebody stands, even by an opaque id alone.
const std::set<std::string> kOfSomebody = {"child_id", "staff_id"};

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file :
       {registry::v1::Child::descriptor()->file(), scheduling::v1::Pep::descriptor()->file(),
        assessments::v1::Sdq::descriptor()->file(), funding::v1::FundLine::descriptor()->file(),
        notifications::v1::Alert::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string NameOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

bool IsRead(const MethodDescriptor& method) {
  return method.name().starts_with("Get") || method.name().starts_with("List") ||
         method.name().starts_with("LookUp");
}

// The texts, bytes and numbers that a message can hold, at any depth: "name", with the message
// where the list of the harmless ones names it so.
void AddLeaves(const Descriptor& type, std::set<const Descriptor*>& seen,
               std::set<std::string>& leaves) {
  if (!seen.insert(&type).second || type.full_name() == "google.protobuf.Timestamp") return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        AddLeaves(*field.message_type(), seen, leaves);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
      case FieldDescriptor::CPPTYPE_BOOL:
        break;  // states and roles
      default: {
        const std::string full = absl::StrCat(type.name(), ".", field.name());
        leaves.insert(kHarmless.contains(full) ? full : field.name());
      }
    }
  }
}

std::set<std::string> LeavesOf(const MethodDescriptor& method) {
  std::set<const Descriptor*> seen;
  std::set<std::string> leaves;
  AddLeaves(*method.output_type(), seen, leaves);
  return leaves;
}

TEST(MarksOfPersonalData, AnUnmarkedRpcAnswersNothingPersonal) {
  int unmarked = 0;
  for (const MethodDescriptor* method : Methods()) {
    if (AccessTo(NameOf(*method)).gives_personal_data) continue;
    ++unmarked;
    for (const std::string& leaf : LeavesOf(*method)) {
      EXPECT_TRUE(kHarmless.contains(leaf))
          << NameOf(*method) << " may answer " << leaf
          << ": mark the RPC in its contract (personal_data), or say that the field is harmless";
    }
  }
  EXPECT_GT(unmarked, 20);
}

TEST(MarksOfPersonalData, AReadThatTellsOfSomebodyIsMarked) {
  for (const MethodDescriptor* method : Methods()) {
    if (!IsRead(*method) || AccessTo(NameOf(*method)).gives_personal_data) continue;
    for (const std::string& leaf : LeavesOf(*method)) {
      EXPECT_FALSE(kOfSomebody.contains(leaf)) << NameOf(*method) << " answers " << leaf;
    }
  }
}

TEST(MarksOfPersonalData, WhatIsMarkedIsAnRpcThatTellsSomethingPersonal) {
  std::set<std::string> marked;
  for (const auto& [rpc, access] : AccessOfRpcs()) {
    if (access.gives_personal_data) marked.insert(rpc);
  }
  for (const MethodDescriptor* method : Methods()) {
    if (marked.erase(NameOf(*method)) == 0) continue;
    const std::set<std::string> leaves = LeavesOf(*method);
    EXPECT_TRUE(std::ranges::any_of(leaves, [&](const std::string& leaf) {
      return !kHarmless.contains(leaf) || (IsRead(*method) && kOfSomebody.contains(leaf));
    })) << NameOf(*method);
    EXPECT_FALSE(method->client_streaming() || method->server_streaming())
        << NameOf(*method)
        << ": streams do not go through RpcServer::Unary, which writes the trail";
  }
  EXPECT_TRUE(marked.empty()) << *marked.begin() << " is no RPC";
}

TEST(MarksOfPersonalData, KnowsThePersonalFieldsOfToday) {
  for (const char* personal : {"given_name",
                               "family_name",
                               "date_of_birth",
                               "upn",
                               "own_id",
                               "name",
                               "email",
                               "answers",
                               "emotional",
                               "total",
                               "score",
                               "text",
                               "strategies",
                               "declined_reason",
                               "description",
                               "exit_plan",
                               "decline_reason",
                               "document_reference",
                               "child_initials",
                               "reason",
                               "looked_after_children",
                               "designated_teacher_vacant_since"}) {
    EXPECT_FALSE(kHarmless.contains(personal)) << personal;
    EXPECT_TRUE(std::ranges::any_of(
        Methods(),
        [&](const MethodDescriptor* method) { return LeavesOf(*method).contains(personal); }))
        << personal << " is in no answer: has it another name now?";
  }
}

}  // namespace
}  // namespace pepline
