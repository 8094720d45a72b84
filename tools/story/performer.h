// Carries one act out: the right RPC of the right service, as the right person.
// Promises: a request id made from the act, so that a repetition has no second effect; an act that
// the story wants refused must be refused for that reason. Remembers the funding requests that it
// drafted, by child. Errors: the RPC's, with the child's own id and the deed's name.
// Threads: Perform from any thread; acts of one child one at a time.
#ifndef PEPLINE_TOOLS_STORY_PERFORMER_H_
#define PEPLINE_TOOLS_STORY_PERFORMER_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "pepline/notifications/v1/notifications_service.grpc.pb.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "tools/story/act.h"
#include "tools/story/calls.h"
#include "tools/story/people.h"

namespace pepline::story {

class Performer {
 public:
  Performer(Calls& calls, People& people);

  absl::Status Perform(const Act& act);
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

  Outcome Do(const ImportFile& deed, const Scene& scene);
  Outcome Do(const MoveToSchool& deed, const Scene& scene);
  Outcome Do(const SchedulePep& deed, const Scene& scene);
  Outcome Do(const ReschedulePep& deed, const Scene& scene);
  Outcome Do(const CancelPep& deed, const Scene& scene);
  Outcome Do(const DraftEpep& deed, const Scene& scene);
  Outcome Do(const HoldPep& deed, const Scene& scene);
  Outcome Do(const FinaliseEpep& deed, const Scene& scene);
  Outcome Do(const SendSdq& deed, const Scene& scene);
  Outcome Do(const ReturnSdq& deed, const Scene& scene);
  Outcome Do(const GiveUpSdq& deed, const Scene& scene);
  Outcome Do(const CaptureViews& deed, const Scene& scene);
  Outcome Do(const DeclineViews& deed, const Scene& scene);
  Outcome Do(const OpenFundLine& deed, const Scene& scene);
  Outcome Do(const AskForFunding& deed, const Scene& scene);
  Outcome Do(const ApproveFunding& deed, const Scene& scene);
  Outcome Do(const DeclineFunding& deed, const Scene& scene);
  Outcome Do(const ReleaseFunding& deed, const Scene& scene);
  Outcome Do(const AcknowledgeAlerts& deed, const Scene& scene);

  // The child's SDQ for the current PEP.
  Outcome SdqIdOf(const Scene& scene, std::string& sdq_id);
  std::string FundingRequestOf(const std::string& child_id) const;

  Calls& calls_;
  People& people_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  std::unique_ptr<scheduling::v1::SchedulingService::Stub> scheduling_;
  std::unique_ptr<assessments::v1::AssessmentsService::Stub> assessments_;
  std::unique_ptr<funding::v1::FundingService::Stub> funding_;
  std::unique_ptr<notifications::v1::NotificationsService::Stub> notifications_;
  std::atomic<bool> people_changed_ = false;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string> funding_requests_ ABSL_GUARDED_BY(mutex_);  // by child id
  std::string fund_line_ ABSL_GUARDED_BY(mutex_);
};

// "FinaliseEpep": for messages about an act.
std::string DeedName(const Deed& deed);

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_PERFORMER_H_
