// Carries one act out: the right RPC of the right service, as the right person.
// Promises: a request id made from the act, so that a repetition has no second effect; an act that
// the story wants refused must be refused for that reason. Remembers the funding requests that it
// drafted, by child. Errors: the RPC's, with the child's own id and the deed's name.
// Threads: Perform from any thread; acts of one child one at a time.
#ifndef PEPLINE_TOOLS_STORY_PERFORMER_H_
#define PEPLINE_TOOLS_STORY_PERFORMER_H_

#include <atomic>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tools/client/caller.h"
#include "tools/story/act.h"
#include "tools/story/people.h"

namespace pepline::story {

class Performer {
 public:
  Performer(client::Caller& caller, People& people) : caller_(caller), people_(people) {}

  // `refusal`, when given, is told what a refusal that the story wants said.
  absl::Status Perform(const Act& act, std::string* refusal = nullptr);
  // Whether a deed since the last call may have changed who is where.
  bool TakeWhetherPeopleChanged() { return people_changed_.exchange(false); }

 private:
  // Whose act it is, and under which request id.
  struct Scene {
    std::string child_id;
    Actor at_school;
    std::string request_id;
    std::string own_id;
    absl::CivilDay on;
  };

  grpc::Status Do(const ImportFile& deed, const Scene& scene);
  grpc::Status Do(const MoveToSchool& deed, const Scene& scene);
  grpc::Status Do(const SchedulePep& deed, const Scene& scene);
  grpc::Status Do(const ReschedulePep& deed, const Scene& scene);
  grpc::Status Do(const CancelPep& deed, const Scene& scene);
  grpc::Status Do(const DraftEpep& deed, const Scene& scene);
  grpc::Status Do(const HoldPep& deed, const Scene& scene);
  grpc::Status Do(const FinaliseEpep& deed, const Scene& scene);
  grpc::Status Do(const SendSdq& deed, const Scene& scene);
  grpc::Status Do(const ReturnSdq& deed, const Scene& scene);
  grpc::Status Do(const GiveUpSdq& deed, const Scene& scene);
  grpc::Status Do(const ConfirmSdqGivenUp& deed, const Scene& scene);
  grpc::Status Do(const CaptureViews& deed, const Scene& scene);
  grpc::Status Do(const DeclineViews& deed, const Scene& scene);
  grpc::Status Do(const OpenFundLine& deed, const Scene& scene);
  grpc::Status Do(const AskForFunding& deed, const Scene& scene);
  grpc::Status Do(const ApproveFunding& deed, const Scene& scene);
  grpc::Status Do(const DeclineFunding& deed, const Scene& scene);
  grpc::Status Do(const ReleaseFunding& deed, const Scene& scene);
  grpc::Status Do(const AcknowledgeAlerts& deed, const Scene& scene);

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

// "FinaliseEpep": for messages about an act.
std::string DeedName(const Deed& deed);

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_PERFORMER_H_
