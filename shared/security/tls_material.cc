#include "shared/security/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "shared/security/openssl_objects.h"

namespace pepline {
namespace {

absl::Status Wrong(const std::string& setting, const std::string& what) {
  ERR_clear_error();  // OpenSSL's queue of this thread: nobody else should find ours
  return absl::InvalidArgumentError(absl::StrCat(setting, ": ", what));
}

absl::StatusOr<std::string> ReadText(const std::string& setting, const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const int problem = file ? 0 : errno;
  std::stringstream text;
  text << file.rdbuf();
  if (!text.str().empty()) return text.str();
  return Wrong(setting, absl::StrCat("cannot read ", path, " (",
                                     problem != 0 ? strerror(problem) : "it is empty",
                                     "); give a PEM file that this user may read"));
}

// Every certificate of a PEM text; none where one is broken.
std::vector<openssl::Certificate> CertificatesOf(const std::string& pem) {
  std::vector<openssl::Certificate> found;
  const openssl::Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (X509* next = PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(next);
  }
  const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_the_end) found.clear();
  return found;
}

absl::Time InstantOf(const ASN1_TIME* time) {
  struct tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string Written(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string SerialOf(X509* certificate) {
  const openssl::Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* digits = BN_bn2hex(number.get());
  std::string serial = digits == nullptr ? "" : digits;
  OPENSSL_free(digits);
  return serial;
}

// The URIs among the alternative names.
std::vector<std::string> UrisOf(X509* certificate) {
  std::vector<std::string> uris;
  const openssl::AlternativeNames names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* text = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return uris;
}

absl::Status CheckOwn(X509* own, const TlsFiles& files, const TlsNames& names, absl::Time now,
                      TlsMaterial& material) {
  const std::string subject = absl::StrCat("the certificate in ", files.certificate);
  material.serial = SerialOf(own);
  material.expires = InstantOf(X509_get0_notAfter(own));
  if (now >= material.expires) {
    return Wrong(names.certificate, absl::StrCat(subject, " expired on ", Written(material.expires),
                                                 "; renew it and put the new one there"));
  }
  if (const absl::Time from = InstantOf(X509_get0_notBefore(own)); now < from) {
    return Wrong(names.certificate,
                 absl::StrCat(subject, " is valid only from ", Written(from),
                              "; check the machine's clock, or give one that is valid now"));
  }
  std::vector<std::string> uris = UrisOf(own);
  if (uris.size() != 1) {
    return Wrong(names.certificate,
                 absl::StrCat(subject, " has ", uris.size(),
                              " URIs among its alternative names; it needs exactly one, the "
                              "identity of its peer in deploy/peers.yaml, such as "
                              "spiffe://pepline/funding"));
  }
  material.identity = std::move(uris.front());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTls(const TlsFiles& files, const TlsNames& names, absl::Time now) {
  TlsMaterial material;
  for (const auto& [setting, path, text] :
       {std::tuple{&names.certificate, &files.certificate, &material.certificate},
        std::tuple{&names.key, &files.key, &material.key},
        std::tuple{&names.authorities, &files.authorities, &material.authorities}}) {
    auto read = ReadText(*setting, *path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  const auto chain = CertificatesOf(material.certificate);
  if (chain.empty()) {
    return Wrong(names.certificate, absl::StrCat(files.certificate,
                                                 " holds no certificate that can be read; give "
                                                 "PEM, our own certificate first"));
  }
  if (CertificatesOf(material.authorities).empty()) {
    return Wrong(names.authorities, absl::StrCat(files.authorities,
                                                 " holds no certificate that can be read; give the "
                                                 "authority's certificates in PEM"));
  }
  const openssl::Bytes bytes(
      BIO_new_mem_buf(material.key.data(), static_cast<int>(material.key.size())));
  // An encrypted key must not make the program ask for its password.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const openssl::Key key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr));
  if (key == nullptr) {
    return Wrong(names.key, absl::StrCat(files.key,
                                         " holds no private key that can be read; give "
                                         "PEM without a password"));
  }
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return Wrong(names.key,
                 absl::StrCat("the key in ", files.key, " does not belong to the certificate in ",
                              files.certificate, "; give the two that were made together"));
  }
  absl::Status own = CheckOwn(chain.front().get(), files, names, now, material);
  if (!own.ok()) return own;
  return material;
}

}  // namespace pepline
