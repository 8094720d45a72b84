#include "tests/component/rpc/rpc_fixture.h"

#include "absl/strings/str_cat.h"

namespace pepline {

Ended BareProgram(const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment) {
  const TemporaryFolder folder;
  const std::string output = folder.path() + "/output";
  std::vector<std::string> command = {absl::StrCat("pepline-", kService)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto process = ChildProcess::Start({.command = command,
                                      .environment = environment,
                                      .clean_environment = true,
                                      .output_file = output,
                                      .folder = {},
                                      .outlive_parent = false});
  EXPECT_TRUE(process.ok()) << process.status();
  if (!process.ok()) return {};
  WaitUntil([&] { return !(*process)->Running(); }, absl::Seconds(20));
  Ended ended{(*process)->ExitCode(), {}};
  if (!ended.code) (*process)->Kill();
  ended.output = ReadFile(output).value_or("");
  return ended;
}

void RpcTest::Begin(std::map<std::string, std::string> environment) {
  // Short sessions, so that the development broker lets a service that comes back in soon.
  environment.emplace("PEPLINE_KAFKA_SETTINGS",
                      "fetch.wait.max.ms=10,session.timeout.ms=4000,heartbeat.interval.ms=300");
  auto started = ServiceUnderTest::Start({.service = kService,
                                          .now = absl::FromUnixSeconds(1'760'000'000),
                                          .environment = environment});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  stub_ = funding::v1::FundingService::NewStub(service_->channel());
}

std::string RpcTest::Token(const Actor& actor, absl::Duration valid_for) const {
  auto token = service_->signer().Sign(actor, valid_for);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.value_or("");
}

grpc::Status RpcTest::Ask(const std::string& authorization, absl::Duration deadline) const {
  grpc::ClientContext context;
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  funding::v1::GetFundLineRequest request;
  request.set_fund_line_id("931.2025-26");
  funding::v1::GetFundLineResponse response;
  return stub_->GetFundLine(&context, request, &response);
}

bool RpcTest::LetsIn(const std::string& token) const {
  const grpc::Status status = Ask("Bearer " + token);
  return status.error_code() == grpc::NOT_FOUND &&
         ReasonOf(status, kService) == "FUND_LINE_NOT_OPEN";
}

double RpcTest::Refused(const std::string& cause) const {
  return service_->Metric(absl::StrCat("pepline_rpc_refused_total{cause=\"", cause, "\"}"));
}

}  // namespace pepline
