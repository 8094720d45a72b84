// What a main makes before it serves.
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/process/operations.h"
#include "shared/process/service.h"
#include "shared/rpc/grpc_credentials.h"

namespace pepline {
namespace {

constexpr int kBadSettings = 2;

void Complain(const absl::Status& status) { std::cerr << status.message() << "\n"; }

}  // namespace

std::optional<int> HandleArguments(int argc, char** argv, const std::string& service,
                                   const Settings& settings) {
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argument == "--help") {
    std::cout << "pepline-" << service << " [--help | --version | --print-config]\n"
              << "pepline-" << service << " --check [--repair] | --digest\n"
              << "pepline-" << service << " --rebuild | --restored\n"
              << "pepline-" << service << " --parked | --release ID | --skip ID REASON\n\n"
              << "Settings come from the environment. Their present values:\n\n"
              << settings.Print();
    return 0;
  }
  if (argument == "--version") {
    std::cout << "pepline-" << service << " " << PEPLINE_VERSION << "\n";
    return 0;
  }
  if (argument == "--print-config") {
    std::cout << settings.Print();
  } else if (!argument.empty() && !IsOperation(argument)) {
    std::cerr << "unknown argument; there are --help, --version, --print-config, --check, "
                 "--rebuild, --restored, --digest, --parked, --release and --skip\n";
    return kBadSettings;
  }
  if (const absl::Status status = settings.Check(); !status.ok()) {
    std::cerr << "The settings are not right:\n";
    Complain(status);
    return kBadSettings;
  }
  if (argument == "--print-config") return 0;
  return std::nullopt;
}

std::unique_ptr<Clock> MakeClock(const CommonConfig& config) {
  std::string_view clock = config.clock;
  constexpr std::string_view kSimulated = "simulated:";
  if (clock.substr(0, kSimulated.size()) != kSimulated) return std::make_unique<SystemClock>();
  auto opened = SimulatedClock::Open(std::string(clock.substr(kSimulated.size())));
  if (opened.ok()) return *std::move(opened);
  std::cerr << "PEPLINE_CLOCK: ";
  Complain(opened.status());
  return nullptr;
}

std::unique_ptr<Authenticator> MakeAuthenticator(const CommonConfig& config, Metrics& metrics) {
  auto made = Authenticator::Create(config.auth, metrics);
  if (made.ok()) return *std::move(made);
  Complain(made.status());
  return nullptr;
}

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const CommonConfig& config) {
  if (config.grpc.tls.certificate.empty()) return grpc::InsecureChannelCredentials();
  auto made = GrpcTls::Create(config.grpc.tls, TlsNames(), nullptr);
  if (!made.ok()) {
    Complain(made.status());
    return nullptr;
  }
  // Channels may use the certificates until the process ends.
  static std::vector<std::unique_ptr<GrpcTls>>* const kept =
      new std::vector<std::unique_ptr<GrpcTls>>();
  kept->push_back(*std::move(made));
  return kept->back()->ForChannels();
}

}  // namespace pepline
