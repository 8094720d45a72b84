// OpenSSL's objects with owners. Threads: as the objects themselves, one at a time.
#ifndef PEPLINE_SHARED_SECURITY_OPENSSL_OBJECTS_H_
#define PEPLINE_SHARED_SECURITY_OPENSSL_OBJECTS_H_

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>

namespace pepline::openssl {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using Bytes = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using AlternativeNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

}  // namespace pepline::openssl

#endif  // PEPLINE_SHARED_SECURITY_OPENSSL_OBJECTS_H_
