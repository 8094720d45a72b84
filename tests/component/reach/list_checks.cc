// The checks of lists: every page of one, and tokens of pages that are not good for what is asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "tests/component/reach/checks.h"
#include "tests/component/reach/listed.h"
#include "tests/component/support/refusal_of.h"

namespace pepline::reach {
namespace {

constexpr int kMostPages = 3000;

std::string TokenIn(const google::protobuf::Message& answer) {
  const auto* field = answer.GetDescriptor()->FindFieldByName("next_page_token");
  return answer.GetReflection()->GetString(answer, field);
}

bool MayCallAtAll(Verdict verdict) {
  return verdict != Verdict::kUnauthenticated && verdict != Verdict::kRoleMayNot;
}

// What the first holds and the second does not, or less often. Both are sorted.
std::string InOneAlone(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  std::vector<std::string> alone;
  std::ranges::set_difference(one, other, std::back_inserter(alone));
  return absl::StrJoin(alone, " ");
}

// Some of the fields of a record, as a filter that it passes; or one that it may not pass.
Fields FilterBy(Dice& dice, const std::vector<Listed>& all, const Listed& record) {
  Fields filter;
  for (const auto& [field, value] : record.fields) {
    if (!Chance(dice, 25)) continue;
    const Fields& other = OneOf(dice, all).fields;
    const auto found = other.find(field);
    const bool of_other = Chance(dice, 25) && found != other.end();
    const std::string& wanted = of_other ? found->second : value;
    if (!wanted.empty()) filter[field] = wanted;
  }
  return filter;
}

}  // namespace

int Checks::List() {
  const ListRpc& list = ListRpcs()[dice_() % ListRpcs().size()];
  const Row& row = RowOf(list.service, list.rpc);
  const std::vector<Listed> all = list.all(town_.history);
  if (all.empty()) return 0;
  const Listed& near = OneOf(dice_, all);
  const Asker asker = Somebody(row, near.whose);
  Fields filter = FilterBy(dice_, all, near);
  const auto only = [&](const char* field) {
    const std::string value =
        Chance(dice_, 80) ? near.fields.at(field) : OneOf(dice_, all).fields.at(field);
    filter.clear();
    if (!value.empty()) filter[field] = value;
    return !value.empty();
  };
  if (list.rpc == "ListChildren") {
    const bool by_school = Chance(dice_, asker.caller.role == 'D' ? 90 : 30);
    if (!by_school || !only("school_urn")) only("authority_code");
  }
  if (!list.by_record) only("authority_code");
  const bool has_authority = filter.contains("authority_code");
  if (list.rpc == "ListStaff" && !has_authority) return 0;

  Verdict expected = Judge(row, asker.caller, {}, town_.Today());
  if (MayCallAtAll(expected)) {
    expected = Verdict::kAllowed;
    const Whose whole{.authority = has_authority ? filter["authority_code"] : ""};
    if (!list.by_record) expected = Judge(row, asker.caller, whole, town_.Today());
  }
  // A Designated Teacher must give a school.
  const bool bad_filter = list.rpc == "ListChildren" && asker.caller.role == 'D' && has_authority;
  std::vector<std::string> wanted;
  for (const Listed& one : all) {
    const bool passes = list.by_record || has_authority || list.rpc != "ListImports"
                            ? Passes(one, filter)
                            : one.whose.authority.empty();
    if (passes && (!list.by_record ||
                   Judge(row, asker.caller, one.whose, town_.Today()) == Verdict::kAllowed)) {
      wanted.push_back(one.id);
    }
  }
  std::ranges::sort(wanted);

  const auto& method = MethodOf(list.service, list.rpc);
  const std::string text = ToText(filter);
  const std::string words = InWords(row, asker, text);
  const std::string& authorization = tokens_.Of(asker.caller, asker.kind);
  static constexpr int kSizes[] = {1, 3, 10, 30, 0, 1000};
  std::vector<std::string> got;
  std::string token;
  int checks = 1;
  for (int page = 0; page < kMostPages; ++page) {
    const int size = kSizes[wanted.size() > 20 ? 2 + dice_() % 4 : dice_() % 6];
    const Reply reply = town_.client.Call(
        method,
        *RequestOf(method, absl::StrCat(text, " page_size:", size, " page_token:'", token, "'")),
        authorization);
    const Verdict verdict = VerdictOf(row, reply.status, words);
    if (page == 0) Count(row, verdict, reply.status.ok());
    EXPECT_EQ(NameOf(verdict), NameOf(expected)) << words << "; " << reply.status.error_message();
    if (expected != Verdict::kAllowed || verdict != Verdict::kAllowed) return checks;
    if (bad_filter) {
      EXPECT_EQ(FieldOf(reply.status), "school_urn") << words;
      return checks;
    }
    EXPECT_TRUE(reply.status.ok()) << words << "; " << reply.status.error_message();
    if (!reply.status.ok()) return checks;
    for (std::string& id : IdsIn(*reply.message, list.id)) got.push_back(std::move(id));
    if (const auto* schools =
            dynamic_cast<const registry::v1::ListSchoolsResponse*>(reply.message.get())) {
      for (const auto& school : schools->schools()) CheckCounts(asker.caller, school, words);
    }
    token = TokenIn(*reply.message);
    if (token.empty()) break;
    if (Chance(dice_, 30)) {
      TryToken(list, asker, filter, token);
      ++checks;
    }
  }
  EXPECT_EQ(token, "") << words << ": the list has no end";
  std::ranges::sort(got);
  EXPECT_EQ(InOneAlone(got, wanted), "") << words << ": is listed and should not be";
  EXPECT_EQ(InOneAlone(wanted, got), "") << words << ": should be listed and is not";
  return checks;
}

void Checks::TryToken(const ListRpc& list, Asker asker, const Fields& filter, std::string token) {
  const ListRpc* asked = &list;
  std::string text = ToText(filter);
  std::string what;
  switch (dice_() % 6) {
    case 0:
      what = "with another's token (sub)";
      asker.caller.subject += "-twin";
      break;
    case 1:
      what = "with another's token (authority)";
      asker.caller.authority = asker.caller.authority == "931" ? "825" : "931";
      break;
    case 2:
      what = "with another's token (schools)";
      // As many as before, where there are any.
      if (!asker.caller.schools.empty()) asker.caller.schools.erase(asker.caller.schools.begin());
      asker.caller.schools.insert("199998");
      break;
    case 3:
      what = "with another's token (role)";
      asker.caller.role = asker.caller.role == 'V' ? 'A' : 'V';
      break;
    case 4: {
      what = "with another list's token";
      while (asked == &list) asked = &ListRpcs()[dice_() % ListRpcs().size()];
      // So that nothing but the token can be at fault.
      text = asked->rpc == "ListChildren" ? "school_urn:'123001'" : "authority_code:'931'";
      break;
    }
    default:
      what = "with an altered token";
      char& letter = token[dice_() % (token.size() - 2)];
      letter = letter == 'A' ? 'B' : 'A';
      break;
  }
  const Row& row = RowOf(asked->service, asked->rpc);
  const auto& method = MethodOf(asked->service, asked->rpc);
  const Reply reply =
      town_.client.Call(method, *RequestOf(method, absl::StrCat(text, " page_token:'", token, "'")),
                        tokens_.Of(asker.caller));
  const std::string words = absl::StrCat(InWords(row, asker, text), " ", what);
  const Verdict role = Judge(row, asker.caller, {}, town_.Today());
  if (MayCallAtAll(role)) {
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << words << "; " << reply.status.error_message();
    EXPECT_EQ(FieldOf(reply.status), "page_token") << words;
  } else {
    EXPECT_EQ(NameOf(VerdictOf(row, reply.status, words)), NameOf(role)) << words;
  }
  ++tallies_[absl::StrCat(std::string(row.service), " ", std::string(row.rpc))].bad_page_tokens;
}

}  // namespace pepline::reach
