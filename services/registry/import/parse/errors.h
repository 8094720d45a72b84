// The errors of one file while it is read, and notes of what was passed over.
// Promises: counts all, keeps the first kMostErrors of both, so that a hostile file cannot fill the
// memory.
// Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ERRORS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ERRORS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/import/parse/rows.h"

namespace pepline::registry::imports {

class Errors {
 public:
  void Add(int row, std::string_view column, std::string message) {
    ++total_;
    if (total_ <= kMostErrors) kept_.push_back({row, std::string(column), std::move(message)});
  }
  int total() const { return total_; }
  // Of what stops nothing.
  void Note(int row, std::string_view column, std::string message) {
    ++total_notes_;
    if (total_notes_ <= kMostErrors) {
      notes_.push_back({row, std::string(column), std::move(message)});
    }
  }

  template <class Row>
  Parsed<Row> Answer(std::vector<Row> rows, int rows_read) && {
    return {std::move(rows), std::move(kept_), total_, rows_read, std::move(notes_), total_notes_};
  }

 private:
  std::vector<RowError> kept_;
  int total_ = 0;
  std::vector<RowError> notes_;
  int total_notes_ = 0;
};

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ERRORS_H_
