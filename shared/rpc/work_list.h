// One page of a work-list: what the caller has to do next, the first due first.
//   return AnswerWork(domain, engine, call, request, response, [&](WorkList& list) {
//     ... list.Offer(whose, work) of every record that the caller may reach ...
//     return absl::OkStatus();
//   });
// Promises: an item is on the list where the caller reaches it, its role may do it, it passes the
// filters of the request, and it is late, due within the days that were asked for, or due at no
// time. Items are in one order over everything that is offered (WorkOrder): what is late, what is
// due, what has no day. Of what is offered a page keeps one more than it shows, and a page begins
// behind the last item of the one before, whatever was done meanwhile. What is offered twice is
// listed once. Does not: read any record; whoever offers reads them all for each page (decision
// 76). Errors: a violation for page_size, page_token and within_days; whatever the store answers.
// Threads: one call's own.
#ifndef PEPLINE_SHARED_RPC_WORK_LIST_H_
#define PEPLINE_SHARED_RPC_WORK_LIST_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pepline/common/v1/work.pb.h"
#include "shared/domain/authorisation.h"
#include "shared/domain/work_items/work.h"
#include "shared/engine/command.h"
#include "shared/rpc/grpc_server.h"
#include "shared/rpc/page_tokens.h"
#include "shared/rpc/request_fields.h"
#include "shared/store/store.h"

namespace pepline {

// The place of an item in the order of every work-list, to be compared as text: what has a day by
// that day, then what has none by since when it waits; then child, step, PEP and record. It is the
// same at every instant, so that nothing that turns late between two pages is lost.
std::string WorkOrder(const common::v1::WorkItem& item);

class WorkList {
 public:
  // The store and the call must outlive the list.
  template <class Request>
  static absl::StatusOr<WorkList> Read(Store& store, const Call& call, const Request& request,
                                       absl::Time now, Violations& violations) {
    auto page = AskedPage::Read(store, call, request, violations);
    if (!page.ok()) return page.status();
    return WorkList(call, *std::move(page), SchoolUrn(request.school_urn()),
                    AuthorityCode(request.authority_code()), request.within_days(), now,
                    violations);
  }

  absl::Time now() const { return now_; }
  // Where the records are that the caller may reach: those of these schools; without any, those of
  // this authority. The authority is empty for somebody of a school.
  const std::set<SchoolUrn>& schools() const { return schools_; }
  const AuthorityCode& authority() const { return authority_; }

  // Whether it would be on the page if the caller reached it. For those who have to ask the store
  // whose it is, and would rather not.
  bool Wants(const Work& work) const;
  void Offer(const Resource& whose, const Work& work);
  // Puts the page and the token of the next one into the response. Called once.
  template <class Response>
  absl::Status Finish(Response& response) {
    const std::string position = CutToPage();
    for (auto& [order, item] : kept_) *response.add_items() = std::move(item);
    return page_.SetNext(position, response);
  }

 private:
  WorkList(const Call& call, AskedPage page, SchoolUrn school, AuthorityCode of_authority,
           int within_days, absl::Time now, Violations& violations);
  common::v1::WorkItem ItemOf(const Work& work) const;
  bool Wants(const Work& work, const common::v1::WorkItem& item, const std::string& order) const;
  bool Shows(const Resource& whose) const;
  // Takes off what is on the next page. The position to go on from; empty: this is the last page.
  std::string CutToPage();

  const Call* call_;
  AskedPage page_;
  SchoolUrn school_;  // the filters of the request
  AuthorityCode of_authority_;
  absl::Time now_;
  absl::Time until_;  // what is due from then on is not listed
  std::set<SchoolUrn> schools_;
  AuthorityCode authority_;
  std::map<std::string, common::v1::WorkItem> kept_;  // by WorkOrder; at most one more than a page
};

// The whole of a ListWork of a service: `offer` offers what there is.
template <class Request, class Response>
grpc::Status AnswerWork(const std::string& domain, const Engine& engine, const Call& call,
                        const Request& request, Response& response,
                        const std::function<absl::Status(WorkList& list)>& offer) {
  Violations violations;
  auto list = WorkList::Read(engine.store, call, request, engine.clock.Now(), violations);
  if (!list.ok()) return FromAbsl(domain, list.status());
  if (!violations.empty()) return BadRequestStatus(domain, violations);
  if (absl::Status offered = offer(*list); !offered.ok()) return FromAbsl(domain, offered);
  return FromAbsl(domain, list->Finish(response));
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_WORK_LIST_H_
