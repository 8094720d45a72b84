// A message as bytes that gzip made smaller, for a record that is long and seldom read.
// Promises: the same message gives the same bytes; ReadCompressed of them gives the message.
// Errors: ReadCompressed is false where the bytes are not such. Threads: pure functions.
#ifndef PEPLINE_SHARED_ENGINE_COMPRESSED_MESSAGE_H_
#define PEPLINE_SHARED_ENGINE_COMPRESSED_MESSAGE_H_

#include <string>

#include "google/protobuf/message.h"

namespace pepline {

std::string Compressed(const google::protobuf::Message& message);
bool ReadCompressed(const std::string& bytes, google::protobuf::Message& message);

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_COMPRESSED_MESSAGE_H_
