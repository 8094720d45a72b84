// Asks registry who holds which role today and when they are told, at the moment of sending; signs
// its own tokens.
// Promises: a bounded wait; nothing is kept. Errors: NotFound where registry does not know the
// child or the school; anything else means "ask again later". Threads: safe from any thread; calls
// block.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_CONTACTS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_CONTACTS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "services/notifications/domain/alert.h"
#include "shared/security/auth.h"

namespace pepline::notifications {

struct Contact {
  StaffId staff;
  std::string email;
};

struct Contacts {
  std::vector<std::pair<RecipientRole, Contact>> people;
  std::string child_initials;
  std::string school_name;  // empty where the child's location is restricted
  // From when people of the school and of the council are told; InfinitePast: now.
  absl::Time school_told_from = absl::InfinitePast();
  absl::Time council_told_from = absl::InfinitePast();
  bool may_join_digest = false;
  std::vector<Contact> In(RecipientRole role) const;
  absl::Time ToldFrom(RecipientRole role) const;
};

class ContactBook {
 public:
  // host:port of registry. The signer must outlive this.
  ContactBook(const std::string& address,
              const std::shared_ptr<grpc::ChannelCredentials>& credentials,
              const TokenSigner& signer);
  absl::StatusOr<Contacts> LookUp(const AlertReference& reference,
                                  const std::vector<RecipientRole>& roles);

 private:
  absl::StatusOr<std::string> Token();

  const TokenSigner& signer_;
  std::unique_ptr<registry::v1::RegistryService::Stub> stub_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time sign_again_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_CONTACTS_H_
