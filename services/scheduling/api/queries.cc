// Everything that only reads, and who may.
#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/domain/id_forms.h"

namespace pepline::scheduling {
namespace {

bool IsOfTerm(const std::string& academic_year, const std::optional<Term>& term,
              const v1::ListPepsRequest& request) {
  return (request.academic_year().empty() || request.academic_year() == academic_year) &&
         (request.term().empty() || (term && request.term() == TermName(*term)));
}

bool Matches(const Cycle& pep, const v1::ListPepsRequest& request) {
  const bool state_fits =
      request.state() == v1::PEP_STATE_UNSPECIFIED || request.state() == ToProto(pep.stage);
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

bool HasAsked(const PlanState& state, const v1::ListPepsRequest& request) {
  const auto matches = [&](const Cycle& pep) { return Matches(pep, request); };
  return (state.cycle && matches(*state.cycle)) || std::ranges::any_of(state.earlier, matches) ||
         !AskedClosed(state, request).empty();
}

// Those of the child's open PEPs, and the one that runs while there is none.
template <class Visit>
void ForEachDeadline(const PlanState& state, Visit visit) {
  for (const PlanState& alone : PepsIn(state)) {
    for (const auto& [rule, deadline] : alone.cycle->deadlines) visit(alone, rule, deadline);
  }
  if (state.pep_open) visit(state, Rule::kPepOpen, *state.pep_open);
}

bool Matches(Rule rule, const Deadline& deadline, const v1::ListDeadlinesRequest& request) {
  const bool state_fits = request.state() == v1::DEADLINE_STATE_UNSPECIFIED
                              ? deadline.status != DeadlineStatus::kWithdrawn
                              : request.state() == ToProto(deadline.status);
  return state_fits && (request.rule_id().empty() || request.rule_id() == RuleId(rule));
}

// Where the child is now, not where the plan was when it was last written: one that care closed
// stays with its last school, and any plan with its own until it has caught up.
template <class Request>
bool Matches(const Resource& child, const Request& request) {
  return (request.school_urn().empty() || request.school_urn() == child.school.text()) &&
         (request.authority_code().empty() || request.authority_code() == child.authority.text());
}

// The list of children that leaves the least to pass over.
template <class Request>
IndexEntry EntryFor(const Request& request) {
  if (!request.school_urn().empty()) return ChildrenAtSchool(request.school_urn());
  if (!request.authority_code().empty()) return ChildrenOfAuthority(request.authority_code());
  return AllChildren();
}

}  // namespace

absl::StatusOr<std::string> GrpcApi::WhyNone(const ChildId& child, const PlanState& state) const {
  // A PEP that is being worked on needs no look at calendars and profile.
  if (IsOpen(state) && state.cycle->stage != Stage::kFinalised) return "";
  const auto facts = facts_.Load(child);
  if (!facts.ok()) return facts.status();
  return WhyNoneIsOpen(state, *facts);
}

grpc::ServerUnaryReactor* GrpcApi::GetPep(Context* context, const v1::GetPepRequest* request,
                                          v1::GetPepResponse* response) {
  return server_.Unary<v1::GetPepRequest, v1::GetPepResponse>(
      context, request, response,
      [this](const Call& call, const v1::GetPepRequest& asked, v1::GetPepResponse& answer) {
        Violations violations;
        CheckChildId(asked.child_id(), violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        const ChildId child(asked.child_id());
        auto known = facts_.LoadChild(child);
        if (!known.ok()) return FromAbsl(server_.domain(), known.status());
        auto resource = facts_.ResourceOf(*known);
        if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
        if (!call.MayTouch(*resource)) return DeniedStatus(server_.domain());
        auto read = Read<PlanCodec>(engine_.store, PlanOf(child));
        if (!read.ok()) return FromAbsl(server_.domain(), read.status());
        const PlanState state = read->value_or(PlanState());
        if (!asked.pep_id().empty()) {
          auto pep = FindPep(state, PepId(asked.pep_id()));
          if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
          if (!*pep) {
            return RefusalStatus(server_.domain(), plan_refusals::kNoSuchPep,
                                 "this child has no PEP with that id; list the child's PEPs",
                                 "pep_id");
          }
          *answer.mutable_pep() = ToPep(**pep);
          *answer.mutable_record() = ToRecord(**pep);
          return grpc::Status::OK;
        }
        auto why = WhyNone(child, state);
        if (!why.ok()) return FromAbsl(server_.domain(), why.status());
        if (!state.cycle && why->empty()) {
          return RefusalStatus(server_.domain(), plan_refusals::kNoCurrentPep,
                               "this child has no PEP yet", "child_id");
        }
        if (!state.cycle) {
          return RefusalStatus(
              server_.domain(), plan_refusals::kNoCurrentPep,
              absl::StrCat("this child has no PEP yet: ", *why, "; ask again when one is open"),
              "child_id");
        }
        *answer.mutable_pep() = ToPep(state);
        *answer.mutable_record() = ToRecord(state);
        answer.set_why_none_is_open(*why);
        for (const Cycle& pep : state.earlier) {
          *answer.add_earlier() = ToPep(*PlanOfPep(state, pep.number));
        }
        return grpc::Status::OK;
      });
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

absl::Status GrpcApi::AddPeps(const PlanState& state, const v1::ListPepsRequest& asked,
                              v1::ListPepsResponse& answer) const {
  auto peps = ReadClosed(state.child, AskedClosed(state, asked));
  if (!peps.ok()) return peps.status();
  for (const PlanState& alone : PepsIn(state)) {
    if (Matches(*alone.cycle, asked)) peps->push_back(alone);
  }
  for (const PlanState& alone : *peps) *answer.add_peps() = ToPep(alone);
  return absl::OkStatus();
}

template <class Request>
absl::StatusOr<StatePage<PlanState>> GrpcApi::ReadPage(
    const Call& call, const Request& asked, const AskedPage& page,
    const std::function<bool(const PlanState&)>& matches) const {
  return ReadListed<PlanCodec>(
      engine_.store, {EntryFor(asked)},
      [](const std::string& child) { return PlanOf(ChildId(child)); }, page.size(), page.position(),
      [&](const PlanState& state, const RecordStates& also) -> absl::StatusOr<bool> {
        if (!matches(state)) return false;
        auto resource = facts_.ResourceIn(also.front());
        if (!resource.ok()) return resource.status();
        return Matches(*resource, asked) && call.MayTouch(*resource);
      });
}

grpc::ServerUnaryReactor* GrpcApi::ListPeps(Context* context, const v1::ListPepsRequest* request,
                                            v1::ListPepsResponse* response) {
  return server_.Unary<v1::ListPepsRequest, v1::ListPepsResponse>(
      context, request, response,
      [this](const Call& call, const v1::ListPepsRequest& asked, v1::ListPepsResponse& answer) {
        Violations violations;
        const auto asked_page = AskedPage::Read(engine_.store, call, asked, violations);
        if (!asked_page.ok()) return FromAbsl(server_.domain(), asked_page.status());
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        if (!asked.child_id().empty()) {
          const ChildId child(asked.child_id());
          auto known = facts_.LoadChild(child);
          if (!known.ok()) return FromAbsl(server_.domain(), known.status());
          auto resource = facts_.ResourceOf(*known);
          if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
          if (!Matches(*resource, asked) || !call.MayTouch(*resource)) return grpc::Status::OK;
          auto state = Read<PlanCodec>(engine_.store, PlanOf(child));
          if (!state.ok()) return FromAbsl(server_.domain(), state.status());
          if (!*state) return grpc::Status::OK;
          return FromAbsl(server_.domain(), AddPeps(**state, asked, answer));
        }
        auto page = ReadPage(call, asked, *asked_page,
                             [&](const PlanState& state) { return HasAsked(state, asked); });
        if (!page.ok()) return FromAbsl(server_.domain(), page.status());
        for (const PlanState& state : page->states) {
          const absl::Status added = AddPeps(state, asked, answer);
          if (!added.ok()) return FromAbsl(server_.domain(), added);
        }
        return FromAbsl(server_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

grpc::ServerUnaryReactor* GrpcApi::ListDeadlines(Context* context,
                                                 const v1::ListDeadlinesRequest* request,
                                                 v1::ListDeadlinesResponse* response) {
  return server_.Unary<v1::ListDeadlinesRequest, v1::ListDeadlinesResponse>(
      context, request, response,
      [this](const Call& call, const v1::ListDeadlinesRequest& asked,
             v1::ListDeadlinesResponse& answer) {
        Violations violations;
        const auto asked_page = AskedPage::Read(engine_.store, call, asked, violations);
        if (!asked_page.ok()) return FromAbsl(server_.domain(), asked_page.status());
        if (!asked.rule_id().empty() && !ParseRule(asked.rule_id())) {
          violations.push_back({"rule_id", "name a rule of the deadline catalogue"});
        }
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        auto page = ReadPage(call, asked, *asked_page, [&](const PlanState& state) {
          bool any = false;
          ForEachDeadline(state, [&](const PlanState&, Rule rule, const Deadline& deadline) {
            any = any || Matches(rule, deadline, asked);
          });
          return any;
        });
        if (!page.ok()) return FromAbsl(server_.domain(), page.status());
        for (const PlanState& state : page->states) {
          ForEachDeadline(state, [&](const PlanState& of, Rule rule, const Deadline& deadline) {
            if (!Matches(rule, deadline, asked)) return;
            *answer.add_deadlines() = ToDeadline(of, rule, deadline);
          });
        }
        return FromAbsl(server_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

}  // namespace pepline::scheduling
