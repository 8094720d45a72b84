#include "tests/system/killing/school_work.h"

#include <fstream>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/rpc/request_fields.h"
#include "tools/client/failure.h"
#include "tools/client/text_forms.h"

namespace pepline {
namespace {

namespace plan = scheduling::v1;
namespace sdq = assessments::v1;

// What is between two looks at a child, so that the term lasts for many of them.
constexpr absl::Duration kBreath = absl::Milliseconds(8);
constexpr absl::Duration kAnswerBound = absl::Seconds(120);

bool IsAnswer(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::CANCELLED:
      return false;
    default:
      return true;
  }
}

}  // namespace

struct SchoolWork::Worker {
  std::mt19937 random;
  std::vector<std::string> children = {};
  std::set<std::string> done = {};  // "<pep>.views" and the like: what was sent once

  bool Chance(double share) { return std::uniform_real_distribution<>(0, 1)(random) < share; }
  bool Once(const std::string& what) { return done.insert(what).second; }
};

SchoolWork::SchoolWork(client::Caller& caller, const Clock& clock,
                       const std::vector<std::string>& children, int workers)
    : caller_(caller), clock_(clock) {
  for (int number = 1; number <= workers; ++number) {
    workers_.push_back({std::mt19937(static_cast<unsigned>(number))});
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    workers_[i % workers_.size()].children.push_back(children[i]);
  }
}

SchoolWork::~SchoolWork() { Stop(); }

void SchoolWork::Start() {
  stopping_.emplace();
  for (Worker& worker : workers_) {
    threads_.emplace_back([this, &worker] { Run(worker); });
  }
}

void SchoolWork::Stop() {
  if (!stopping_) return;
  stopping_->Notify();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  stopping_.reset();
}

void SchoolWork::LookOnce(double share_of_children) {
  for (Worker& worker : workers_) {
    for (const std::string& child : worker.children) {
      if (worker.Chance(share_of_children)) Visit(worker, child);
    }
  }
}

void SchoolWork::Run(Worker& worker) {
  while (true) {
    for (const std::string& child : worker.children) {
      if (stopping_->WaitForNotificationWithTimeout(kBreath)) return;
      Visit(worker, child);
    }
  }
}

grpc::Status SchoolWork::CallUntilAnswered(const google::protobuf::Message& request,
                                           google::protobuf::Message& response) {
  const absl::Time give_up = absl::Now() + kAnswerBound;
  grpc::Status status;
  do {
    status = caller_.Call(request, response);
  } while ((!IsAnswer(status) ||
            (wrong_clocks_ && status.error_code() == grpc::StatusCode::UNAUTHENTICATED)) &&
           absl::Now() < give_up);
  return status;
}

bool SchoolWork::Send(const std::string& event, const std::string& pep_id,
                      const google::protobuf::Message& request,
                      google::protobuf::Message& response) {
  // One request id for all repetitions.
  const std::unique_ptr<google::protobuf::Message> named(request.New());
  named->CopyFrom(request);
  client::GiveRequestId(*named);
  const grpc::Status status = CallUntilAnswered(*named, response);
  // Not found: assessments, which was away, has not yet heard of the PEP.
  const bool refused = status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
                       status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
                       status.error_code() == grpc::StatusCode::NOT_FOUND;
  absl::MutexLock lock(&mutex_);
  commands_.push_back({event, pep_id, status.ok()});
  if (!status.ok() && !refused) {
    surprises_.push_back(absl::StrCat(event, " of ", pep_id, ": ", status.error_message()));
  }
  return status.ok();
}

