// Everything that only reads, and who may.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/domain/field_list.h"
#include "shared/domain/id_forms.h"

namespace pepline::scheduling {
namespace {

bool IsOfTerm(const std::string& academic_year, const std::optional<Term>& term,
              const v1::ListPepsRequest& request) {
  return (request.academic_year().empty() || request.academic_year() == academic_year) &&
         (request.term().empty() || (term && request.term() == TermName(*term)));
}

bool Matches(const Cycle& pep, const v1::ListPepsRequest& request) {
  const bool state_fits = request.state() == v1::PEP_STATE_UNSPECIFIED ||
                          KnownEnum<Stage>(request.state()) == pep.stage;
  return state_fits && IsOfTerm(pep.academic_year, pep.term, request);
}

// Those that are over are looked at only where the caller asks for past ones.
std::vector<ClosedPep> AskedClosed(const PlanState& state, const v1::ListPepsRequest& request) {
  const bool of_a_term = !request.academic_year().empty() || !request.term().empty();
  const bool of_any_state = request.state() == v1::PEP_STATE_UNSPECIFIED;
  std::vector<ClosedPep> closed;
  if (!of_a_term || (!of_any_state && request.state() != v1::PEP_STATE_CLOSED)) return closed;
  std::ranges::copy_if(state.closed, std::back_inserter(closed), [&](const ClosedPep& pep) {
    return IsOfTerm(pep.academic_year, pep.term, request);
  });
  return closed;
}

bool Matches(Rule rule, const Deadline& deadline, const v1::ListDeadlinesRequest& request) {
  const bool state_fits = request.state() == common::v1::DEADLINE_STATE_UNSPECIFIED
                              ? deadline.status != DeadlineStatus::kWithdrawn
                              : KnownEnum<DeadlineStatus>(request.state()) == deadline.status;
  return state_fits && (request.rule_id().empty() || request.rule_id() == RuleId(rule));
}

// Where the child is now, not where the plan was when it was last written: one that care closed
// stays with its last school, and any plan with its own until it has caught up. A PEP that stays
// with another school is that school's.
template <class Request>
bool Shows(const Call& call, const Request& request, const Resource& whose) {
  return (request.school_urn().empty() || request.school_urn() == whose.school.text()) &&
         (request.authority_code().empty() || request.authority_code() == whose.authority.text()) &&
         call.MayTouch(whose);
}

// Those of the child's open PEPs that the caller reaches, and the one that runs while there is
// none.
template <class Visit>
void ForEachDeadline(const Call& call, const v1::ListDeadlinesRequest& request,
                     const PlanState& state, const Resource& child, Visit visit) {
  for (const PlanState& alone : PepsIn(state)) {
    if (!Shows(call, request, ResourceOfPep(state, *alone.cycle, child))) continue;
    for (const auto& [rule, deadline] : alone.cycle->deadlines) {
      if (Matches(rule, deadline, request)) visit(alone, rule, deadline);
    }
  }
  if (state.pep_open && Matches(Rule::kPepOpen, *state.pep_open, request) &&
      Shows(call, request, child)) {
    visit(state, Rule::kPepOpen, *state.pep_open);
  }
}

std::vector<PlanState> AskedPeps(const Call& call, const v1::ListPepsRequest& request,
                                 const PlanState& state, const Resource& child) {
  std::vector<PlanState> peps;
  for (PlanState& alone : PepsIn(state)) {
    if (Matches(*alone.cycle, request) &&
        Shows(call, request, ResourceOfPep(state, *alone.cycle, child))) {
      peps.push_back(std::move(alone));
    }
  }
  return peps;
}

// Whether a plan has anything for the list.
bool HasAsked(const Call& call, const v1::ListPepsRequest& request, const PlanState& state,
              const Resource& child) {
  return !AskedPeps(call, request, state, child).empty() ||
         (!AskedClosed(state, request).empty() && Shows(call, request, child));
}
bool HasAsked(const Call& call, const v1::ListDeadlinesRequest& request, const PlanState& state,
              const Resource& child) {
  bool any = false;
  ForEachDeadline(call, request, state, child,
                  [&](const PlanState&, Rule, const Deadline&) { any = true; });
  return any;
}

// What the position of a page in the second list begins with: of the plans with a PEP that stays
// with a school, after the children who are at it.
constexpr std::string_view kOfPepsLeft = "+";

// The list of children that leaves the least to pass over.
template <class Request>
IndexEntry EntryFor(const Request& request) {
  if (!request.school_urn().empty()) return ChildrenAtSchool(request.school_urn());
  if (!request.authority_code().empty()) return ChildrenOfAuthority(request.authority_code());
  return AllChildren();
}

absl::StatusOr<std::optional<PlanState>> Newest(const PlanState& state) {
  return state.cycle ? PlanOfPep(state, state.cycle->number) : std::optional<PlanState>();
}

}  // namespace

absl::StatusOr<std::string> GrpcApi::WhyNone(const ChildId& child, const PlanState& state) const {
  // A PEP that is being worked on needs no look at calendars and profile.
  if (IsOpen(state) && state.cycle->stage != Stage::kFinalised) return "";
  const auto facts = facts_.Load(child);
  if (!facts.ok()) return facts.status();
  return WhyNoneIsOpen(state, *facts);
}

absl::StatusOr<GrpcApi::Owned> GrpcApi::ReadOwned(const ChildId& child) const {
  auto known = facts_.LoadChild(child);
  if (!known.ok()) return known.status();
  auto resource = facts_.ResourceOf(*known);
  if (!resource.ok()) return resource.status();
  auto state = Read<PlanCodec>(engine_.store, PlanOf(child));
  if (!state.ok()) return state.status();
  return Owned{state->value_or(PlanState()), *std::move(resource)};
}

absl::StatusOr<GrpcApi::AskedPep> GrpcApi::FindAsked(const Call& call, const ChildId& child,
                                                     const std::string& pep_id) const {
  auto owned = ReadOwned(child);
  if (!owned.ok()) return owned.status();
  auto pep = pep_id.empty() ? Newest(owned->state) : FindPep(owned->state, PepId(pep_id));
  if (!pep.ok()) return pep.status();
  const Resource whose = *pep ? ResourceOfPep(**pep, *(*pep)->cycle, owned->child) : owned->child;
  if (!call.MayTouch(whose)) return DeniedError();
  return AskedPep{*std::move(owned), *std::move(pep)};
}

grpc::Status GrpcApi::NoSuchPep(const std::string& pep_id) const {
  if (pep_id.empty()) {
    return RefusalStatus(server_.domain(), plan_refusals::kNoCurrentPep,
                         "this child has no PEP yet", "child_id");
  }
  return RefusalStatus(server_.domain(), plan_refusals::kNoSuchPep,
                       "this child has no PEP with that id; list the child's PEPs", "pep_id");
}

grpc::Status GrpcApi::GetPep(const Call& call, const v1::GetPepRequest& asked,
                             v1::GetPepResponse& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const ChildId child(asked.child_id());
  const auto found = FindAsked(call, child, asked.pep_id());
  if (!found.ok()) return FromAbsl(server_.domain(), found.status());
  const PlanState& state = found->of.state;
  if (!asked.pep_id().empty()) {
    if (!found->pep) return NoSuchPep(asked.pep_id());
    *answer.mutable_pep() = ToPep(*found->pep);
    *answer.mutable_record() = ToRecord(*found->pep);
    return grpc::Status::OK;
  }
  auto why = WhyNone(child, state);
  if (!why.ok()) return FromAbsl(server_.domain(), why.status());
  if (!state.cycle && why->empty()) return NoSuchPep("");
  if (!state.cycle) {
    return RefusalStatus(
        server_.domain(), plan_refusals::kNoCurrentPep,
        absl::StrCat("this child has no PEP yet: ", *why, "; ask again when one is open"),
        "child_id");
  }
  *answer.mutable_pep() = ToPep(state);
  *answer.mutable_record() = ToRecord(state);
  answer.set_why_none_is_open(*why);
  for (const Cycle& earlier : state.earlier) {
    if (!call.MayTouch(ResourceOfPep(state, earlier, found->of.child))) continue;
    *answer.add_earlier() = ToPep(*PlanOfPep(state, earlier.number));
  }
  return grpc::Status::OK;
}

absl::StatusOr<std::optional<PlanState>> GrpcApi::FindPep(const PlanState& state,
                                                          const PepId& pep) const {
  const auto number = NumberOfPep(state.child, pep);
  if (!number) return std::optional<PlanState>();
  if (auto open = PlanOfPep(state, *number)) return open;
  const auto closed = std::ranges::find(state.closed, *number, &ClosedPep::number);
  if (closed == state.closed.end()) return std::optional<PlanState>();
  auto read = ReadClosed(state.child, {*closed});
  if (!read.ok()) return read.status();
  return std::optional(std::move(read->front()));
}

absl::StatusOr<std::vector<PlanState>> GrpcApi::ReadClosed(
    const ChildId& child, const std::vector<ClosedPep>& closed) const {
  std::vector<RecordKey> keys;
  for (const ClosedPep& pep : closed) {
    keys.push_back({std::string(kPepKind), PepIdOf(child, pep.number).text()});
  }
  std::vector<PlanState> peps;
  if (keys.empty()) return peps;
  const int partition = PartitionOf(child.text(), engine_.store.partitions());
  auto states = LoadStates(engine_.store, partition, keys);
  if (!states.ok()) return states.status();
  for (const auto& state : *states) {
    if (!state)
      return absl::DataLossError("a PEP that is over has no record; see `pepctl rebuild`");
    auto pep = DecodePep(*state);
    if (!pep.ok()) return pep.status();
    peps.push_back(*std::move(pep));
  }
  return peps;
}

absl::Status GrpcApi::AddPeps(const Call& call, const Owned& plan, const v1::ListPepsRequest& asked,
                              v1::ListPepsResponse& answer) const {
  const auto& [state, child] = plan;
  auto closed = Shows(call, asked, child) ? AskedClosed(state, asked) : std::vector<ClosedPep>();
  auto peps = ReadClosed(state.child, closed);
  if (!peps.ok()) return peps.status();
  for (const PlanState& alone : *peps) *answer.add_peps() = ToPep(alone);
  for (const PlanState& alone : AskedPeps(call, asked, state, child)) {
    *answer.add_peps() = ToPep(alone);
  }
  return absl::OkStatus();
}

template <class Request>
absl::StatusOr<GrpcApi::Page> GrpcApi::ReadFrom(const Call& call, const Request& asked,
                                                const IndexEntry& entry, int size,
                                                std::string_view position) const {
  std::map<std::string, Resource> children;  // whose plans are on the page
  auto page = ReadListed<PlanCodec>(
      engine_.store, {entry}, [](const std::string& child) { return PlanOf(ChildId(child)); }, size,
      position,
      [&](const PlanState& state, const RecordStates& also) -> absl::StatusOr<bool> {
        auto child = facts_.ResourceIn(also.front());
        if (!child.ok()) return child.status();
        if (!HasAsked(call, asked, state, *child)) return false;
        children[state.child.text()] = *std::move(child);
        return true;
      });
  if (!page.ok()) return page.status();
  Page owned{{}, std::move(page->next_page_token)};
  for (PlanState& state : page->states) {
    const Resource& child = children[state.child.text()];
    owned.plans.push_back({std::move(state), child});
  }
  return owned;
}

template <class Request>
absl::StatusOr<GrpcApi::Page> GrpcApi::ReadPage(const Call& call, const Request& asked,
                                                const AskedPage& page) const {
  std::string_view position = page.position();
  Page all;
  if (position.starts_with(kOfPepsLeft)) {
    position.remove_prefix(kOfPepsLeft.size());
  } else {
    auto first = ReadFrom(call, asked, EntryFor(asked), page.size(), position);
    if (!first.ok() || asked.school_urn().empty() || !first->next_page_token.empty()) return first;
    all = *std::move(first);
    position = "";
  }
  const int room = page.size() - static_cast<int>(all.plans.size());
  auto second =
      ReadFrom(call, asked, PlansWithPepLeftAt(asked.school_urn()), std::max(room, 1), position);
  if (!second.ok()) return second.status();
  if (room == 0) {
    if (!second->plans.empty()) all.next_page_token = kOfPepsLeft;
    return all;
  }
  std::ranges::move(second->plans, std::back_inserter(all.plans));
  if (!second->next_page_token.empty()) {
    all.next_page_token = absl::StrCat(std::string(kOfPepsLeft), second->next_page_token);
  }
  return all;
}

grpc::Status GrpcApi::ListPeps(const Call& call, const v1::ListPepsRequest& asked,
                               v1::ListPepsResponse& answer) const {
  const auto fill = [&](const AskedPage& asked_page) -> absl::StatusOr<std::string> {
    if (!asked.child_id().empty()) {
      auto owned = ReadOwned(ChildId(asked.child_id()));
      if (!owned.ok()) return owned.status();
      absl::Status added = AddPeps(call, *owned, asked, answer);
      return added.ok() ? absl::StatusOr<std::string>("") : added;
    }
    auto page = ReadPage(call, asked, asked_page);
    if (!page.ok()) return page.status();
    for (const Owned& plan : page->plans) {
      if (absl::Status added = AddPeps(call, plan, asked, answer); !added.ok()) return added;
    }
    return page->next_page_token;
  };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, kAnyFilter, fill);
}

grpc::Status GrpcApi::ListDeadlines(const Call& call, const v1::ListDeadlinesRequest& asked,
                                    v1::ListDeadlinesResponse& answer) const {
  const auto check = [&](Violations& violations) {
    if (asked.rule_id().empty() || ParseRule(asked.rule_id())) return;
    violations.push_back({"rule_id", "name a rule of the deadline catalogue"});
  };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, check,
                    [&](const AskedPage& asked_page) -> absl::StatusOr<std::string> {
                      auto page = ReadPage(call, asked, asked_page);
                      if (!page.ok()) return page.status();
                      for (const Owned& plan : page->plans) {
                        ForEachDeadline(
                            call, asked, plan.state, plan.child,
                            [&](const PlanState& of, Rule rule, const Deadline& deadline) {
                              *answer.add_deadlines() = ToDeadline(of, rule, deadline);
                            });
                      }
                      return page->next_page_token;
                    });
}

void GrpcApi::ServeQueries() {
  Serve(&GrpcApi::GetPep);
  Serve(&GrpcApi::ListPeps);
  Serve(&GrpcApi::ListDeadlines);
}

}  // namespace pepline::scheduling
