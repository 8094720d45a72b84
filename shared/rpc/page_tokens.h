// The tokens of list RPCs. A token says where the last page ended, and that names a record which
// the caller may not be allowed to see (an alert's id says even what is late); so it leaves sealed.
//   Violations violations;
//   const auto asked_page = AskedPage::Read(store, call, request, violations);
//   ... ReadListed(..., asked_page->size(), asked_page->position(), ...)
//   return FromAbsl(domain, asked_page->SetNext(page->next_page_token, response));
// Promises: AES-256-GCM under a random key; all tokens are equally long; one that was altered, or
// that another caller (subject, role, authority, schools), RPC or filter got, is refused, and so is
// one that is too long, before anything is decrypted. The page's size may change from page to page.
// The key is a record of the service's own store ("page-token-key"), made when the first token is:
// every replica, and the next start, has the same; no secret has to be managed. Whoever reads that
// store reads the records themselves, so a token keeps nothing from them. Where the key is lost (a
// rebuild, an emptied Redis), tokens that are out are refused, and lists begin again.
// Does not: end a token by time; what the caller may see is decided anew on every page.
// Errors: whatever the store answers. Threads: one call's own.
#ifndef PEPLINE_SHARED_RPC_PAGE_TOKENS_H_
#define PEPLINE_SHARED_RPC_PAGE_TOKENS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "shared/rpc/grpc_server.h"
#include "shared/rpc/request_fields.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr std::string_view kPageTokenKeyKind = "page-token-key";
inline constexpr std::size_t kLongestPageToken = 1024;  // characters; those given out have 380

// The page that a list RPC is asked for.
class AskedPage {
 public:
  // Reads page_size and page_token of the request; everything else in it is the filter. What is
  // wrong with either becomes a violation. The store must outlive the answer.
  template <class Request>
  static absl::StatusOr<AskedPage> Read(Store& store, const Call& call, const Request& request,
                                        Violations& violations) {
    const int size = ReadPageSize(request.page_size(), violations);
    Request filter = request;
    filter.clear_page_size();
    filter.clear_page_token();
    filter.DiscardUnknownFields();
    return Open(store, BoundTo(call, filter), size, request.page_token(), violations);
  }

  int size() const { return size_; }                         // 1 to 1000
  const std::string& position() const { return position_; }  // empty: from the beginning
  // Puts the token for this position into the response; none for an empty one (no more pages).
  template <class Response>
  absl::Status SetNext(std::string_view position, Response& response) const {
    auto token = TokenFor(position);
    if (token.ok()) response.set_next_page_token(*std::move(token));
    return token.status();
  }
  absl::StatusOr<std::string> TokenFor(std::string_view position) const;

 private:
  AskedPage(Store& store, std::string bound_to, int size)
      : store_(&store), bound_to_(std::move(bound_to)), size_(size) {}
  // Whom and what a token is for, in a form of which no part runs into another.
  static std::string BoundTo(const Call& call, const google::protobuf::Message& filter);
  static absl::StatusOr<AskedPage> Open(Store& store, std::string bound_to, int size,
                                        const std::string& token, Violations& violations);

  Store* store_;
  std::string bound_to_;
  int size_;
  std::string position_;
};

// The whole of an RPC that answers one page of a list.
//   return AnswerPage(domain, store, call, request, response,
//                     [&](Violations& violations) { ... what is wrong with the filter ... },
//                     [&](const AskedPage& page) -> absl::StatusOr<std::string> {
//                       ... fills the response; the position to go on from, empty: no more ...
//                     });
// Errors: everything that is wrong with the request, at once; whatever `fill` answers.
template <class Request, class Response, class Check, class Fill>
grpc::Status AnswerPage(const std::string& domain, Store& store, const Call& call,
                        const Request& request, Response& response, Check check, Fill fill) {
  Violations violations;
  const auto page = AskedPage::Read(store, call, request, violations);
  if (!page.ok()) return FromAbsl(domain, page.status());
  check(violations);
  if (!violations.empty()) return BadRequestStatus(domain, violations);
  const absl::StatusOr<std::string> next = fill(*page);
  if (!next.ok()) return FromAbsl(domain, next.status());
  return FromAbsl(domain, page->SetNext(*next, response));
}
inline constexpr auto kAnyFilter = [](Violations&) {};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_PAGE_TOKENS_H_