void SchoolWork::Visit(Worker& worker, const std::string& child) {
  plan::GetPepRequest which;
  which.set_child_id(child);
  plan::GetPepResponse now;
  const grpc::Status found = CallUntilAnswered(which, now);
  if (found.error_code() == grpc::StatusCode::NOT_FOUND) return;  // no PEP yet
  if (!found.ok()) {
    absl::MutexLock lock(&mutex_);
    surprises_.push_back(absl::StrCat("GetPep: ", found.error_message()));
    return;
  }
  const plan::Pep& pep = now.pep();
  const std::string& pep_id = pep.reference().pep_id();
  const absl::CivilSecond present = absl::ToCivilSecond(clock_.Now(), London());
  // Sets the fields that all commands have.
  const auto about = [&](auto request) {
    request.set_child_id(child);
    request.set_pep_id(pep_id);
    return request;
  };

  switch (pep.state()) {
    case plan::PEP_STATE_DUE:
    case plan::PEP_STATE_INTERIM: {
      if (!worker.Chance(0.05)) return;
      // Some day of the weeks ahead; a holiday is refused, and another day is tried later.
      const int days = std::uniform_int_distribution<>(4, 24)(worker.random);
      auto request = about(plan::SchedulePepMeetingRequest());
      *request.mutable_meeting_at() = ToTimestamp(
          absl::FromCivil(absl::CivilSecond(absl::CivilDay(present) + days) + 10 * 3600, London()));
      plan::SchedulePepMeetingResponse response;
      Send("PepMeetingScheduled", pep_id, request, response);
      return;
    }
    case plan::PEP_STATE_SCHEDULED:
    case plan::PEP_STATE_PREPARING: {
      const absl::Time meeting_at =
          FromTimestamp(pep.meeting_at()).value_or(absl::InfiniteFuture());
      if (clock_.Now() < meeting_at) {
        if (worker.Chance(0.02) && worker.Once(pep_id + ".cancel")) {
          auto request = about(plan::CancelPepMeetingRequest());
          request.set_reason("the carer is ill");
          plan::CancelPepMeetingResponse response;
          Send("PepMeetingCancelled", pep_id, request, response);
        } else if (worker.Chance(0.08) && worker.Once(pep_id + ".views")) {
          sdq::CapturePupilViewsRequest request;
          request.set_child_id(child);
          request.set_pep_id(pep_id);
          request.set_text("more time for drawing");
          sdq::CapturePupilViewsResponse response;
          Send("PupilViewsCaptured", pep_id, request, response);
        } else if (worker.Chance(0.05) && worker.Once(pep_id + ".sdq")) {
          sdq::RecordSdqAnswersRequest request;
          request.set_sdq_id(pep_id + ".pep.teacher");
          request.set_form(sdq::SDQ_FORM_T4_10);
          for (int item = 0; item < 25; ++item) request.add_answers(item % 3);
          sdq::RecordSdqAnswersResponse response;
          Send("SdqScored", pep_id, request, response);
        } else if (worker.Chance(0.05) && worker.Once(pep_id + ".draft")) {
          auto request = about(plan::CompleteReadinessItemRequest());
          request.set_item(plan::READINESS_ITEM_EPEP_DRAFT);
          plan::CompleteReadinessItemResponse response;
          Send("PepReadinessItemCompleted.READINESS_ITEM_EPEP_DRAFT", pep_id, request, response);
        }
        return;
      }
      if (!worker.Chance(0.3)) return;
      auto request = about(plan::HoldPepMeetingRequest());
      request.set_held_on(absl::FormatCivilTime(absl::ToCivilDay(meeting_at, London())));
      request.set_chair(plan::ATTENDEE_ROLE_DESIGNATED_TEACHER);
      request.add_attendees(plan::ATTENDEE_ROLE_DESIGNATED_TEACHER);
      request.add_attendees(plan::ATTENDEE_ROLE_CHILD);
      request.set_missing_pupil_views_reason("not given in time");
      request.set_missing_sdq_reason("not returned in time");
      request.set_record_reason("the minutes came late");
      plan::HoldPepMeetingResponse response;
      Send("PepMeetingHeld", pep_id, request, response);
      return;
    }
    case plan::PEP_STATE_HELD: {
      if (!worker.Chance(0.04)) return;
      const auto request = about(plan::FinaliseEpepRequest());
      plan::FinaliseEpepResponse response;
      Send("EpepFinalised", pep_id, request, response);
      return;
    }
    default:
      return;  // nothing is left to do
  }
}

std::vector<SentCommand> SchoolWork::Commands() const {
  absl::MutexLock lock(&mutex_);
  return commands_;
}

std::vector<std::string> SchoolWork::surprises() const {
  absl::MutexLock lock(&mutex_);
  return surprises_;
}

absl::Status SchoolWork::WriteCommands(const std::string& path) const {
  std::ofstream file(path);
  for (const SentCommand& command : Commands()) {
    const nlohmann::json line = {
        {"event", command.event}, {"pep", command.pep_id}, {"acknowledged", command.acknowledged}};
    file << line.dump() << "\n";
  }
  file.close();
  if (file) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot write ", path));
}

}  // namespace pepline
