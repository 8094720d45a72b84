// `pepctl work` against three services that say what a test has them say: their work in one order,
// page by page, without those that have none for the role or are away.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "shared/base/timestamps.h"
#include "tests/support/london.h"
#include "tools/pepctl/command_line.h"
#include "tools/pepctl/invocation.h"
#include "tools/pepctl/work_table.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

using common::v1::WorkItem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

WorkItem Due(const char* child, std::string_view at, common::v1::WorkStep step) {
  WorkItem item;
  item.set_child_id(child);
  item.set_pep_id(absl::StrCat(child, ".1"));
  item.set_school_urn("123240");
  item.set_step(step);
  *item.mutable_due_at() = ToTimestamp(At(at));
  return item;
}
WorkItem Waiting(const char* child, std::string_view since, common::v1::WorkStep step) {
  WorkItem item = Due(child, since, step);
  *item.mutable_waiting_since() = item.due_at();
  item.clear_due_at();
  return item;
}

TEST(WorkTable, SaysInWordsByWhenWhatIsToBeDone) {
  std::vector<WorkItem> items = {
      Waiting("chd-d", "2025-10-02 09:00", common::v1::WORK_STEP_REVIEW_SDQ),
      Due("chd-c", "2025-10-10 23:59:59", common::v1::WORK_STEP_SCHEDULE_MEETING),
      Due("chd-b", "2025-10-04 23:59:59", common::v1::WORK_STEP_FINALISE_EPEP),
      Due("chd-a", "2025-10-01 23:59:59", common::v1::WORK_STEP_RETURN_SDQ)};
  items[0].set_record_id("chd-d.1.pep.teacher");
  items[1].set_estimated(true);
  items[1].set_rule_id("termly-pep-held-by-term-cut-off");
  items[2].set_late(true);
  items[3].set_late(true);
  SortWork(items);
  EXPECT_EQ(WorkTable(items, Day("2025-10-05")).Text(),
            "DUE                      CHILD  SCHOOL  TO DO                 ABOUT\n"
            "2025-10-01, late 4 days  chd-a  123240  return the SDQ\n"
            "2025-10-04, late 1 day   chd-b  123240  finalise the ePEP\n"
            "2025-10-10 (estimate)    chd-c  123240  schedule the meeting  "
            "termly-pep-held-by-term-cut-off\n"
            "waits since 2025-10-02   chd-d  123240  review the SDQ        chd-d.1.pep.teacher\n");
}

TEST(WorkTable, HasWordsForEveryStepAndTheContractsForANewerOne) {
  for (int step = 1; step <= common::v1::WorkStep_MAX; ++step) {
    const WorkItem item = Due("chd-a", "2025-10-04 12:00", static_cast<common::v1::WorkStep>(step));
    EXPECT_THAT(WorkTable({item}, Day("2025-10-01")).Text(), HasSubstr(" ")) << step;
    const std::string contracts = common::v1::WorkStep_Name(item.step());
    EXPECT_THAT(WorkTable({item}, Day("2025-10-01")).Text(), Not(HasSubstr(contracts))) << step;
  }
  const WorkItem newer = Due("chd-a", "2025-10-04 12:00", static_cast<common::v1::WorkStep>(99));
  EXPECT_THAT(WorkTable({newer}, Day("2025-10-01")).Text(), HasSubstr("99"));
}

// Answers with two items a page; `status` of it, where it is not OK, instead.
template <class Service, class Request, class Response>
class Owner final : public Service {
 public:
  grpc::Status ListWork(grpc::ServerContext*, const Request* request, Response* response) override {
    if (!status.ok()) return status;
    const std::size_t from = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    const std::size_t to = std::min(from + 2, items.size());
    for (std::size_t i = from; i < to; ++i) *response->add_items() = items[i];
    if (to < items.size()) response->set_next_page_token(absl::StrCat(to));
    asked = *request;
    return grpc::Status::OK;
  }

  std::vector<WorkItem> items;
  grpc::Status status;
  Request asked;
};

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

