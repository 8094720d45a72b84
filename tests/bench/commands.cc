// P4 and P5: durable commands of a running pepline-scheduling against an echo and the bare script.
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/scheduling/storage/codec.h"
#include "tests/bench/load.h"
#include "tests/bench/measures.h"
#include "tests/bench/surroundings.h"
#include "tests/component/support/service_under_test.h"

namespace pepline::bench {
namespace {

// The items of the checklist that people tick; each child gives as many commands of one event.
constexpr scheduling::v1::ReadinessItem kTicked[] = {
    scheduling::v1::READINESS_ITEM_EPEP_DRAFT, scheduling::v1::READINESS_ITEM_INTERVENTIONS_COSTED};
constexpr int kItems = std::size(kTicked);

// One service, and the children whose checklists are ticked.
class Ticking {
 public:
  static absl::StatusOr<std::unique_ptr<Ticking>> Start() {
    auto service = ServiceUnderTest::Start({.service = "scheduling", .now = TermBegins()});
    if (!service.ok()) return service.status();
    auto token = (*service)->signer().Sign(VirtualSchool(), absl::Minutes(30));
    if (!token.ok()) return token.status();
    std::unique_ptr<Ticking> made(new Ticking(*std::move(service), *std::move(token)));
    if (absl::Status status = made->scheduling_.AwaitRedis(); !status.ok()) return status;
    return made;
  }

  // Ticks all items of so many new children.
  absl::StatusOr<Load> Tick(int children, int in_flight) {
    children_ = ChildrenOf(++round_, children);
    if (absl::Status status = scheduling_.PutChildren(children_); !status.ok()) return status;
    auto load = Drive(service_->channel(), token_, children * kItems, in_flight,
                      [this](int i) { return RequestOf(i); });
    if (!load.ok()) return load.status();
    for (const std::string& child : children_) {
      auto state =
          Read<scheduling::PlanCodec>(scheduling_.store(), scheduling::PlanOf(ChildId(child)));
      if (!state.ok()) return state.status();
      if ((**state).cycle->readiness.size() != kItems) {
        return absl::InternalError("an acknowledged command is lost");
      }
    }
    return load;
  }
  // The same requests to another server.
  absl::StatusOr<Load> TickElsewhere(const EchoServer& server, int in_flight) {
    return Drive(server.channel(), token_, static_cast<int>(children_.size()) * kItems, in_flight,
                 [this](int i) { return RequestOf(i); });
  }
  absl::StatusOr<Response> SampleAnswer() {
    auto load = Tick(1, 1);
    if (!load.ok()) return load.status();
    auto context = service_->Context(VirtualSchool());
    Response response;
    const auto stub = scheduling::v1::SchedulingService::NewStub(service_->channel());
    const grpc::Status status = stub->CompleteReadinessItem(context.get(), RequestOf(0), &response);
    if (!status.ok()) return absl::UnavailableError(status.error_message());
    return response;
  }

 private:
  Ticking(std::unique_ptr<ServiceUnderTest> service, std::string token)
      : service_(std::move(service)),
        token_(std::move(token)),
        scheduling_(service_->redis().port(), service_->clock()) {}

  Request RequestOf(int i) const {
    const int count = static_cast<int>(children_.size());
    Request request;
    request.set_request_id(absl::StrCat("bench-", round_, "-", i));
    request.set_child_id(children_[static_cast<std::size_t>(i % count)]);
    request.set_item(kTicked[i / count]);
    return request;
  }

  std::unique_ptr<ServiceUnderTest> service_;
  const std::string token_;
  Scheduling scheduling_;
  std::vector<std::string> children_;
  int round_ = 0;
};

}  // namespace

absl::Status MeasureCommands(const Options& options, Floors& floors, std::vector<Row>& rows) {
  auto ticking = Ticking::Start();
  if (!ticking.ok()) return ticking.status();
  auto answer = (*ticking)->SampleAnswer();
  if (!answer.ok()) return answer.status();
  TemporaryFolder folder;
  auto echo = EchoServer::Start(folder.path(), *answer);
  if (!echo.ok()) return echo.status();

  std::vector<double> echo_rates, rates, echo_p50s, p50s;
  for (int round = 0; round < options.rounds; ++round) {
    auto ours = (*ticking)->Tick(options.Of(8000), 64);
    if (!ours.ok()) return ours.status();
    auto floor = (*ticking)->TickElsewhere(**echo, 64);
    if (!floor.ok()) return floor.status();
    rates.push_back(ours->per_second);
    echo_rates.push_back(floor->per_second);

    ours = (*ticking)->Tick(options.Of(1000), 1);
    if (!ours.ok()) return ours.status();
    floor = (*ticking)->TickElsewhere(**echo, 1);
    if (!floor.ok()) return floor.status();
    p50s.push_back(Median(std::move(ours->micros)));
    echo_p50s.push_back(Median(std::move(floor->micros)));
  }
  floors.echo_per_second = Median(std::move(echo_rates));
  floors.echo_p50_micros = Median(std::move(echo_p50s));
  const double together = 1 / (1 / floors.echo_per_second + 1 / floors.script_per_second);
  rows.push_back({"echo",
                  "gRPC callback echo of the same messages, 64 in flight",
                  "1/s",
                  {},
                  floors.echo_per_second,
                  "the floor"});
  rows.push_back({"P4", "durable commands, 64 in flight; floor: 1/(1/echo+1/script)", "1/s",
                  together, Median(std::move(rates)), ">= 0.60"});
  rows.push_back({"P5", "durable command p50, one in flight; floor: echo + script", "us",
                  floors.echo_p50_micros + floors.script_p50_micros, Median(std::move(p50s)),
                  "<= 1.35"});
  return absl::OkStatus();
}

}  // namespace pepline::bench
