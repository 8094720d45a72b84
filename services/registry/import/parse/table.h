// A CSV file as rows under named columns.
// Promises: columns are found by their names in any order, without regard to case; rows are counted
// as a spreadsheet shows them (a line break inside quotation marks does not count, an empty line
// does); rows without any value are passed over; memory stays bounded by a row's megabyte, and by
// the bytes of the present row where not all rows are asked for. What is wrong with the file as a
// table is an error: encoding, header, quotation marks, number of values; in a row that is not
// asked for it is a note, and the next rows are read. Does not: look into the values (see cells.h).
// An unknown heading is named by its place, never quoted: a file that lacks its header would show a
// person's data there. Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TABLE_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TABLE_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/pieces.h"

namespace pepline::registry::imports {

struct Column {
  std::string_view name;
  bool required =
      false;  // the header must have it; whether a value must be there is another matter
};

enum class UnknownColumns { kPassedOver, kRefused };

// One row while it is taken; valid inside the call only.
class TableRow {
 public:
  TableRow(int number, std::span<const Column> columns, const std::vector<int>& places,
           const std::vector<std::string>& values)
      : number_(number), columns_(columns), places_(places), values_(values) {}

  int number() const { return number_; }
  std::string_view name(std::size_t column) const { return columns_[column].name; }
  // Without blanks around it; empty where the file has no such column.
  std::string_view operator[](std::size_t column) const {
    const int place = places_[column];
    return place < 0 ? std::string_view() : values_[static_cast<std::size_t>(place)];
  }

 private:
  int number_;
  std::span<const Column> columns_;
  const std::vector<int>& places_;
  const std::vector<std::string>& values_;
};

// The values of a row that is no whole one, as far as they can be told from each other.
class BrokenRow {
 public:
  BrokenRow(const std::vector<int>& places, std::span<const std::string> values)
      : places_(places), values_(values) {}

  // At the place of the column in a whole row; empty where the row has no such place.
  std::string_view operator[](std::size_t column) const {
    const int place = places_[column];
    if (place < 0 || static_cast<std::size_t>(place) >= values_.size()) return {};
    return values_[static_cast<std::size_t>(place)];
  }
  std::span<const std::string> values() const { return values_; }

 private:
  const std::vector<int>& places_;
  std::span<const std::string> values_;
};

// Which rows of a table are asked for, where not all are.
struct RowsAskedFor {
  std::function<bool(const TableRow&)> whole;
  std::function<bool(const BrokenRow&)> broken;  // in doubt yes
};

// Gives each row below the header that is asked for to `take` and answers how many rows there were,
// those included that were noted as errors here. A row beyond those that the kind may have is an
// error, and the last that is read.
// The pieces may be left before their end, where nothing more is read.
int ReadTable(const Pieces& pieces, const Bounds& bounds, std::span<const Column> columns,
              UnknownColumns unknown, Errors& errors,
              const std::function<void(const TableRow&)>& take,
              const RowsAskedFor* asked_for = nullptr);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TABLE_H_
