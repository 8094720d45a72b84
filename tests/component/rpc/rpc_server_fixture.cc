#include "tests/component/rpc/rpc_server_fixture.h"

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
  ASSERT_NO_FATAL_FAILURE(
      StartService(absl::FromUnixSeconds(1'760'000'000), std::move(environment)));
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
  return status.error_code() == grpc::NOT_FOUND && ReasonOf(status) == "FUND_LINE_NOT_OPEN";
}

double RpcTest::CountRefused(const std::string& cause) const {
  return service_->Metric(absl::StrCat("pepline_rpc_refused_total{cause=\"", cause, "\"}"));
}

}  // namespace pepline
