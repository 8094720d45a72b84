// The checks of work-lists: whose work each item is by the history, and whether the role may do it
// by the table of the RPCs that do the steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/common/v1/work.pb.h"
#include "shared/base/london.h"
#include "shared/base/timestamps.h"
#include "tests/component/reach/checks.h"
#include "tests/component/support/refusal_of.h"

namespace pepline::reach {
namespace {

using common::v1::WorkItem;

constexpr int kMostPages = 3000;
constexpr std::string_view kOwners[] = {"scheduling", "assessments", "funding"};

std::vector<WorkItem> ItemsIn(const google::protobuf::Message& answer) {
  const auto* field = answer.GetDescriptor()->FindFieldByName("items");
  std::vector<WorkItem> items;
  for (int i = 0; i < answer.GetReflection()->FieldSize(answer, field); ++i) {
    items.push_back(
        static_cast<const WorkItem&>(answer.GetReflection()->GetRepeatedMessage(answer, field, i)));
  }
  return items;
}

std::string TokenIn(const google::protobuf::Message& answer) {
  const auto* field = answer.GetDescriptor()->FindFieldByName("next_page_token");
  return answer.GetReflection()->GetString(answer, field);
}

absl::Time TimeOf(const WorkItem& item) {
  return FromTimestamp(item.has_due_at() ? item.due_at() : item.waiting_since())
      .value_or(absl::InfinitePast());
}

// What has no day comes behind all that has one.
std::pair<bool, absl::Time> PlaceOf(const WorkItem& item) {
  return {!item.has_due_at(), TimeOf(item)};
}

std::string StepOf(const WorkItem& item) {
  return common::v1::WorkStep_Name(item.step()).substr(std::string_view("WORK_STEP_").size());
}

// The service that has an RPC of this name.
const Row& RowOfStep(const std::string& step) {
  const std::string_view rpc = RpcOfStep(step);
  EXPECT_NE(rpc, "") << step;
  for (const Row& row : Table()) {
    if (row.rpc == rpc) return row;
  }
  return Table().front();
}

Whose WhoseOfItem(const History& history, std::string_view service, const WorkItem& item) {
  if (service == "funding") return history.OfRequest(item.record_id());
  if (service == "assessments" || item.pep_id().empty()) {
    return history.OfChild(service, item.child_id());
  }
  return history.OfPep(item.child_id(), item.pep_id());
}

// What funding's list has to hold, of those who are let see it.
std::string StepOfState(const std::string& state) {
  if (state == "DRAFT") return "SUBMIT_FUNDING_REQUEST";
  if (state == "SUBMITTED") return "DECIDE_FUNDING_REQUEST";
  return state == "APPROVED" ? "RELEASE_FUNDING" : "";
}

}  // namespace

int Checks::Work() {
  const std::string_view service = kOwners[dice_() % std::size(kOwners)];
  const Row& row = RowOf(service, "ListWork");
  const Whose near = PickChild(service).whose;
  const Asker asker = Somebody(row, near);
  Fields filter;
  if (Chance(dice_, 30) && !near.school.empty()) filter["school_urn"] = near.school;
  if (Chance(dice_, 20) && !near.authority.empty()) filter["authority_code"] = near.authority;
  const int days = Chance(dice_, 50) ? 366 : 1 + static_cast<int>(dice_() % 60);
  filter["within_days"] = absl::StrCat(days);
  const std::string text = ToText(filter);
  const std::string words = InWords(row, asker, text);
  const auto passes = [&](const Whose& whose) {
    return (!filter.contains("school_urn") || filter["school_urn"] == whose.school) &&
           (!filter.contains("authority_code") || filter["authority_code"] == whose.authority);
  };

  Verdict expected = Judge(row, asker.caller, {}, town_.Today());
  if (expected == Verdict::kHidden) expected = Verdict::kAllowed;  // a list, of nothing perhaps
  const auto& method = MethodOf(service, "ListWork");
  const ListRpc list = {service, "ListWork", "record_id", nullptr};
  std::vector<WorkItem> got;
  std::string token;
  int checks = 1;
  for (int page = 0; page < kMostPages; ++page) {
    static constexpr int kSizes[] = {1, 3, 10, 30, 0, 1000};
    const int size = kSizes[got.size() > 20 ? 2 + dice_() % 4 : dice_() % 6];
    const Reply reply = town_.client.Call(
        method,
        *RequestOf(method, absl::StrCat(text, " page_size:", size, " page_token:'", token, "'")),
        tokens_.Of(asker.caller, asker.kind));
    const Verdict verdict = VerdictOf(row, reply.status, words);
    if (page == 0) Count(row, verdict, reply.status.ok());
    EXPECT_EQ(NameOf(verdict), NameOf(expected)) << words << "; " << reply.status.error_message();
    if (expected != Verdict::kAllowed || verdict != Verdict::kAllowed) return checks;
    EXPECT_TRUE(reply.status.ok()) << words << "; " << reply.status.error_message();
    if (!reply.status.ok()) return checks;
    for (WorkItem& item : ItemsIn(*reply.message)) got.push_back(std::move(item));
    token = TokenIn(*reply.message);
    if (token.empty()) break;
    if (Chance(dice_, 30)) {
      TryToken(list, asker, filter, token);
      ++checks;
    }
  }
  EXPECT_EQ(token, "") << words << ": the list has no end";

  EXPECT_TRUE(std::ranges::is_sorted(got, {}, PlaceOf)) << words << ": not by their days";
  const absl::Time until = absl::FromCivil(town_.Today() + days + 1, London());
  std::set<std::string> seen;
  for (const WorkItem& item : got) {
    const std::string what = absl::StrCat(words, ": ", item.ShortDebugString());
    EXPECT_TRUE(seen.insert(absl::StrCat(item.pep_id(), item.record_id(), item.child_id(), " ",
                                         StepOf(item)))
                    .second)
        << what << ": is listed twice";
    const Whose whose = WhoseOfItem(town_.history, service, item);
    EXPECT_EQ(NameOf(Judge(row, asker.caller, whose, town_.Today())), NameOf(Verdict::kAllowed))
        << what << ": out of reach";
    EXPECT_EQ(NameOf(Judge(RowOfStep(StepOf(item)), asker.caller, whose, town_.Today())),
              NameOf(Verdict::kAllowed))
        << what << ": is not theirs to do";
    EXPECT_TRUE(passes(whose)) << what << ": does not pass the filter";
    EXPECT_EQ(item.authority_code(), whose.authority) << what;
    EXPECT_EQ(item.school_urn(), whose.school) << what;
    EXPECT_TRUE(item.late() || !item.has_due_at() || TimeOf(item) < until) << what;
    const bool past = item.has_due_at() && town_.Now() >= TimeOf(item) + absl::Seconds(1);
    EXPECT_TRUE(item.late() || !past) << what << ": is late and not said to be";
  }
  if (service != "funding") return checks;
  for (const auto& [id, request] : town_.history.requests) {
    const std::string step = StepOfState(request.state);
    const Whose whose = town_.history.OfRequest(id);
    const bool wanted =
        !step.empty() && passes(whose) &&
        Judge(RowOfStep(step), asker.caller, whose, town_.Today()) == Verdict::kAllowed;
    const bool listed = seen.contains(absl::StrCat(request.pep, id, request.child, " ", step));
    EXPECT_EQ(listed, wanted) << words << ": " << id << " waits for " << step;
  }
  return checks;
}

}  // namespace pepline::reach
