// funding as a process with an open fund line and a child at a school, and the short words its
// tests use: what registry says, what people ask for, and what funding said.
//   Begin();
//   const v1::FundingRequest request = Done(&Stub::DraftFundingRequest, Tutoring());
//   Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(request));
// Promises: after Settle everything published is handled and nothing waits for Kafka. Threads: one
// at a time, but Call with a context of its own.
#ifndef PEPLINE_TESTS_COMPONENT_FUNDING_FUNDING_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_FUNDING_FUNDING_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tests/component/support/rpc_fixture.h"

namespace pepline::funding {

inline constexpr char kChild[] = "chd-abcdefghij0123456789";
inline constexpr char kSchool[] = "123240";
inline constexpr char kOtherSchool[] = "123241";
inline constexpr char kAuthority[] = "931";
inline constexpr char kLine[] = "931.2025-26";
inline constexpr char kRegistryTopic[] = "pepline.registry.events.v1";
inline constexpr char kSchedulingTopic[] = "pepline.scheduling.events.v1";
inline constexpr char kFundingTopic[] = "pepline.funding.events.v1";

using Stub = v1::FundingService::Stub;

// Requests without the fields that Complete fills in.
v1::OpenFundLineRequest Opening(std::int64_t pence, const std::string& year = "2025-26");
v1::ChangeFundLineRequest Changing(std::int64_t pence);
// 300 pounds in two lines, for the first outcome of the child's second PEP.
v1::DraftFundingRequestRequest Tutoring(const std::string& child = kChild);
v1::ApproveFundingRequestRequest Approving(const v1::FundingRequest& request, std::int64_t pence);
v1::DeclineFundingRequestRequest Declining(const v1::FundingRequest& request);
// A command that needs nothing but the request's id.
template <class Command>
Command Of(const v1::FundingRequest& request) {
  Command command;
  command.set_funding_request_id(request.funding_request_id());
  return command;
}

class FundingTest : public RpcFixture<Stub> {
 protected:
  FundingTest() : RpcFixture("funding", {.caller = VirtualSchool()}) {}

  static constexpr std::int64_t kLinePence = 1'000'000;

  // The service with nothing in it; and with the line open and the child at the school.
  void BeginEmpty(std::map<std::string, std::string> environment = {});
  void Begin(std::int64_t line_pence = kLinePence);

  // What registry says. Every event is the next of its aggregate.
  registry::v1::RegistryEvent RegistryEvent(const std::string& aggregate);
  void Emit(const std::string& key, const registry::v1::RegistryEvent& event);
  // And scheduling, that the child has nine PEPs.
  void EmitInCare(const std::string& child, const std::string& school = kSchool,
                  const std::string& authority = kAuthority);
  void EmitPepOpened(const std::string& child, int number);
  void EmitMoved(const std::string& child, const std::string& from, const std::string& to);
  void EmitCareCeased(const std::string& child);
  // The bank holidays of Christmas 2025, and of New Year.
  void EmitBankHolidays();
  // A profile in force from a day, in which a request is decided within so many working days.
  void EmitProfile(const std::string& effective_on, int days_to_decide,
                   bool needs_outcomes = false);
  void AdvanceClock(absl::Duration by);

  // The request or line of a command's answer.
  template <class Request, class Response>
  auto Done(Rpc<Request, Response> rpc, const std::type_identity_t<Request>& request,
            const std::optional<Actor>& actor = {}) {
    Response response = RpcFixture::Done(rpc, request, actor);
    if constexpr (requires { response.fund_line(); }) {
      return response.fund_line();
    } else {
      return response.funding_request();
    }
  }
  // The Designated Teacher of kSchool drafts, and submits.
  v1::FundingRequest Drafted(const v1::DraftFundingRequestRequest& draft = Tutoring());
  v1::FundingRequest Submitted(const v1::DraftFundingRequestRequest& draft = Tutoring());
  v1::FundLine FundLine(const std::string& id = kLine);
  v1::FundingRequest Request(const std::string& id, const Actor& actor = VirtualSchool());

  // What funding said under a key (a child's id or a line's) so far, each event once, in order.
  std::vector<v1::FundingEvent> Emitted(const std::string& key = kChild);
  double Refusals(std::string_view reason) const;
};

}  // namespace pepline::funding

#endif  // PEPLINE_TESTS_COMPONENT_FUNDING_FUNDING_FIXTURE_H_
