// Where the files of one end of a TLS connection lie (PEM). They are read again when they change.
#ifndef PEPLINE_SHARED_SECURITY_TLS_FILES_H_
#define PEPLINE_SHARED_SECURITY_TLS_FILES_H_

#include <string>

namespace pepline {

struct TlsFiles {
  std::string certificate;  // our own certificate chain; empty: none is shown
  std::string key;          // its private key
  std::string authorities;  // the certificates (CA) that vouch for the other end
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_SECURITY_TLS_FILES_H_
