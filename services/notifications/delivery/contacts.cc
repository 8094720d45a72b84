#include "services/notifications/delivery/contacts.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/notifications/storage/conversions.h"
#include "shared/engine/field_mapping.h"
#include "shared/observability/trace.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kLongestAnswer = absl::Seconds(3);
constexpr absl::Duration kTokenLife = absl::Minutes(10);

std::shared_ptr<grpc::Channel> ChannelTo(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // A registry that restarts is found again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

// An instant that is not there, or none at all, holds nobody's mail.
absl::Time ToldFromIn(bool there, const google::protobuf::Timestamp& at) {
  return there ? FromTimestamp(at).value_or(absl::InfinitePast()) : absl::InfinitePast();
}

}  // namespace

std::vector<Contact> Contacts::In(RecipientRole role) const {
  std::vector<Contact> found;
  for (const auto& [held, contact] : people) {
    if (held == role) found.push_back(contact);
  }
  return found;
}

absl::Time Contacts::ToldFrom(RecipientRole role) const {
  return IsOfCouncil(role) ? council_told_from : school_told_from;
}

ContactBook::ContactBook(const std::string& address,
                         const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                         const TokenSigner& signer)
    : signer_(signer),
      stub_(registry::v1::RegistryService::NewStub(ChannelTo(address, credentials))) {}

absl::StatusOr<std::string> ContactBook::Token() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = absl::Now();  // tokens follow the machine's clock
  if (now < sign_again_at_) return token_;
  auto token = signer_.Sign(
      {.subject = "pepline-notifications", .role = Role::kService, .authority = {}, .schools = {}},
      kTokenLife);
  if (!token.ok()) return token.status();
  token_ = *std::move(token);
  sign_again_at_ = now + kTokenLife / 2;
  return token_;
}

absl::StatusOr<Contacts> ContactBook::LookUp(const AlertReference& reference,
                                             const std::vector<RecipientRole>& roles) {
  auto token = Token();
  if (!token.ok()) return token.status();
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", *token));
  Span span(SpanKind::kClient, "pepline.registry.v1.RegistryService/LookUpContacts",
            CurrentTraceparent());
  context.AddMetadata("traceparent", span.traceparent());
  context.set_deadline(absl::ToChronoTime(absl::Now() + kLongestAnswer));
  // A registry that comes back within the wait is no failure.
  context.set_wait_for_ready(true);
  registry::v1::LookUpContactsRequest request;
  request.set_authority_code(reference.authority.text());
  request.set_child_id(reference.child.text());
  // A child's school is asked for as it is today, not as it was when the deadline began; but one
  // school is told that a child comes, and another that it went, and a PEP may stay with the one
  // before.
  const CataloguedNotice* notice = FindNotice(reference.rule_id);
  const bool at_named_school = notice != nullptr && notice->at_named_school;
  if (reference.child.empty() || at_named_school || reference.stays_with_school) {
    request.set_school_urn(reference.school.text());
  }
  AppendTo(*request.mutable_roles(), roles);
  request.set_about(reference.rule_id);
  registry::v1::LookUpContactsResponse response;
  const grpc::Status status = stub_->LookUpContacts(&context, request, &response);
  if (!status.ok()) {
    span.Fail(absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())));
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                        "registry does not tell who to write to");
  }
  Contacts contacts{{}, response.child_initials(), response.school_name()};
  contacts.school_told_from =
      ToldFromIn(response.has_school_told_from(), response.school_told_from());
  contacts.council_told_from =
      ToldFromIn(response.has_council_told_from(), response.council_told_from());
  contacts.may_join_digest = response.may_join_digest();
  if (response.location_restricted()) contacts.school_name.clear();
  for (const registry::v1::Contact& contact : response.contacts()) {
    const auto role = KnownEnum<RecipientRole>(contact.role());
    // The id becomes part of the delivery's own; one that is none cannot be told from others.
    if (!role || !IsPlainId(contact.staff_id())) continue;
    contacts.people.push_back({*role, {StaffId(contact.staff_id()), contact.email()}});
  }
  return contacts;
}

}  // namespace pepline::notifications
