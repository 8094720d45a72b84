#include "shared/engine/event_mapping.h"

#include "absl/strings/str_cat.h"

namespace pepline {

std::string EventType(const google::protobuf::Descriptor& envelope,
                      const google::protobuf::Descriptor& message) {
  return absl::StrCat(envelope.file()->package(), ".", message.name());
}

}  // namespace pepline