class WorkCommand : public testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&scheduling_);
    builder.RegisterService(&assessments_);
    builder.RegisterService(&funding_);
    server_ = builder.BuildAndStart();
    ASSERT_TRUE(WriteFile(folder_.path() + "/token", "a.good.token\n").ok());
    scheduling_.items = {Due("chd-a", "2025-10-01 23:59:59", common::v1::WORK_STEP_FINALISE_EPEP),
                         Due("chd-b", "2025-10-02 23:59:59", common::v1::WORK_STEP_RETURN_SDQ),
                         Due("chd-c", "2025-10-09 23:59:59", common::v1::WORK_STEP_HOLD_MEETING)};
    assessments_.items = {Waiting("chd-d", "2025-10-02 09:00", common::v1::WORK_STEP_REVIEW_SDQ)};
    funding_.items = {
        Waiting("chd-e", "2025-09-30 09:00", common::v1::WORK_STEP_DECIDE_FUNDING_REQUEST)};
  }
  void TearDown() override { server_->Shutdown(); }

  Answer Work(std::vector<std::string> more = {}, const std::string& scheduling = "") {
    const std::string here = absl::StrCat("127.0.0.1:", port_);
    std::vector<std::string> arguments = {"--scheduling",  scheduling.empty() ? here : scheduling,
                                          "--assessments", here,
                                          "--funding",     here,
                                          "--token-file",  folder_.path() + "/token",
                                          "work"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::ostringstream out, err;
    const int code = RunCommandLine(arguments, out, err);
    return {code, out.str(), err.str()};
  }
  // The children in the order in which they are told.
  static std::vector<std::string> Children(const std::string& text) {
    std::vector<std::string> children;
    for (auto at = text.find("chd-"); at != text.npos; at = text.find("chd-", at + 1)) {
      children.push_back(text.substr(at, 5));
    }
    return children;
  }

  const TemporaryFolder folder_;
  int port_ = 0;
  Owner<scheduling::v1::SchedulingService::Service, scheduling::v1::ListWorkRequest,
        scheduling::v1::ListWorkResponse>
      scheduling_;
  Owner<assessments::v1::AssessmentsService::Service, assessments::v1::ListWorkRequest,
        assessments::v1::ListWorkResponse>
      assessments_;
  Owner<funding::v1::FundingService::Service, funding::v1::ListWorkRequest,
        funding::v1::ListWorkResponse>
      funding_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(WorkCommand, TellsTheWorkOfAllInOneOrderOverAllPages) {
  const Answer answer = Work({"--school", "123240", "--within", "7"});
  EXPECT_EQ(answer.code, kDone) << answer.err;
  EXPECT_THAT(Children(answer.out), ElementsAre("chd-a", "chd-b", "chd-c", "chd-e", "chd-d"));
  EXPECT_THAT(answer.out, HasSubstr("decide the funding request"));
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(scheduling_.asked.school_urn(), "123240");
  EXPECT_EQ(assessments_.asked.within_days(), 7);
  EXPECT_EQ(funding_.asked.authority_code(), "");
}

TEST_F(WorkCommand, AnswersInJsonAsOneList) {
  const Answer answer = Work({"--output", "json"});
  EXPECT_EQ(answer.code, kDone) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("\"items\": [\n"));
  EXPECT_THAT(answer.out, HasSubstr("\"step\": \"WORK_STEP_DECIDE_FUNDING_REQUEST\""));
  EXPECT_THAT(answer.out, HasSubstr("\"next_page_token\": \"\""));
}

TEST_F(WorkCommand, AServiceThatHasNoWorkForTheRoleIsLeftOut) {
  scheduling_.status = assessments_.status = {grpc::StatusCode::PERMISSION_DENIED, "not yours"};
  const Answer answer = Work();
  EXPECT_EQ(answer.code, kDone);
  EXPECT_THAT(Children(answer.out), ElementsAre("chd-e"));
  EXPECT_EQ(answer.err, "");
  funding_.status = scheduling_.status;
  const Answer none = Work();
  EXPECT_EQ(none.code, kNotAllowed);
  EXPECT_THAT(none.err, HasSubstr("no service has work for this role"));
}

TEST_F(WorkCommand, OfAServiceThatIsAwayTheOthersWorkIsToldAllTheSame) {
  const Answer answer = Work({"--timeout", "2"}, "127.0.0.1:1");
  EXPECT_EQ(answer.code, kNotReachable);
  EXPECT_THAT(Children(answer.out), ElementsAre("chd-e", "chd-d"));
  EXPECT_THAT(answer.err, HasSubstr("scheduling does not answer at 127.0.0.1:1"));
}

TEST_F(WorkCommand, WhatIsWrongWithTheRequestIsToldOnce) {
  scheduling_.status = assessments_.status = {grpc::StatusCode::INVALID_ARGUMENT, "no such school"};
  const Answer answer = Work({"--school", "1"});
  EXPECT_EQ(answer.code, kRefused);
  EXPECT_EQ(answer.err, "pepctl: no such school\n");
  EXPECT_EQ(answer.out, "");
}

TEST_F(WorkCommand, SaysThatThereIsNothingToDo) {
  scheduling_.items.clear();
  assessments_.items.clear();
  funding_.items.clear();
  const Answer answer = Work();
  EXPECT_EQ(answer.code, kDone);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err, "Nothing to do.\n");
}

}  // namespace
}  // namespace pepline::pepctl
