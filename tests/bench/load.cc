#include "tests/bench/load.h"

#include <signal.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace pepline::bench {
namespace {

using Service = scheduling::v1::SchedulingService;

constexpr absl::Duration kCallBound = absl::Seconds(20);

class Caller {
 public:
  Caller(const std::shared_ptr<grpc::Channel>& channel, const std::string& token, int total,
         int in_flight, const std::function<Request(int)>& request_of)
      : stub_(Service::NewStub(channel)),
        token_(absl::StrCat("Bearer ", token)),
        total_(total),
        request_of_(request_of),
        micros_(static_cast<std::size_t>(total)),
        left_(in_flight) {}

  absl::StatusOr<Load> Run(int in_flight) {
    std::vector<std::unique_ptr<Slot>> slots;
    const absl::Time start = absl::Now();
    for (int i = 0; i < in_flight; ++i) {
      slots.push_back(std::make_unique<Slot>());
      Next(*slots.back());
    }
    left_.Wait();
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    absl::MutexLock lock(&mutex_);
    if (!trouble_.empty()) return absl::UnavailableError(trouble_);
    return Load{total_ / seconds, std::move(micros_)};
  }

 private:
  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;
    absl::Time sent;
    int number = 0;
  };

  void Next(Slot& slot) {
    slot.number = next_++;
    if (slot.number >= total_) {
      left_.DecrementCount();
      return;
    }
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.context->AddMetadata("authorization", token_);
    slot.context->set_deadline(absl::ToChronoTime(absl::Now() + kCallBound));
    slot.request = request_of_(slot.number);
    slot.sent = absl::Now();
    stub_->async()->CompleteReadinessItem(slot.context.get(), &slot.request, &slot.response,
                                          [this, &slot](grpc::Status status) {
                                            micros_[static_cast<std::size_t>(slot.number)] =
                                                absl::ToDoubleMicroseconds(absl::Now() - slot.sent);
                                            if (!status.ok()) {
                                              absl::MutexLock lock(&mutex_);
                                              if (trouble_.empty())
                                                trouble_ = status.error_message();
                                            }
                                            Next(slot);
                                          });
  }

  std::unique_ptr<Service::Stub> stub_;
  const std::string token_;
  const int total_;
  const std::function<Request(int)>& request_of_;
  std::vector<double> micros_;
  std::atomic<int> next_ = 0;
  absl::BlockingCounter left_;
  absl::Mutex mutex_;
  std::string trouble_ ABSL_GUARDED_BY(mutex_);
};

class Echo final : public Service::CallbackService {
 public:
  explicit Echo(Response answer) : answer_(std::move(answer)) {}
  grpc::ServerUnaryReactor* CompleteReadinessItem(grpc::CallbackServerContext* context,
                                                  const Request*, Response* response) override {
    *response = answer_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const Response answer_;
};

}  // namespace

absl::StatusOr<Load> Drive(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                           int total, int in_flight,
                           const std::function<Request(int)>& request_of) {
  return Caller(channel, token, total, in_flight, request_of).Run(in_flight);
}

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Start(const std::string& folder,
                                                              const Response& answer) {
  absl::Status written = WriteFile(absl::StrCat(folder, "/answer"), answer.SerializeAsString());
  if (!written.ok()) return written;
  auto program = FindProgram("pepline-bench");
  if (!program.ok()) return program.status();
  auto process = ChildProcess::Start({.command = {*program, "--echo", folder}});
  if (!process.ok()) return process.status();
  const std::string port_file = absl::StrCat(folder, "/port");
  if (!WaitUntil([&] { return ReadFile(port_file).ok(); }, absl::Seconds(10))) {
    return absl::UnavailableError("the echo server does not start");
  }
  auto server = std::make_unique<EchoServer>();
  server->process_ = *std::move(process);
  server->channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", *ReadFile(port_file)),
                                         grpc::InsecureChannelCredentials());
  return server;
}

int ServeEcho(const std::string& folder) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Response answer;
  const auto bytes = ReadFile(absl::StrCat(folder, "/answer"));
  if (!bytes.ok() || !answer.ParseFromString(*bytes)) return 1;
  Echo echo(std::move(answer));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  const std::string beside = absl::StrCat(folder, "/port.new");
  if (!WriteFile(beside, std::to_string(port)).ok()) return 1;
  if (std::rename(beside.c_str(), absl::StrCat(folder, "/port").c_str()) != 0) return 1;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(absl::ToChronoTime(absl::Now()));
  return 0;
}

}  // namespace pepline::bench
