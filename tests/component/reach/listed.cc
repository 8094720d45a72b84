#include "tests/component/reach/listed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline::reach {
namespace {

constexpr char kNotice[] = "ALERT_STATE_NOTICE";  // listed where it is asked for

Fields FieldsOf(const std::string& child, const Whose& whose) {
  return {{"child_id", child}, {"school_urn", whose.school}, {"authority_code", whose.authority}};
}

std::vector<Listed> Peps(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, child] : history.children) {
    for (const auto& [pep_id, open] : child.open) {
      const Whose whose = history.OfPep(id, pep_id);
      Listed& pep = all.emplace_back(Listed{pep_id, whose, FieldsOf(id, whose)});
      pep.fields["state"] = "PEP_STATE_" + open.state;
    }
  }
  return all;
}

std::vector<Listed> Deadlines(const History& history) {
  std::vector<Listed> all;
  for (const Listed& pep : Peps(history)) {
    const Child& child = history.children.at(pep.fields.at("child_id"));
    for (const auto& [id, rule] : child.open.at(pep.id).deadlines) {
      Listed& deadline = all.emplace_back(pep);
      deadline.id = id;
      deadline.fields.erase("child_id");
      deadline.fields.erase("state");
      deadline.fields["rule_id"] = rule;
    }
  }
  return all;
}

std::vector<Listed> Sdqs(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, sdq] : history.sdqs) {
    const Whose whose = history.OfChild("assessments", sdq.child);
    Listed& one = all.emplace_back(Listed{id, whose, FieldsOf(sdq.child, whose)});
    one.fields["pep_id"] = sdq.pep;
    one.fields["purpose"] = absl::StrCat(sdq.purpose);
    one.fields["informant"] = absl::StrCat(sdq.informant);
    one.fields["state"] = "SDQ_STATE_" + sdq.state;
    if (sdq.missing) one.fields["missing_only"] = "true";
    if (sdq.to_confirm) one.fields["to_confirm_only"] = "true";
  }
  return all;
}

std::vector<Listed> FundingRequests(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, request] : history.requests) {
    all.push_back({id,
                   history.OfRequest(id),
                   {{"child_id", request.child},
                    {"pep_id", request.pep},
                    {"fund_line_id", request.line},
                    {"authority_code", request.authority},
                    {"state", "FUNDING_REQUEST_STATE_" + request.state}}});
  }
  return all;
}

std::vector<Listed> Alerts(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, alert] : history.alerts) {
    all.push_back({id,
                   history.OfAlert(id),
                   {{"child_id", alert.child},
                    {"authority_code", alert.authority},
                    {"school_urn", alert.school},
                    {"state", alert.notice ? kNotice
                              : alert.open ? "ALERT_STATE_OPEN"
                                           : "ALERT_STATE_RESOLVED"},
                    {"level", absl::StrCat(alert.level)}}});
  }
  return all;
}

std::vector<Listed> Children(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, child] : history.children) {
    const Whose whose = history.OfChild("registry", id);
    all.push_back({id, whose, {{"authority_code", whose.authority}, {"school_urn", whose.school}}});
  }
  return all;
}

std::vector<Listed> Staff(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, authority] : history.staff) {
    all.push_back({id, {.authority = authority}, {{"authority_code", authority}}});
  }
  return all;
}

std::vector<Listed> Imports(const History& history) {
  std::vector<Listed> all;
  for (const auto& [authority, id] : history.imports) {
    all.push_back({id, {.authority = authority}, {{"authority_code", authority}}});
  }
  return all;
}

std::vector<Listed> Schools(const History& history) {
  std::vector<Listed> all;
  for (const auto& [id, authority] : history.schools) {
    all.push_back({id, {.authority = authority, .school = id}, {{"authority_code", authority}}});
  }
  return all;
}

constexpr bool kWhole = false;
const ListRpc kLists[] = {
    {"registry", "ListChildren", "child_id", &Children},
    {"registry", "ListSchools", "school_urn", &Schools},
    {"registry", "ListStaff", "staff_id", &Staff, kWhole},
    {"registry", "ListImports", "request_id", &Imports, kWhole},
    {"scheduling", "ListPeps", "reference.pep_id", &Peps},
    {"scheduling", "ListDeadlines", "deadline.deadline_id", &Deadlines},
    {"assessments", "ListSdqs", "sdq_id", &Sdqs},
    {"funding", "ListFundingRequests", "funding_request_id", &FundingRequests},
    {"notifications", "ListAlerts", "reference.alert_id", &Alerts},
};

std::string IdIn(const google::protobuf::Message& record, std::string_view path) {
  const google::protobuf::Message* message = &record;
  for (;;) {
    const auto dot = path.find('.');
    const auto* field = message->GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
    EXPECT_NE(field, nullptr) << path;
    if (field == nullptr) return "";
    if (dot == path.npos) return message->GetReflection()->GetString(*message, field);
    message = &message->GetReflection()->GetMessage(*message, field);
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

std::span<const ListRpc> ListRpcs() { return kLists; }

std::string ToText(const Fields& filter) {
  std::string text;
  for (const auto& [field, value] : filter) {
    const bool is_text = absl::EndsWith(field, "_id") || absl::EndsWith(field, "_urn") ||
                         absl::EndsWith(field, "_code");
    const char* quote = is_text ? "'" : "";
    absl::StrAppend(&text, field, ":", quote, value, quote, " ");
  }
  return text;
}

bool Passes(const Listed& record, const Fields& filter) {
  const auto state = record.fields.find("state");
  const bool is_notice = state != record.fields.end() && state->second == kNotice;
  if (is_notice && !filter.contains("state")) return false;
  return std::ranges::all_of(filter, [&](const auto& one) {
    const auto found = record.fields.find(one.first);
    return found != record.fields.end() && found->second == one.second;
  });
}

std::vector<std::string> IdsIn(const google::protobuf::Message& answer, std::string_view path) {
  std::vector<std::string> ids;
  const google::protobuf::FieldDescriptor* records = answer.GetDescriptor()->field(0);
  const auto& all = *answer.GetReflection();
  for (int i = 0; i < all.FieldSize(answer, records); ++i) {
    ids.push_back(IdIn(all.GetRepeatedMessage(answer, records, i), path));
  }
  return ids;
}

}  // namespace pepline::reach
