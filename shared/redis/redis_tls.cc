#include "shared/redis/redis_tls.h"

#ifdef PEPLINE_REDIS_TLS
#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#endif

namespace pepline {

#ifndef PEPLINE_REDIS_TLS

bool RedisTlsIsBuiltIn() { return false; }

absl::Status StartRedisTls(redisContext&, const RedisStoreOptions&) {
  return absl::UnavailableError("PEPLINE_REDIS_TLS: this build speaks no TLS to Redis");
}

#else

namespace {

struct FreeSettings {
  void operator()(SSL_CTX* settings) const { SSL_CTX_free(settings); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
using Settings = std::unique_ptr<SSL_CTX, FreeSettings>;

absl::Status Unusable(const std::string& setting, const std::string& file) {
  return absl::UnavailableError(
      absl::StrCat(setting, ": cannot use ", file, "; give a PEM file that the service can read"));
}

absl::Status LoadFiles(SSL_CTX& settings, const TlsFiles& files) {
  if (SSL_CTX_load_verify_locations(&settings, files.authorities.c_str(), nullptr) != 1) {
    return Unusable("PEPLINE_REDIS_TLS_CA_FILE", files.authorities);
  }
  if (files.certificate.empty()) return absl::OkStatus();
  if (SSL_CTX_use_certificate_chain_file(&settings, files.certificate.c_str()) != 1) {
    return Unusable("PEPLINE_REDIS_TLS_CERTIFICATE_FILE", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(&settings, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(&settings) != 1) {
    return Unusable("PEPLINE_REDIS_TLS_KEY_FILE", files.key);
  }
  return absl::OkStatus();
}

// True when the peer will be held to that name, a host or an address.
bool Expect(SSL& session, const std::string& name) {
  unsigned char address[sizeof(in6_addr)];
  if (inet_pton(AF_INET, name.c_str(), address) == 1 ||
      inet_pton(AF_INET6, name.c_str(), address) == 1) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&session), name.c_str()) == 1;
  }
  return SSL_set_tlsext_host_name(&session, name.c_str()) == 1 &&
         SSL_set1_host(&session, name.c_str()) == 1;
}

absl::Status WhyRefused(long verdict, const redisContext& context, const std::string& name) {
  const std::string words = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_OK:
      return absl::UnavailableError(
          absl::StrCat("TLS with Redis fails: ", context.errstr,
                       "; is PEPLINE_REDIS_PORT its TLS port, and does it want a client "
                       "certificate (PEPLINE_REDIS_TLS_CERTIFICATE_FILE)?"));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return absl::UnavailableError(
          absl::StrCat("Redis's certificate is not for \"", name,
                       "\"; set PEPLINE_REDIS_TLS_SERVER_NAME to a name in it (", words, ")"));
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return absl::UnavailableError(absl::StrCat(
          "Redis's certificate, or that of its authority, is out of date; renew it (", words, ")"));
    default:
      return absl::UnavailableError(
          absl::StrCat("Redis's certificate is not from an authority in PEPLINE_REDIS_TLS_CA_FILE; "
                       "give the file with the right one (",
                       words, ")"));
  }
}

}  // namespace

bool RedisTlsIsBuiltIn() { return true; }

absl::Status StartRedisTls(redisContext& context, const RedisStoreOptions& options) {
  const Settings settings(SSL_CTX_new(TLS_client_method()));
  if (settings == nullptr) return absl::UnavailableError("OpenSSL gives no TLS settings");
  SSL_CTX_set_min_proto_version(settings.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(settings.get(), SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();
  if (absl::Status status = LoadFiles(*settings, options.tls); !status.ok()) return status;

  std::unique_ptr<SSL, FreeSession> session(SSL_new(settings.get()));
  const std::string& name = options.server_name.empty() ? options.host : options.server_name;
  if (session == nullptr || !Expect(*session, name)) {
    return absl::UnavailableError("PEPLINE_REDIS_TLS_SERVER_NAME: not a name or an address");
  }
  if (redisInitiateSSL(&context, session.get()) != REDIS_OK) {
    return WhyRefused(SSL_get_verify_result(session.get()), context, name);
  }
  session.release();  // the connection owns it now
  return absl::OkStatus();
}

#endif

}  // namespace pepline
