#include "tests/fuzz/keys.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "shared/security/openssl_objects.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {

Issuer::Issuer(const std::string& name)
    : private_file(Folder() + "/" + name + ".jwk"), jwks_file(Folder() + "/" + name + ".jwks") {
  Expect(MakeSigningKey(private_file, jwks_file).ok(), "a signing key is made");
  auto read = ReadJsonFile(private_file);
  Expect(read.ok(), "a signing key that was written is read");
  private_jwk = *std::move(read);
}

const Issuer& People() {
  static const auto* const people = new Issuer("people");
  return *people;
}

const Issuer& Services() {
  static const auto* const services = new Issuer("services");
  return *services;
}

AuthOptions TokenOptions() {
  return {.jwks_path = People().jwks_file,
          .issuer = "people",
          .audience = "pepline",
          .service_jwks_path = Services().jwks_file,
          .service_issuer = "services",
          .longest_life = absl::Hours(24)};
}

std::string MutatedPem(std::string_view pem, std::size_t longest, unsigned random) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  const openssl::Bytes in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const bool read = PEM_read_bio(in.get(), &name, &header, &data, &size) == 1;
  ERR_clear_error();
  std::string made;
  // One in eight changes what is around the base64.
  if (read && random % 8 != 0) {
    const std::string inside =
        Mutated({reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)},
                static_cast<std::size_t>(size) + 64);
    const openssl::Bytes out(BIO_new(BIO_s_mem()));
    PEM_write_bio(out.get(), name, header, reinterpret_cast<const unsigned char*>(inside.data()),
                  static_cast<long>(inside.size()));
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    made.assign(text, static_cast<std::size_t>(length));
    ERR_clear_error();
  }
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return made.empty() || made.size() > longest ? Mutated(pem, longest) : made;
}

}  // namespace pepline::fuzz
