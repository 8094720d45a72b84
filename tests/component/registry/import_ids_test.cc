// An id stands for one import: the same again has no second effect, another is refused.
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;

class ImportIdsTest : public RegistryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Begin()); }

  std::string Policy() { return DataFile("oxfordshire-policy.yaml"); }
  std::string AnotherPolicy() {
    return absl::StrReplaceAll(Policy(),
                               {{"effective_on: 2025-09-01", "effective_on: 2025-11-01"}});
  }
  v1::ImportOptions PolicyOptions() {
    v1::ImportOptions options = Options(v1::IMPORT_KIND_POLICY);
    options.set_reason("the first");
    return options;
  }
  v1::ImportResponse Take(const v1::ImportOptions& options, const std::string& bytes) {
    v1::ImportResponse response;
    const grpc::Status status = TryImport(options, bytes, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  void ExpectReused(const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::ALREADY_EXISTS) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "REQUEST_ID_REUSED");
    EXPECT_EQ(FieldOf(status), "request_id");
  }
  std::vector<v1::PastImport> Log(const std::string& authority = "931") {
    v1::ListImportsRequest request;
    request.set_authority_code(authority);
    const auto page = Done(&Stub::ListImports, request,
                           authority.empty() ? Operator() : OfAuthority(Role::kAuditor, authority));
    return {page.imports().begin(), page.imports().end()};
  }
};

TEST_F(ImportIdsTest, TheSameImportAgainIsGivenTheFirstAnswerAndCarriedOutOnce) {
  const v1::ImportOptions options = PolicyOptions();
  const v1::ImportResponse first = Take(options, Policy());
  EXPECT_EQ(first.created(), 1);
  // What others import meanwhile is not taken back by a late repetition.
  v1::ImportOptions meanwhile = Options(v1::IMPORT_KIND_POLICY);
  meanwhile.set_confirm_removals(true);
  Take(meanwhile, AnotherPolicy());
  const v1::ImportResponse again = Take(options, Policy());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Log().size(), 2u);
}

TEST_F(ImportIdsTest, AnotherImportUnderTheIdIsRefusedAndLeavesNoTrace) {
  const v1::ImportOptions options = PolicyOptions();
  Take(options, Policy());
  v1::ImportResponse response;
  ExpectReused(TryImport(options, AnotherPolicy(), response));
  v1::ImportOptions other = options;
  other.set_reason("another");
  ExpectReused(TryImport(other, Policy(), response));
  other = options;
  other.set_dry_run(true);
  ExpectReused(TryImport(other, Policy(), response));
  other = Options(v1::IMPORT_KIND_TERM_DATES);
  other.set_request_id(options.request_id());
  ExpectReused(TryImport(other, DataFile("oxfordshire-term-dates.csv"), response));
  Actor colleague = VirtualSchool();
  colleague.subject = "stf-virtualschool0000002";
  ExpectReused(TryImport(options, Policy(), response, colleague));
  const auto log = Log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].reason(), "the first");
  Settle();
  EXPECT_EQ(Emitted([](const Event&) { return true; }).size(), 1u) << "one profile";
}

TEST_F(ImportIdsTest, APreviewAndARefusedFileLeaveTheIdFree) {
  v1::ImportOptions options = PolicyOptions();
  options.set_dry_run(true);
  EXPECT_TRUE(Take(options, Policy()).nothing_written());
  options.set_dry_run(false);
  EXPECT_GT(Take(options, "effective_on: never\n").total_errors(), 0);
  EXPECT_EQ(Take(options, Policy()).created(), 1);
}

TEST_F(ImportIdsTest, IdsOfTwoAuthoritiesAndOfNoneAreApart) {
  Imported(v1::IMPORT_KIND_BANK_HOLIDAYS, DataFile("bank-holidays.json"));
  for (const std::string authority : {"931", "933"}) {
    v1::ImportOptions options = PolicyOptions();
    options.set_request_id("one-id");
    options.set_authority_code(authority);
    v1::ImportResponse response;
    EXPECT_TRUE(
        TryImport(options, Policy(), response, OfAuthority(Role::kVirtualSchool, authority)).ok());
    EXPECT_EQ(response.created(), 1) << authority;
  }
  v1::ImportOptions register_options = Options(v1::IMPORT_KIND_SCHOOLS);
  register_options.set_request_id("one-id");
  EXPECT_EQ(Take(register_options, Schools()).created(), 4);
  EXPECT_EQ(Log("").size(), 2u);
}

TEST_F(ImportIdsTest, OfTwoAtOnceUnderOneIdOneIsCarriedOut) {
  for (int round = 0; round < 10; ++round) {
    v1::ImportOptions options = Options(v1::IMPORT_KIND_TERM_DATES);
    const std::string header = "academic_year,term,part,first_day,last_day,status\n";
    const std::vector<std::string> files = {
        absl::StrCat(header, 2030 + round, "/", 31 + round, ",autumn,1,", 2030 + round, "-09-02,",
                     2030 + round, "-10-24,county\n"),
        absl::StrCat(header, 2030 + round, "/", 31 + round, ",autumn,1,", 2030 + round, "-09-03,",
                     2030 + round, "-10-24,county\n")};
    std::vector<grpc::Status> statuses(2);
    std::vector<v1::ImportResponse> responses(2);
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < 2; ++i) {
      callers.emplace_back([&, i] { statuses[i] = TryImport(options, files[i], responses[i]); });
    }
    for (std::thread& caller : callers) caller.join();
    const int done = statuses[0].ok() + statuses[1].ok();
    EXPECT_EQ(done, 1) << statuses[0].error_message() << " / " << statuses[1].error_message();
    // An authority has one import at a time, so the other may be sent away before its id is seen.
    const std::size_t other = statuses[0].ok() ? 1 : 0;
    if (ReasonOf(statuses[other]) == "OVERLOADED") {
      statuses[other] = TryImport(options, files[other], responses[other]);
    }
    ExpectReused(statuses[other]);
  }
  EXPECT_EQ(Log().size(), 10u);
}

TEST_F(ImportIdsTest, AnImportThatWasKilledInTheMiddleIsFinishedUnderItsId) {
  constexpr int kSchools = 10000;
  const std::string file = ManySchools(kSchools);
  const v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  ASSERT_NO_FATAL_FAILURE(KillInTheMiddleOf(options, file));
  ASSERT_EQ(Log("").size(), 1u);
  EXPECT_FALSE(Log("")[0].has_finished_at());
  v1::ImportResponse response;
  ExpectReused(TryImport(options, Schools(), response));
  const v1::ImportResponse finished = Take(options, file);
  EXPECT_EQ(finished.created() + finished.unchanged(), kSchools);
  EXPECT_GT(finished.created(), 0);
  ASSERT_EQ(Log("").size(), 1u);
  EXPECT_TRUE(Log("")[0].has_finished_at());
  EXPECT_EQ(Take(options, file).created(), finished.created()) << "the answer that was given";
}

}  // namespace
}  // namespace pepline::registry
