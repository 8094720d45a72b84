// Runs one step: the right RPC of the right service, as the right person.
// Promises: a request id made from the step, so that a repetition has no second effect; a step that
// the story wants refused must be refused for that reason. Remembers the funding requests that it
// drafted, by child. Errors: the RPC's, with the child's own id and the action's name.
// Threads: Run from any thread; steps of one child one at a time.
#ifndef PEPLINE_TOOLS_STORY_RUNNER_H_
#define PEPLINE_TOOLS_STORY_RUNNER_H_

#include <atomic>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tools/client/caller.h"
#include "tools/story/people.h"
#include "tools/story/step.h"

namespace pepline::story {

class Runner {
 public:
  Runner(client::Caller& caller, People& people) : caller_(caller), people_(people) {}

  // `refusal`, when given, is told what a refusal that the story wants said.
  absl::Status Run(const Step& step, std::string* refusal = nullptr);
  // Whether a action since the last call may have changed who is where.
  bool TakeWhetherPeopleChanged() { return people_changed_.exchange(false); }

 private:
  // Whose step it is, and under which request id.
  struct Scene {
    std::string child_id;
    Actor at_school;
    std::string request_id;
    std::string own_id;
    absl::CivilDay on;
  };

  grpc::Status Do(const ImportFile& action, const Scene& scene);
  grpc::Status Do(const MoveToSchool& action, const Scene& scene);
  grpc::Status Do(const EnrolAtSchool& action, const Scene& scene);
  grpc::Status Do(const SchedulePep& action, const Scene& scene);
  grpc::Status Do(const ReschedulePep& action, const Scene& scene);
  grpc::Status Do(const CancelPep& action, const Scene& scene);
  grpc::Status Do(const DraftEpep& action, const Scene& scene);
  grpc::Status Do(const HoldPep& action, const Scene& scene);
  grpc::Status Do(const FinaliseEpep& action, const Scene& scene);
  grpc::Status Do(const SendSdq& action, const Scene& scene);
  grpc::Status Do(const ReturnSdq& action, const Scene& scene);
  grpc::Status Do(const GiveUpSdq& action, const Scene& scene);
  grpc::Status Do(const ConfirmSdqGivenUp& action, const Scene& scene);
  grpc::Status Do(const SetOutcome& action, const Scene& scene);
  grpc::Status Do(const RefineOutcome& action, const Scene& scene);
  grpc::Status Do(const CaptureViews& action, const Scene& scene);
  grpc::Status Do(const DeclineViews& action, const Scene& scene);
  grpc::Status Do(const OpenFundLine& action, const Scene& scene);
  grpc::Status Do(const AskForFunding& action, const Scene& scene);
  grpc::Status Do(const ApproveFunding& action, const Scene& scene);
  grpc::Status Do(const DeclineFunding& action, const Scene& scene);
  grpc::Status Do(const ReleaseFunding& action, const Scene& scene);
  grpc::Status Do(const AcknowledgeAlerts& action, const Scene& scene);

  // The child's SDQ for the current PEP.
  grpc::Status SdqIdOf(const Scene& scene, std::string& sdq_id);
  std::string FundingRequestOf(const std::string& child_id) const;

  client::Caller& caller_;
  People& people_;
  std::atomic<bool> people_changed_ = false;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string> funding_requests_ ABSL_GUARDED_BY(mutex_);  // by child id
  std::string fund_line_ ABSL_GUARDED_BY(mutex_);
};

// "FinaliseEpep": for messages about a step.
std::string ActionName(const Action& action);

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_RUNNER_H_
