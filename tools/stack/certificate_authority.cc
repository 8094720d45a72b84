#include "tools/stack/certificate_authority.h"

#include <openssl/pem.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/domain/access/peers.h"
#include "shared/security/openssl_objects.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

std::string TextOf(const openssl::Bytes& bytes) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bytes.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string PemOf(X509* certificate) {
  const openssl::Bytes bytes(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bytes.get(), certificate) == 1 ? TextOf(bytes) : "";
}

std::string PemOf(EVP_PKEY* key) {
  const openssl::Bytes bytes(BIO_new(BIO_s_mem()));
  return PEM_write_bio_PrivateKey(bytes.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1
             ? TextOf(bytes)
             : "";
}

bool Add(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate for the key with a random serial number, not yet signed.
openssl::Certificate Begin(EVP_PKEY* key, const std::string& name, absl::Time from,
                           absl::Time until) {
  openssl::Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  const openssl::Number serial(BN_new());
  BN_rand(serial.get(), 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get()));
  ASN1_TIME_set(X509_getm_notBefore(made.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()), absl::ToTimeT(until));
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return made;
}

std::string NamesOf(const CertificateWish& wish) {
  std::vector<std::string> names;
  if (!wish.identity.empty()) names.push_back(absl::StrCat("URI:", wish.identity));
  for (const std::string& name : wish.dns_names) names.push_back(absl::StrCat("DNS:", name));
  for (const std::string& address : wish.addresses) names.push_back(absl::StrCat("IP:", address));
  return absl::StrJoin(names, ",");
}

}  // namespace

struct CertificateAuthority::Parts {
  openssl::Key key;
  openssl::Certificate certificate;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}
CertificateAuthority::~CertificateAuthority() = default;

absl::StatusOr<std::unique_ptr<CertificateAuthority>> CertificateAuthority::Create(
    const std::string& name) {
  auto parts = std::make_unique<Parts>();
  parts->key.reset(EVP_EC_gen("P-256"));
  if (parts->key == nullptr) return absl::InternalError("no key can be made");
  const absl::Time now = absl::Now();
  parts->certificate =
      Begin(parts->key.get(), name, now - absl::Hours(48), now + absl::Hours(24 * 3650));
  X509* own = parts->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  if (!Add(own, own, NID_basic_constraints, "critical,CA:TRUE") ||
      !Add(own, own, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !Add(own, own, NID_subject_key_identifier, "hash") ||
      X509_sign(own, parts->key.get(), EVP_sha256()) == 0) {
    return absl::InternalError("no authority can be made");
  }
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(parts)));
}

std::string CertificateAuthority::certificate() const { return PemOf(parts_->certificate.get()); }

absl::StatusOr<IssuedCertificate> CertificateAuthority::Issue(const CertificateWish& wish) {
  const openssl::Key key(EVP_EC_gen("P-256"));
  if (key == nullptr) return absl::InternalError("no key can be made");
  const openssl::Certificate made = Begin(key.get(), "pepline", wish.not_before, wish.not_after);
  X509* issuer = parts_->certificate.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
  const std::string names = NamesOf(wish);
  if (!Add(made.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !Add(made.get(), issuer, NID_key_usage, "critical,digitalSignature") ||
      !Add(made.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth") ||
      !Add(made.get(), issuer, NID_authority_key_identifier, "keyid") ||
      (!names.empty() && !Add(made.get(), issuer, NID_subject_alt_name, names)) ||
      X509_sign(made.get(), parts_->key.get(), EVP_sha256()) == 0) {
    return absl::InternalError(absl::StrCat("no certificate can be made for ", names));
  }
  return IssuedCertificate{PemOf(made.get()), PemOf(key.get())};
}

TlsFiles TlsFilesOf(const std::string& folder, const std::string& name) {
  return {.certificate = absl::StrCat(folder, "/", name, ".crt"),
          .key = absl::StrCat(folder, "/", name, ".key"),
          .authorities = absl::StrCat(folder, "/ca.crt")};
}

absl::Status MakeTlsFiles(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make the folder ", folder));
  auto authority = CertificateAuthority::Create("Pepline stack");
  if (!authority.ok()) return authority.status();
  absl::Status status = WriteFile(absl::StrCat(folder, "/ca.crt"), (*authority)->certificate());
  for (const Peer& peer : Peers()) {
    if (!status.ok()) return status;
    auto issued = (*authority)->Issue({.identity = std::string(peer.identity)});
    if (!issued.ok()) return issued.status();
    const TlsFiles files = TlsFilesOf(folder, std::string(peer.name));
    status = WriteFile(files.certificate, issued->certificate);
    if (status.ok()) status = WriteFile(files.key, issued->key);
  }
  return status;
}

}  // namespace pepline
