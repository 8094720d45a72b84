#include "tests/component/reach/checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "tests/component/support/refusal_of.h"

namespace pepline::reach {
namespace {

constexpr std::size_t kRemembered = 50;

std::string ChildIn(const std::string& id) { return id.substr(0, id.find('.')); }

}  // namespace

int Checks::Next() {
  const int what = static_cast<int>(dice_() % 1000);
  if (what < 3) town_.PassTime();
  if (what == 3) town_.ChangeMonthsOfAccess();
  if (what == 4) town_.MoveASchool();
  if (what < 15) {
    TryImport();
    return 1;
  }
  if (what < 30) return Work();
  if (what < 265) return List();
  if (what < 300 && !carried_out_.empty()) {
    Repeat();
    return 1;
  }
  AskOne(Asks()[dice_() % Asks().size()]);
  return 1;
}

Checks::Asker Checks::Somebody(const Row& row, const Whose& near) {
  const std::string letters =
      absl::StrCat(std::string(row.any), std::string(row.authority), std::string(row.schools),
                   std::string(row.nobodys), std::string(row.authority_if_told),
                   std::string(row.schools_if_told));
  Asker asker;
  Caller& caller = asker.caller;
  caller.role = Chance(dice_, 75) ? OneOf(dice_, letters) : OneOf(dice_, kEveryRole);
  const int where = static_cast<int>(dice_() % 100);
  if (where < 55) {
    caller.authority = near.authority;
  } else if (where < 90) {
    caller.authority = OneOf(dice_, kAuthorities);
  } else if (where < 95) {
    caller.authority = kNowhere;
  }
  // Somebody of a school has schools, and needs no authority; for others they count for nothing.
  if (caller.role == 'D' || caller.role == 'H' || Chance(dice_, 10)) {
    if (Chance(dice_, 55) && !near.school.empty()) caller.schools.insert(near.school);
    while (Chance(dice_, 40)) caller.schools.insert(OneOf(dice_, kSchools));
    if (Chance(dice_, 3)) caller.schools.insert("199999");
  }
  // Few people, so that one may submit what the other approves.
  caller.subject = absl::StrCat("stf-", dice_() % 3);
  if (Chance(dice_, 8)) {
    asker.kind = static_cast<TokenKind>(dice_() % kTokenKinds);
    caller.token_is_good = asker.kind == TokenKind::kGood;
  }
  return asker;
}

void Checks::AskOne(const Ask& ask) {
  const Row& row = RowOf(ask.service, ask.rpc);
  const Subject subject = PickSubject(ask);
  Whose near = subject.whose;
  // A school that the child has left is as near as the present one.
  if (!subject.child.empty() && Chance(dice_, 20)) {
    const auto child = town_.history.children.find(subject.child);
    if (child != town_.history.children.end()) near.school = child->second.school_before;
  }
  const Asker asker = Somebody(row, near);
  const Filled filled = Fill(ask, subject);
  const Whose whose = WhoseOf(ask, subject, filled.pep);
  const Verdict expected = Judge(row, asker.caller, whose, town_.Today());

  const auto& method = MethodOf(ask.service, ask.rpc);
  const std::int64_t commits = town_.services.commits();
  const Reply reply = town_.client.Call(method, *RequestOf(method, filled.fields),
                                        tokens_.Of(asker.caller, asker.kind));
  const bool ok = reply.status.ok();
  const std::string words =
      absl::StrCat(InWords(row, asker, filled.fields), ", of ", InWords(whose), "; ",
                   subject.exists ? "it is there" : "it is not there");
  Verdict verdict = VerdictOf(row, reply.status, words);
  const std::string got = absl::StrCat(
      NameOf(verdict) == "allowed" ? "code " : std::string(NameOf(verdict)) + ", code ",
      static_cast<int>(reply.status.error_code()), ": ", reply.status.error_message());
  // What is not there may be answered so to whoever reaches it, too.
  if (!subject.exists && verdict == Verdict::kHidden && expected == Verdict::kAllowed) {
    verdict = Verdict::kAllowed;
  }
  // Assessments says that the PEP is another child's before it looks whose the child is.
  const bool pep_of_another =
      ask.service == "assessments" && !filled.pep.empty() && ChildIn(filled.pep) != subject.child;
  if (pep_of_another && expected != Verdict::kUnauthenticated && expected != Verdict::kRoleMayNot) {
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << words << "; " << got;
  } else {
    EXPECT_EQ(NameOf(verdict), NameOf(expected)) << words << "; " << got;
    if (!ok && verdict == Verdict::kAllowed && subject.exists) {
      EXPECT_NE(ReasonOf(reply.status, ask.service), "INVALID_FIELD") << words << "; " << got;
    }
  }
  if (!ok || !ask.is_command) {
    EXPECT_EQ(town_.services.commits(), commits) << words << ": something was written; " << got;
  }
  CheckAnswer(ask, subject, filled, asker.caller, reply, words);
  Count(row, verdict, ok);
  if (!ok || !ask.is_command) return;
  if (carried_out_.size() == kRemembered) carried_out_.erase(carried_out_.begin());
  carried_out_.push_back(
      {&ask, subject, asker.caller, filled.fields, filled.pep, reply.message->SerializeAsString()});
  town_.Settle();
}

void Checks::Repeat() {
  const CarriedOut& first = OneOf(dice_, carried_out_);
  const Ask& ask = *first.ask;
  const Row& row = RowOf(ask.service, ask.rpc);
  const Whose whose = WhoseOf(ask, first.subject, first.pep);
  const Asker asker = Chance(dice_, 60) ? Asker{first.caller} : Somebody(row, whose);
  const Verdict expected = Judge(row, asker.caller, whose, town_.Today());
  const auto& method = MethodOf(ask.service, ask.rpc);
  const std::int64_t commits = town_.services.commits();
  const Reply reply = town_.client.Call(method, *RequestOf(method, first.fields),
                                        tokens_.Of(asker.caller, asker.kind));
  const std::string words = absl::StrCat(InWords(row, asker, first.fields), ", of ", InWords(whose),
                                         "; once more, first by ", first.caller.subject);
  const Verdict verdict = VerdictOf(row, reply.status, words);
  EXPECT_EQ(NameOf(verdict), NameOf(expected)) << words << "; " << reply.status.error_message();
  const bool is_the_first = asker.caller.subject == first.caller.subject;
  if (expected == Verdict::kAllowed && is_the_first) {
    EXPECT_TRUE(reply.status.ok()) << words << "; " << reply.status.error_message();
    EXPECT_EQ(reply.message->SerializeAsString(), first.answer) << words;
  }
  if (expected != Verdict::kAllowed || is_the_first) {
    EXPECT_EQ(town_.services.commits(), commits) << words << ": something was written";
  }
  Count(row, verdict, reply.status.ok());
  if (reply.status.ok()) town_.Settle();
}

void Checks::CheckAnswer(const Ask& ask, const Subject& subject, const Filled& filled,
                         const Caller& caller, const Reply& reply, const std::string& words) {
  const bool ok = reply.status.ok();
  const auto found = town_.history.children.find(subject.child);
  const Child* child = found == town_.history.children.end() ? nullptr : &found->second;
  if (ok) {
    EXPECT_TRUE(subject.exists || ask.rpc == "OpenFundLine") << words << ": was answered";
  }
  if (ask.is_command) {
    // Of a PEP that the newest followed while it was open some work is left.
    constexpr std::string_view kForOpenPeps[] = {
        "CompleteReadinessItem", "HoldPepMeeting",      "FinaliseEpep",     "CorrectPepMeeting",
        "TakeBackFinalisation",  "WriteOffPep",         "HandOverPep",      "SetOutcome",
        "WriteEpepSection",      "CompleteEpepSection", "ReopenEpepSection"};
    const bool left_open = child != nullptr && child->open.contains(filled.pep) &&
                           std::ranges::count(kForOpenPeps, ask.rpc) > 0;
    // What is on record of a child's views is put right also when their PEP is over.
    const bool put_right =
        child != nullptr && child->views.contains(filled.pep) && ask.rpc == "CorrectPupilViews";
    const bool other_pep = !filled.pep.empty() && child != nullptr && filled.pep != child->pep &&
                           !left_open && !put_right;
    // Money may be asked for any PEP of the child; everything else is for the newest.
    const bool forbidden =
        ask.service == "funding" ? ChildIn(filled.pep) != subject.child : other_pep;
    // Whether another authority's fund line is open is its own affair.
    if (!ok && !filled.line.empty() && child != nullptr && filled.line != child->authority) {
      EXPECT_NE(ReasonOf(reply.status, ask.service), "FUND_LINE_NOT_OPEN") << words;
    }
    if (ok && !filled.appointed_for.empty()) {
      EXPECT_EQ(town_.history.children[filled.appointed_for].recorded_by, subject.whose.authority)
          << words << ": somebody is appointed for another authority's child";
    }
    if (ok && !filled.pep.empty()) {
      EXPECT_FALSE(forbidden) << words << ": was carried out for a PEP that is not the child's "
                              << "current one, " << child->pep;
    }
    return;
  }
  if (!ok) {
    // Who reaches what is there gets it.
    bool there = subject.exists && ask.rpc != "LookUpContacts";
    if (ask.rpc == "GetPep" || ask.rpc == "GetEpep") {
      there = child != nullptr && !child->pep.empty() &&
              (filled.pep.empty() || child->peps.contains(filled.pep));
    }
    // A PEP of another child is no PEP of this one.
    if (ask.rpc == "GetOutcomes" && !filled.pep.empty()) {
      there = there && ChildIn(filled.pep) == subject.child;
    }
    if (ask.rpc == "GetPupilViews") {
      const std::string pep = filled.pep.empty() && child != nullptr ? child->pep : filled.pep;
      there = child != nullptr && child->views.contains(pep);
    }
    const Verdict expected = Judge(RowOf(ask.service, ask.rpc), caller,
                                   WhoseOf(ask, subject, filled.pep), town_.Today());
    if (expected == Verdict::kAllowed) {
      EXPECT_FALSE(there) << words << ": is not given out";
    }
    return;
  }
  if (ask.rpc == "LookUpContacts") {
    EXPECT_NE(child, nullptr) << words;
    EXPECT_NE(filled.fields.find(absl::StrCat("authority_code:'", child->recorded_by)),
              std::string::npos)
        << words << ": contacts of another authority's child";
    return;
  }
  // A PEP may have no outcome.
  if (ask.rpc == "GetOutcomes" && reply.message->ByteSizeLong() == 0) return;
  EXPECT_NE(reply.message->SerializeAsString().find(subject.id), std::string::npos)
      << words << ": something else is answered: " << reply.message->ShortDebugString();
  if (const auto* school =
          dynamic_cast<const registry::v1::GetSchoolResponse*>(reply.message.get())) {
    CheckCounts(caller, school->school(), words);
  }
}

void Checks::CheckCounts(const Caller& caller, const google::protobuf::Message& message,
                         const std::string& words) {
  const auto& school = dynamic_cast<const registry::v1::School&>(message);
  const bool may =
      MayCountChildren(caller, school.school_urn(), town_.history.schools[school.school_urn()]);
  EXPECT_EQ(school.has_looked_after_children(), may) << words << ": " << school.ShortDebugString();
  if (!may) {
    EXPECT_EQ(school.designated_teacher_vacant_since(), "") << words;
  }
}

void Checks::TryImport() {
  const Row& row = RowOf("registry", "Import");
  const bool nobodys = Chance(dice_, 40);
  const std::string authority = nobodys ? "" : OneOf(dice_, kAuthorities);
  const Asker asker = Somebody(row, {.authority = authority});
  const std::int64_t commits = town_.services.commits();
  const grpc::Status status =
      town_.Import(asker.caller, asker.kind,
                   nobodys ? registry::v1::IMPORT_KIND_SCHOOLS : registry::v1::IMPORT_KIND_STAFF,
                   authority, "own_id,name\n", /*dry_run=*/true);
  const Verdict expected = Judge(row, asker.caller, {.authority = authority}, town_.Today());
  const std::string words =
      InWords(row, asker, absl::StrCat(nobodys ? "schools" : "staff", " of '", authority, "'"));
  Verdict verdict = VerdictOf(row, status, words);
  // Whether it is the role or the authority that is wrong, it does not matter.
  if (verdict == Verdict::kRoleMayNot && expected == Verdict::kHidden) verdict = expected;
  EXPECT_EQ(NameOf(verdict), NameOf(expected)) << words << "; " << status.error_message();
  EXPECT_EQ(town_.services.commits(), commits) << words << ": something was written";
  Count(row, verdict, status.ok());
}

Verdict Checks::VerdictOf(const Row& row, const grpc::Status& status, const std::string& words) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return Verdict::kUnauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED:
      return Verdict::kRoleMayNot;
    case grpc::StatusCode::NOT_FOUND: {
      if (ReasonOf(status, row.service) != "NOT_FOUND") return Verdict::kAllowed;
      // Nothing may tell what is hidden from what is not there.
      const std::string answer = absl::StrCat(status.error_message(), DetailsOf(status));
      const auto known = hidden_answers_.try_emplace(std::string(row.service), answer).first;
      EXPECT_EQ(answer, known->second) << words;
      return Verdict::kHidden;
    }
    default:
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNAVAILABLE) << words;
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << words;
      EXPECT_NE(status.error_code(), grpc::StatusCode::DATA_LOSS) << words;
      return Verdict::kAllowed;
  }
}

