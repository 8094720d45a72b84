// What is asked for: a record at random, and a request about it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/reach/checks.h"
#include "tests/support/london.h"

namespace pepline::reach {
namespace {

std::string ChildIn(const std::string& id) { return id.substr(0, id.find('.')); }

// A form that the SDQ's informant, the last word of its id, may fill in.
const char* FormFor(const std::string& sdq) {
  if (sdq.ends_with("carer")) return "SDQ_FORM_P4_10";
  return sdq.ends_with("self") ? "SDQ_FORM_S11_17" : "SDQ_FORM_T4_10";
}

// This one's fund lines are open from the start, those of some others sooner or later.
const char* YearOfMoney(Dice& dice) {
  static constexpr const char* kYears[] = {"2025-26", "2026-27", "2027-28", "2028-29", "2029-30"};
  return kYears[Chance(dice, 60) ? 0 : dice() % std::size(kYears)];
}

}  // namespace

Checks::Subject Checks::PickChild(std::string_view service) {
  if (Chance(dice_, 3)) return {"chd-nobody00000000000000", {}, false, "chd-nobody00000000000000"};
  const std::string& id = OneOf(dice_, town_.history.children).first;
  return {id, town_.history.OfChild(service, id), true, id};
}

Checks::Subject Checks::PickSubject(const Ask& ask) {
  const History& history = town_.history;
  const bool invented = Chance(dice_, 5);
  switch (ask.about) {
    case About::kChild:
      return PickChild(ask.service);
    case About::kSdq: {
      if (history.sdqs.empty() || invented) {
        const Subject child = PickChild(ask.service);
        return {child.id + ".9.pep.self", child.whose, false, child.id};
      }
      const std::string& id = OneOf(dice_, history.sdqs).first;
      return {id, history.OfChild(ask.service, ChildIn(id)), true, ChildIn(id)};
    }
    case About::kRequest: {
      if (history.requests.empty() || invented) {
        const std::string id =
            absl::StrCat("req-", OneOf(dice_, kAuthorities), "25aaaaaaaaaaaaaaa");
        return {id, history.OfRequest(id), false};
      }
      const auto& [id, request] = OneOf(dice_, history.requests);
      return {id, history.OfRequest(id), true, request.child};
    }
    case About::kLine: {
      const std::string authority = invented ? kNowhere : OneOf(dice_, kAuthorities);
      const std::string id = absl::StrCat(authority, ".", YearOfMoney(dice_));
      return {id, {.authority = authority}, history.lines.contains(id)};
    }
    case About::kAlert: {
      if (history.alerts.empty() || invented) {
        const Subject child = PickChild(ask.service);
        return {child.id + ".1.no-such-rule", child.whose, false, child.id};
      }
      const auto& [id, alert] = OneOf(dice_, history.alerts);
      return {id, history.OfAlert(id), true, alert.child};
    }
    case About::kStaff: {
      if (invented) return {"stf-nobody00000000000000", {}, false};
      const auto& [id, authority] = OneOf(dice_, history.staff);
      return {id, {.authority = authority}};
    }
    case About::kSchool: {
      const std::string id = invented ? "199999" : OneOf(dice_, kSchools);
      const auto found = history.schools.find(id);
      if (found == history.schools.end()) return {id, {}, false};
      return {id, {.authority = found->second, .school = id}};
    }
    case About::kAuthority: {
      const std::string id = invented ? kNowhere : OneOf(dice_, kAuthorities);
      return {id, {.authority = id}, !invented};
    }
  }
  return {};
}

// The PEP to name for a child: the current one mostly, or an older, an invented or another child's.
std::string Checks::PepFor(const std::string& child, bool may_be_empty) {
  const auto found = town_.history.children.find(child);
  const std::string current = found == town_.history.children.end() ? "" : found->second.pep;
  const int which = static_cast<int>(dice_() % 100);
  if (may_be_empty && which < 40) return "";
  if (which < 80 && !current.empty()) return current;
  if (which < 85 && found != town_.history.children.end() && !found->second.peps.empty()) {
    return OneOf(dice_, found->second.peps);
  }
  if (which < 92) {
    const std::string& other = OneOf(dice_, town_.history.children).second.pep;
    if (!other.empty()) return other;
  }
  return child + ".77";
}

Checks::Filled Checks::Fill(const Ask& ask, const Subject& subject) {
  const std::string& child =
      subject.child.empty() ? OneOf(dice_, town_.history.children).first : subject.child;
  Filled filled;
  const bool is_draft = ask.fields.find("$somepep") != ask.fields.npos;
  if (is_draft || ask.fields.find("$pep") != ask.fields.npos) filled.pep = PepFor(child, !is_draft);
  const absl::CivilDay today = town_.Today();
  const std::string near = subject.whose.authority.empty() || Chance(dice_, 20)
                               ? OneOf(dice_, kAuthorities)
                               : subject.whose.authority;
  const absl::Time soon = absl::FromCivil(
      absl::CivilSecond(today + 1 + static_cast<int>(dice_() % 14)) + 10 * 3600, London());
  static constexpr const char* kInformants[] = {"SDQ_INFORMANT_TEACHER", "SDQ_INFORMANT_CARER",
                                                "SDQ_INFORMANT_SELF"};
  if (is_draft) filled.line = near;
  if (ask.fields.find("$child") != ask.fields.npos) {
    filled.appointed_for = OneOf(dice_, town_.history.children).first;
  }
  filled.fields = absl::StrReplaceAll(
      {ask.fields.data(), ask.fields.size()},
      {{"$of", subject.id},
       {"$somepep", filled.pep},
       {"$pep", filled.pep},
       {"$child", filled.appointed_for},
       {"$authority", near},
       {"$line", absl::StrCat(near, ".", YearOfMoney(dice_))},
       {"$school", OneOf(dice_, kSchools)},
       {"$today", absl::FormatCivilTime(today)},
       {"$lately", absl::FormatCivilTime(today - static_cast<int>(dice_() % 120))},
       {"$soon", absl::StrCat(absl::ToUnixSeconds(soon))},
       {"$informant", kInformants[dice_() % 3]},
       {"$form", FormFor(subject.id)},
       {"$year", YearOfMoney(dice_)},
       {"$amount", absl::StrCat(100'000'000 + dice_() % 1'000'000)}});
  if (ask.is_command) {
    filled.fields = absl::StrCat("request_id:'", town_.NextId(), "' ", filled.fields);
  }
  return filled;
}

Whose Checks::WhoseOf(const Ask& ask, const Subject& subject, const std::string& pep) const {
  switch (ask.about) {
    case About::kChild:
      // A PEP may stay with a school that the child has left.
      return ask.service == "scheduling" ? town_.history.OfPep(subject.child, pep)
                                         : town_.history.OfChild(ask.service, subject.child);
    case About::kSdq:
      return town_.history.OfChild(ask.service, subject.child);
    case About::kRequest:
      return town_.history.OfRequest(subject.id);
    case About::kAlert:
      return town_.history.OfAlert(subject.id);
    case About::kLine:
    case About::kStaff:
    case About::kSchool:
    case About::kAuthority:
      return subject.whose;  // never changes, or does not matter
  }
  return {};
}

}  // namespace pepline::reach
