// registry's contact look-up, answered by the test itself over real gRPC.
// Promises: answers as the contract says from what was set; can be told to fail, to wait in the
// middle of a call, and to go away and come back on the same port. Threads: safe from any thread.
#ifndef PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_FAKE_REGISTRY_H_
#define PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_FAKE_REGISTRY_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"

namespace pepline::notifications {

class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  FakeRegistry() { Open(); }
  ~FakeRegistry() override;

  std::string address() const;
  void Open();   // on the same port as before
  void Close();  // refuses connections

  // A person in a role; "stf-..." and an address.
  void Appoint(common::v1::RecipientRole role, const std::string& staff, const std::string& email);
  void Dismiss(const std::string& staff);
  void SetChild(const std::string& initials, const std::string& school, bool restricted);
  void FailWith(grpc::StatusCode code);  // OK: no longer
  // People of the school, and of the council, are told from then on.
  void SetToldFrom(absl::Time school, absl::Time council);
  // Reminders and notices may leave in one mail.
  void SetMayJoinDigest(bool may);
  // Calls wait inside from now on, until Release.
  void Hold();
  void Release();

  std::vector<registry::v1::LookUpContactsRequest> Requests() const;
  std::string LastAuthorization() const;  // the value of the metadata
  std::string LastTraceparent() const;
  int Waiting() const;  // calls that are held now

  grpc::Status LookUpContacts(grpc::ServerContext* context,
                              const registry::v1::LookUpContactsRequest* request,
                              registry::v1::LookUpContactsResponse* response) override;

 private:
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<registry::v1::Contact> people_ ABSL_GUARDED_BY(mutex_);
  registry::v1::LookUpContactsResponse child_ ABSL_GUARDED_BY(mutex_);
  grpc::StatusCode failure_ ABSL_GUARDED_BY(mutex_) = grpc::StatusCode::OK;
  absl::Time school_told_from_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time council_told_from_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool may_join_digest_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<registry::v1::LookUpContactsRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::string authorization_ ABSL_GUARDED_BY(mutex_);
  std::string traceparent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_FAKE_REGISTRY_H_