void Checks::Count(const Row& row, Verdict verdict, bool ok) {
  Tally& tally = tallies_[absl::StrCat(std::string(row.service), " ", std::string(row.rpc))];
  switch (verdict) {
    case Verdict::kAllowed:
      ++(ok ? tally.carried_out : tally.refused);
      break;
    case Verdict::kHidden:
      ++tally.hidden;
      break;
    case Verdict::kRoleMayNot:
      ++tally.role_may_not;
      break;
    case Verdict::kUnauthenticated:
      ++tally.unauthenticated;
      break;
  }
}

std::string Checks::InWords(const Row& row, const Asker& asker, const std::string& request) {
  const Caller& caller = asker.caller;
  return absl::StrCat(std::string(NameOfRole(caller.role)), " ", caller.subject, " of authority '",
                      caller.authority, "' at schools {", absl::StrJoin(caller.schools, ", "),
                      "}, token ", std::string(NameOf(asker.kind)), ", asks ",
                      std::string(row.service), " ", std::string(row.rpc), " {", request, "}");
}

std::string Checks::InWords(const Whose& whose) {
  std::string words =
      absl::StrCat("authority '", whose.authority, "', now at school '", whose.school, "'");
  if (whose.care_ceased_on) {
    absl::StrAppend(&words, ", care ceased on ", absl::FormatCivilTime(*whose.care_ceased_on),
                    " and is reached for ", whose.months_of_access, " months");
  }
  return words;
}

}  // namespace pepline::reach
