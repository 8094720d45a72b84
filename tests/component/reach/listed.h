// What each list RPC lists by the history: every record, whose it is, and what it answers to each
// filter. Threads: pure.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_LISTED_H_
#define PEPLINE_TESTS_COMPONENT_REACH_LISTED_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/component/reach/history.h"

namespace pepline::reach {

// By the filter's field: "school_urn", "state".
using Fields = std::map<std::string, std::string>;

struct Listed {
  std::string id;
  Whose whose;
  Fields fields;
};

struct ListRpc {
  std::string_view service;
  std::string_view rpc;
  std::string_view id;  // where a record of the answer has it: "reference.child_id"
  std::vector<Listed> (*all)(const History&);
  // Each record is looked at for itself. Not so where the list is one authority's: the whole of it
  // is hidden or shown.
  bool by_record = true;
};

std::span<const ListRpc> ListRpcs();

// A filter in protobuf's text form, and whether a record passes it.
std::string ToText(const Fields& filter);
bool Passes(const Listed& record, const Fields& filter);
// The ids of the records in a list's answer.
std::vector<std::string> IdsIn(const google::protobuf::Message& answer, std::string_view path);

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_LISTED_H_
