// What can be asked of one record: every RPC but the lists and Import, with a request that its
// rules may well take. Words that begin with $ stand for what is asked for. Threads: a constant.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_ASKS_H_
#define PEPLINE_TESTS_COMPONENT_REACH_ASKS_H_

#include <span>
#include <string_view>

namespace pepline::reach {

enum class About { kChild, kSdq, kRequest, kLine, kAlert, kStaff, kSchool, kAuthority };

struct Ask {
  std::string_view service;
  std::string_view rpc;
  About about;
  std::string_view fields;  // in protobuf's text form; a command's has no request_id
  bool is_command = true;
};

std::span<const Ask> Asks();

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_ASKS_H_
