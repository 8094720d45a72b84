#include "tests/component/funding/funding_fixture.h"

#include "absl/strings/str_cat.h"

namespace pepline::funding {
namespace {

// Monday, 22 September 2025, nine o'clock in London.
absl::Time Start() { return absl::FromCivil(absl::CivilHour(2025, 9, 22, 8), absl::UTCTimeZone()); }

}  // namespace

v1::OpenFundLineRequest Opening(std::int64_t pence, const std::string& year) {
  v1::OpenFundLineRequest request;
  request.set_authority_code(kAuthority);
  request.set_financial_year(year);
  request.set_amount_pence(pence);
  return request;
}

v1::ChangeFundLineRequest Changing(std::int64_t pence) {
  v1::ChangeFundLineRequest request;
  request.set_fund_line_id(kLine);
  request.set_amount_pence(pence);
  request.set_reason("the grant was confirmed");
  return request;
}

v1::DraftFundingRequestRequest Tutoring(const std::string& child) {
  v1::DraftFundingRequestRequest request;
  request.set_fund_line_id(kLine);
  request.set_child_id(child);
  request.set_pep_id(absl::StrCat(child, ".2"));
  request.set_outcome_id(absl::StrCat(child, ".2.o1"));
  request.set_description("twelve weeks of reading tuition");
  auto* tutor = request.add_cost_lines();
  tutor->set_description("tutor");
  tutor->set_amount_pence(24'000);
  auto* books = request.add_cost_lines();
  books->set_description("books");
  books->set_amount_pence(6'000);
  request.set_start_on("2025-10-06");
  request.set_end_on("2025-12-19");
  request.set_exit_plan("the class teacher goes on with it");
  return request;
}

v1::ApproveFundingRequestRequest Approving(const v1::FundingRequest& request, std::int64_t pence) {
  auto command = Of<v1::ApproveFundingRequestRequest>(request);
  command.set_approved_pence(pence);
  return command;
}

v1::DeclineFundingRequestRequest Declining(const v1::FundingRequest& request) {
  auto command = Of<v1::DeclineFundingRequestRequest>(request);
  command.set_reason("the school offers it to everybody");
  return command;
}

void FundingTest::BeginEmpty(std::map<std::string, std::string> environment) {
  ASSERT_NO_FATAL_FAILURE(StartService(Start(), std::move(environment)));
}

void FundingTest::Begin(std::int64_t line_pence) {
  ASSERT_NO_FATAL_FAILURE(BeginEmpty());
  EmitInCare(kChild);
  Done(&Stub::OpenFundLine, Opening(line_pence), Finance());
  Settle();
}

registry::v1::RegistryEvent FundingTest::RegistryEvent(const std::string& aggregate) {
  registry::v1::RegistryEvent event;
  *event.mutable_header() = NextHeader(aggregate);
  return event;
}

void FundingTest::Emit(const std::string& key, const registry::v1::RegistryEvent& event) {
  EmitTo(kRegistryTopic, key, event);
}

void FundingTest::EmitInCare(const std::string& child, const std::string& school,
                             const std::string& authority) {
  const std::string aggregate = absl::StrCat("registry/child/", child);
  auto in_care = RegistryEvent(aggregate);
  auto& emitted = *in_care.mutable_child_became_looked_after();
  emitted.set_child_id(child);
  emitted.set_authority_code(authority);
  emitted.set_became_looked_after_on("2019-03-01");
  emitted.set_pep_required(true);
  Emit(child, in_care);
  auto enrolled = RegistryEvent(aggregate);
  enrolled.mutable_child_enrolled()->set_child_id(child);
  enrolled.mutable_child_enrolled()->set_school_urn(school);
  enrolled.mutable_child_enrolled()->set_school_authority_code(authority);
  enrolled.mutable_child_enrolled()->set_enrolled_on("2025-09-02");
  Emit(child, enrolled);
  EmitPepOpened(child, 9);
}

void FundingTest::EmitPepOpened(const std::string& child, int number) {
  scheduling::v1::SchedulingEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("scheduling/plan/", child));
  event.mutable_pep()->set_child_id(child);
  event.mutable_pep()->set_pep_id(absl::StrCat(child, ".", number));
  event.mutable_pep()->set_authority_code(kAuthority);
  event.mutable_pep_cycle_opened()->set_opened_on("2025-09-02");
  EmitTo(kSchedulingTopic, child, event);
}

void FundingTest::EmitMoved(const std::string& child, const std::string& from,
                            const std::string& to) {
  auto event = RegistryEvent(absl::StrCat("registry/child/", child));
  auto& emitted = *event.mutable_child_moved_school();
  emitted.set_child_id(child);
  emitted.set_from_school_urn(from);
  emitted.set_to_school_urn(to);
  emitted.set_to_school_authority_code(kAuthority);
  emitted.set_moved_on("2025-09-22");
  Emit(child, event);
}

void FundingTest::EmitCareCeased(const std::string& child) {
  auto event = RegistryEvent(absl::StrCat("registry/child/", child));
  event.mutable_child_ceased_to_be_looked_after()->set_child_id(child);
  event.mutable_child_ceased_to_be_looked_after()->set_ceased_on("2025-09-22");
  event.mutable_child_ceased_to_be_looked_after()->set_reason("returned-home");
  Emit(child, event);
}

void FundingTest::EmitBankHolidays() {
  auto event = RegistryEvent("registry/bank-holidays/england-and-wales");
  event.mutable_bank_holidays_published()->set_division("england-and-wales");
  for (const char* day : {"2025-12-25", "2025-12-26", "2026-01-01"}) {
    event.mutable_bank_holidays_published()->add_days(day);
  }
  Emit("england-and-wales", event);
}

void FundingTest::EmitProfile(const std::string& effective_on, int days_to_decide,
                              bool needs_outcomes) {
  auto event = RegistryEvent(absl::StrCat("registry/policy/", kAuthority));
  auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
  profile.set_authority_code(kAuthority);
  profile.set_version(event.header().aggregate_version());
  profile.set_effective_on(effective_on);
  profile.set_finalise_needs_outcomes(needs_outcomes);
  auto& rule = *profile.add_deadline_rules();
  rule.set_rule_id("funding-decided");
  rule.set_length(days_to_decide);
  rule.set_day_kind(common::v1::DAY_KIND_WORKING_DAYS);
  rule.set_source("a test");
  Emit(kAuthority, event);
}

void FundingTest::AdvanceClock(absl::Duration by) {
  const absl::Status moved = service_->clock().Set(service_->clock().Now() + by);
  ASSERT_TRUE(moved.ok()) << moved;
}

v1::FundingRequest FundingTest::Drafted(const v1::DraftFundingRequestRequest& draft) {
  return Done(&Stub::DraftFundingRequest, draft, DesignatedTeacher(kSchool));
}

v1::FundingRequest FundingTest::Submitted(const v1::DraftFundingRequestRequest& draft) {
  return Done(&Stub::SubmitFundingRequest, Of<v1::SubmitFundingRequestRequest>(Drafted(draft)),
              DesignatedTeacher(kSchool));
}

v1::FundLine FundingTest::FundLine(const std::string& id) {
  v1::GetFundLineRequest request;
  request.set_fund_line_id(id);
  v1::GetFundLineResponse response;
  const grpc::Status status = Call(&Stub::GetFundLine, request, response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.fund_line();
}

v1::FundingRequest FundingTest::Request(const std::string& id, const Actor& actor) {
  v1::GetFundingRequestRequest request;
  request.set_funding_request_id(id);
  v1::GetFundingRequestResponse response;
  const grpc::Status status = Call(&Stub::GetFundingRequest, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.funding_request();
}

std::vector<v1::FundingEvent> FundingTest::Emitted(const std::string& key) {
  return EmittedUnder<v1::FundingEvent>(kFundingTopic, key);
}

double FundingTest::Refusals(std::string_view reason) const {
  return service_->Metric(
      absl::StrCat("pepline_refusals_total{aggregate=\"funding-request\",reason=\"",
                   std::string(reason), "\"}"));
}

}  // namespace pepline::funding
