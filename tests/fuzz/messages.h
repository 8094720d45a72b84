// Messages of any contract for fuzz targets: filled so that they get past the first checks, and
// changed field by field, so that random input reaches what lies behind the reading of protobuf.
// Works from descriptors alone; a new field needs no line here, unless its text has a form of its
// own. Threads: pure functions.
#ifndef PEPLINE_TESTS_FUZZ_MESSAGES_H_
#define PEPLINE_TESTS_FUZZ_MESSAGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace pepline::fuzz {

// Every field has a value that fits its name: a date in held_on, 931 in authority_code. Of a oneof
// that has the case number `chosen` (and so on, around) has one.
void Fill(google::protobuf::Message& message, int chosen = 0);

// The bytes of filled messages, one for each case of the message's own oneof, else one.
std::vector<std::string> FilledMessages(const google::protobuf::Message& prototype);

// Other bytes made of these: in three of four cases a message of this type in which some fields
// are other than before, at most `longest` bytes; else whatever libFuzzer makes of them.
std::string MutatedMessage(const google::protobuf::Message& prototype, std::string_view bytes,
                           std::size_t longest, unsigned random);

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_MESSAGES_H_
