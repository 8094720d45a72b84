// Everything that only reads, and who may.
#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/conversions.h"

namespace pepline::scheduling {
namespace {

bool Matches(const PlanState& state, const v1::ListPepsRequest& request) {
  if (!state.cycle) return false;
  const Cycle& cycle = *state.cycle;
  return (request.state() == v1::PEP_STATE_UNSPECIFIED ||
          request.state() == ToProto(cycle.stage)) &&
         (request.academic_year().empty() || request.academic_year() == cycle.academic_year) &&
         (request.term().empty() || (cycle.term && request.term() == TermName(*cycle.term)));
}

// Those of the child's PEP, and the one that runs while there is none.
template <class Visit>
void ForEachDeadline(const PlanState& state, Visit visit) {
  if (state.cycle) {
    for (const auto& [rule, deadline] : state.cycle->deadlines) visit(rule, deadline);
  }
  if (state.pep_open) visit(Rule::kPepOpen, *state.pep_open);
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
        answer.set_why_none_is_open(*why);
        return grpc::Status::OK;
      });
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
          if (*state && Matches(**state, asked)) *answer.add_peps() = ToPep(**state);
          return grpc::Status::OK;
        }
        auto page = ReadPage(call, asked, *asked_page,
                             [&](const PlanState& state) { return Matches(state, asked); });
        if (!page.ok()) return FromAbsl(server_.domain(), page.status());
        for (const PlanState& state : page->states) *answer.add_peps() = ToPep(state);
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
          ForEachDeadline(state, [&](Rule rule, const Deadline& deadline) {
            any = any || Matches(rule, deadline, asked);
          });
          return any;
        });
        if (!page.ok()) return FromAbsl(server_.domain(), page.status());
        for (const PlanState& state : page->states) {
          ForEachDeadline(state, [&](Rule rule, const Deadline& deadline) {
            if (!Matches(rule, deadline, asked)) return;
            *answer.add_deadlines() = ToDeadline(state, rule, deadline);
          });
        }
        return FromAbsl(server_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

}  // namespace pepline::scheduling
