#include "shared/engine/compressed_message.h"

#include <google/protobuf/io/gzip_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace pepline {

namespace io = google::protobuf::io;

std::string Compressed(const google::protobuf::Message& message) {
  std::string bytes;
  io::StringOutputStream out(&bytes);
  io::GzipOutputStream gzip(&out);
  message.SerializeToZeroCopyStream(&gzip);
  gzip.Close();
  return bytes;
}

bool ReadCompressed(const std::string& bytes, google::protobuf::Message& message) {
  io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  io::GzipInputStream gzip(&in);
  return message.ParseFromZeroCopyStream(&gzip) && gzip.ZlibErrorMessage() == nullptr;
}

}  // namespace pepline
