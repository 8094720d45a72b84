// Text in columns, and a record as lines of label and value.
// Promises: columns are as wide as their widest cell, counted in characters and not in bytes; no
// space at the end of a line. Threads: values only.
#ifndef PEPLINE_TOOLS_PEPCTL_TABLE_H_
#define PEPLINE_TOOLS_PEPCTL_TABLE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace pepline::pepctl {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Of each cell OneLine: nothing that a record holds moves the cursor.
  void Add(std::vector<std::string> cells);
  // Leaves out columns in which no row has anything.
  void DropEmptyColumns();
  bool empty() const { return rows_.empty(); }
  // Each line begins with `indent`. The header is in capitals.
  std::string Text(const std::string& indent = "") const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// How many characters a terminal shows.
std::size_t WidthOf(const std::string& text);

// A table of messages by the paths of their fields. Without paths: all fields that are not lists of
// messages, without empty columns.
Table TableOf(const std::vector<const google::protobuf::Message*>& rows,
              const google::protobuf::Descriptor& type, std::vector<std::string> paths);

// Everything that a message holds: a line a field (OneLine of its text), a table for each list of
// messages. A message that holds one message and nothing else is shown as that one.
std::string RecordText(const google::protobuf::Message& message);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_TABLE_H_
