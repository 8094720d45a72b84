#include "tests/component/notifications/fake_registry.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "shared/base/timestamps.h"
#include "tools/stack/processes.h"

namespace pepline::notifications {

FakeRegistry::~FakeRegistry() {
  Release();
  Close();
}

std::string FakeRegistry::address() const { return absl::StrCat("127.0.0.1:", port_); }

void FakeRegistry::Open() {
  // The port of before may take a moment to be free.
  const bool opened = WaitUntil(
      [this] {
        grpc::ServerBuilder builder;
        builder.AddListeningPort(address(), grpc::InsecureServerCredentials(), &port_);
        builder.RegisterService(this);
        server_ = builder.BuildAndStart();
        return server_ != nullptr && port_ > 0;
      },
      absl::Seconds(10));
  EXPECT_TRUE(opened);
}

void FakeRegistry::Close() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

void FakeRegistry::Appoint(common::v1::RecipientRole role, const std::string& staff,
                           const std::string& email) {
  registry::v1::Contact contact;
  contact.set_role(role);
  contact.set_staff_id(staff);
  contact.set_name("Invented Person");
  contact.set_email(email);
  absl::MutexLock lock(&mutex_);
  people_.push_back(contact);
}

void FakeRegistry::Dismiss(const std::string& staff) {
  absl::MutexLock lock(&mutex_);
  std::erase_if(people_, [&](const auto& contact) { return contact.staff_id() == staff; });
}

void FakeRegistry::SetChild(const std::string& initials, const std::string& school,
                            bool restricted) {
  absl::MutexLock lock(&mutex_);
  child_.set_child_initials(initials);
  child_.set_school_name(restricted ? "" : school);
  child_.set_location_restricted(restricted);
}

void FakeRegistry::FailWith(grpc::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  failure_ = code;
}

void FakeRegistry::SetToldFrom(absl::Time school, absl::Time council) {
  absl::MutexLock lock(&mutex_);
  school_told_from_ = school;
  council_told_from_ = council;
}

void FakeRegistry::SetMayJoinDigest(bool may) {
  absl::MutexLock lock(&mutex_);
  may_join_digest_ = may;
}

void FakeRegistry::Hold() {
  absl::MutexLock lock(&mutex_);
  held_ = true;
}

void FakeRegistry::Release() {
  absl::MutexLock lock(&mutex_);
  held_ = false;
}

std::vector<registry::v1::LookUpContactsRequest> FakeRegistry::Requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

std::string FakeRegistry::LastAuthorization() const {
  absl::MutexLock lock(&mutex_);
  return authorization_;
}

std::string FakeRegistry::LastTraceparent() const {
  absl::MutexLock lock(&mutex_);
  return traceparent_;
}

int FakeRegistry::Waiting() const {
  absl::MutexLock lock(&mutex_);
  return waiting_;
}

grpc::Status FakeRegistry::LookUpContacts(grpc::ServerContext* context,
                                          const registry::v1::LookUpContactsRequest* request,
                                          registry::v1::LookUpContactsResponse* response) {
  absl::MutexLock lock(&mutex_);
  requests_.push_back(*request);
  const auto metadata = context->client_metadata().find("authorization");
  if (metadata != context->client_metadata().end()) {
    authorization_ = std::string(metadata->second.data(), metadata->second.size());
  }
  const auto trace = context->client_metadata().find("traceparent");
  if (trace != context->client_metadata().end()) {
    traceparent_ = std::string(trace->second.data(), trace->second.size());
  }
  ++waiting_;
  const auto released = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !held_; };
  mutex_.Await(absl::Condition(&released));
  --waiting_;
  if (failure_ != grpc::StatusCode::OK) return grpc::Status(failure_, "as the test wants it");
  *response = child_;
  if (school_told_from_ != absl::InfinitePast()) {
    *response->mutable_school_told_from() = ToTimestamp(school_told_from_);
  }
  if (council_told_from_ != absl::InfinitePast()) {
    *response->mutable_council_told_from() = ToTimestamp(council_told_from_);
  }
  response->set_may_join_digest(may_join_digest_);
  for (int role : request->roles()) {
    for (const registry::v1::Contact& contact : people_) {
      if (contact.role() == role) *response->add_contacts() = contact;
    }
  }
  return grpc::Status::OK;
}

}  // namespace pepline::notifications
