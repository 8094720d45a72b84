// Reads and writes one field of a request or answer by its path, "appointment.from_on", as a person
// types and reads it: money in pounds, instants by London's clock, enum values as "pupil-views".
// Promises: works from the contract's descriptors alone, so that a new field needs no code here.
// Errors: InvalidArgument with what is wrong with the text and the fix. A path that is not in the
// contract is a bug and ends the program. Threads: pure functions.
#ifndef PEPLINE_TOOLS_PEPCTL_FIELD_PATH_H_
#define PEPLINE_TOOLS_PEPCTL_FIELD_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace pepline::pepctl {

const google::protobuf::FieldDescriptor& FieldAt(const google::protobuf::Descriptor& type,
                                                 std::string_view path);

// A yes-or-no field is set by being named, and has no value.
bool IsFlag(const google::protobuf::FieldDescriptor& field);
bool IsMoney(const google::protobuf::FieldDescriptor& field);
bool IsInstant(const google::protobuf::FieldDescriptor& field);
// What a value looks like, for help: "POUNDS", "DATE", "TIME", "NUMBER", "WORD", "TEXT".
std::string FormOf(const google::protobuf::FieldDescriptor& field);
// Of enum fields; empty for others.
std::vector<std::string> ChoicesOf(const google::protobuf::FieldDescriptor& field);

// Several texts, or one with commas between numbers or words, are for repeated fields.
absl::Status SetField(google::protobuf::Message& message, std::string_view path,
                      const std::vector<std::string>& texts);

// The value at the path; empty where a message on the way, or the value, is not set.
std::string TextAt(const google::protobuf::Message& message, std::string_view path);
// The value of one field that is not a message (Timestamps aside), by the same rules. Repeated
// values with commas between.
std::string TextOfField(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field);
// "meeting at" of meeting_at; "asked" of asked_pence.
std::string LabelOf(const google::protobuf::FieldDescriptor& field);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_FIELD_PATH_H_
