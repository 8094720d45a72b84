#include "shared/rpc/grpc_credentials.h"

#include <fcntl.h>
#include <grpc/support/log.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/base/file_version.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr absl::Duration kTimeBetweenLooks = absl::Milliseconds(500);
constexpr unsigned kGrpcLooksEverySeconds = 1;

// A file in memory for gRPC to read, with a path that stays. gRPC takes whatever its file holds,
// and would refuse all callers while key and certificate do not fit; so it is given only what was
// checked, the pair in one file. A new content replaces the old at once, with an instant of change
// of its own (to the second, as gRPC compares them), so that gRPC never mixes two.
class CheckedFile {
 public:
  // Never closed: gRPC may look until the last channel is gone.
  CheckedFile() : descriptor_(memfd_create("pepline-tls", MFD_CLOEXEC)) {}

  std::string path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }
  absl::Status Replace(const std::string& content) {
    const int next = memfd_create("pepline-tls", MFD_CLOEXEC);
    const timespec at = {.tv_sec = ++version_, .tv_nsec = 0};
    const std::array<timespec, 2> instants = {at, at};
    const bool done =
        next >= 0 &&
        write(next, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        futimens(next, instants.data()) == 0 && dup3(next, descriptor_, O_CLOEXEC) == descriptor_;
    if (next >= 0) close(next);
    if (done) return absl::OkStatus();
    return absl::InternalError("there is no memory for the certificates");
  }

 private:
  int descriptor_;
  time_t version_ = 1;
};

using FileVersions = std::array<std::optional<FileVersion>, 3>;

FileVersions VersionsOf(const TlsFiles& files) {
  return {VersionOf(files.certificate), VersionOf(files.key), VersionOf(files.authorities)};
}

}  // namespace

struct GrpcTls::Parts {
  TlsFiles files;
  TlsNames names;
  Metrics* metrics = nullptr;
  FileVersions seen;  // of the files at the last look
  bool told = false;
  CheckedFile pair;
  CheckedFile authorities;
  std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider;
  absl::Mutex mutex;
  bool ending ABSL_GUARDED_BY(mutex) = false;
  std::thread looking;

  absl::Status Adopt();
  void LookAgain();
  void Count(std::string_view outcome) const;
};

void GrpcTls::Parts::Count(std::string_view outcome) const {
  if (metrics != nullptr) metrics->Count("pepline_tls_reloads_total", {{"outcome", outcome}});
}

absl::Status GrpcTls::Parts::Adopt() {
  auto material = ReadTls(files, names, absl::Now());
  if (!material.ok()) return material.status();
  absl::Status status = authorities.Replace(material->authorities);
  if (status.ok()) {
    status = pair.Replace(absl::StrCat(material->certificate, "\n", material->key));
  }
  if (!status.ok()) return status;
  if (metrics != nullptr) {
    metrics->Set("pepline_tls_certificate_expiry_timestamp_seconds", {{"kind", "grpc"}},
                 static_cast<double>(absl::ToUnixSeconds(material->expires)));
  }
  Count("ok");
  return absl::OkStatus();
}

// Three files do not change at once. What fits is used at once; what does not is complained of only
// when it stays so until the next look.
void GrpcTls::Parts::LookAgain() {
  const FileVersions now = VersionsOf(files);
  const bool changed = now != seen;
  if (!changed && told) return;
  seen = now;
  const absl::Status adopted = Adopt();
  told = adopted.ok() || !changed;
  if (adopted.ok()) {
    LogInfo("new TLS certificates are in force", {{LogField::kFile, files.certificate}});
  } else if (told) {
    Count("failed");
    LogError("the new TLS files cannot be used; the old ones stay in force",
             {{LogField::kCause, std::string(adopted.message())}});
  }
}

GrpcTls::GrpcTls(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  parts_->looking = std::thread([parts = parts_.get()] {
    absl::MutexLock lock(&parts->mutex);
    while (!parts->mutex.AwaitWithTimeout(absl::Condition(&parts->ending), kTimeBetweenLooks)) {
      parts->LookAgain();
    }
  });
}

GrpcTls::~GrpcTls() {
  {
    absl::MutexLock lock(&parts_->mutex);
    parts_->ending = true;
  }
  parts_->looking.join();
}

absl::StatusOr<std::unique_ptr<GrpcTls>> GrpcTls::Create(TlsFiles files, TlsNames names,
                                                         Metrics* metrics) {
  auto parts = std::make_unique<Parts>();
  parts->files = std::move(files);
  parts->names = std::move(names);
  parts->metrics = metrics;
  parts->seen = VersionsOf(parts->files);
  parts->told = true;
  if (absl::Status status = parts->Adopt(); !status.ok()) return status;
  parts->provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      parts->pair.path(), parts->pair.path(), parts->authorities.path(), kGrpcLooksEverySeconds);
  return std::unique_ptr<GrpcTls>(new GrpcTls(std::move(parts)));
}

std::shared_ptr<grpc::ServerCredentials> GrpcTls::ForServer() const {
  grpc::experimental::TlsServerCredentialsOptions options(parts_->provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> GrpcTls::ForChannels() const {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(parts_->provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      std::make_shared<grpc::experimental::HostNameCertificateVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

std::string PeerIdentity(const grpc::CallbackServerContext& context) {
  const auto found = context.auth_context()->FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  return found.size() == 1 ? std::string(found.front().data(), found.front().size()) : "";
}

void LogGrpcErrors() {
  gpr_set_log_function([](gpr_log_func_args* said) {
    if (said->severity != GPR_LOG_SEVERITY_ERROR) return;
    if (absl::StrContains(said->message, "andshake")) {
      LogWarning("a TLS handshake failed", {{LogField::kCause, said->message}});
    } else {
      LogError("gRPC reports an error", {{LogField::kCause, said->message}});
    }
  });
}

}  // namespace pepline
