#include "services/registry/imports/table.h"

#include <csv.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/registry/imports/text.h"

namespace pepline::registry::imports {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kLongestValue = 1024 * 1024;  // then a closing quotation mark is missing
constexpr std::size_t kWidestRow = 1000;            // the register has 133 columns

// "A" to "Z", "AA"...: as the spreadsheet heads its columns.
std::string Letters(std::size_t place) {
  std::string letters;
  for (std::size_t n = place + 1; n > 0; n = (n - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (n - 1) % 26));
  }
  return letters;
}

class TableReader {
 public:
  TableReader(std::span<const Column> columns, UnknownColumns unknown, Errors& errors,
              const std::function<void(const TableRow&)>& take)
      : columns_(columns), unknown_(unknown), errors_(errors), take_(take) {
    // Every line break is reported, also of empty lines, so that rows can be counted.
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_blk_size(&parser_, 4096);
  }
  ~TableReader() { csv_free(&parser_); }
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  int Read(std::string_view text) {
    while (!text.empty() && !stopped_) {
      const std::string_view chunk = text.substr(0, kChunk);
      text.remove_prefix(chunk.size());
      if (csv_parse(&parser_, chunk.data(), chunk.size(), OnValue, OnRow, this) != chunk.size()) {
        Stop(
            "a quotation mark is out of place; put the whole value between quotation marks and "
            "double every one inside it");
      } else if (csv_get_buffer_size(&parser_) > kLongestValue) {
        Stop("a value is longer than a million characters; look for a missing quotation mark");
      }
    }
    if (!stopped_ && csv_fini(&parser_, OnValue, OnRow, this) != 0) {
      Stop("the file ends inside quotation marks; the closing one is missing");
    }
    if (!stopped_ && rows_read_ == 0) errors_.Add(0, "", "there are no rows below the header");
    return rows_read_;
  }

 private:
  static void OnValue(void* value, std::size_t size, void* self) {
    static_cast<TableReader*>(self)->TakeValue({static_cast<const char*>(value), size});
  }
  static void OnRow(int terminator, void* self) {
    static_cast<TableReader*>(self)->EndRow(terminator);
  }

  void TakeValue(std::string_view value) {
    if (stopped_) return;
    const std::size_t place = count_++;
    if (place >= kWidestRow) return;
    if (place == values_.size()) values_.emplace_back();
    values_[place] = value;
    absl::StripAsciiWhitespace(&values_[place]);
  }

  void EndRow(int terminator) {
    if (stopped_) return;
    const bool second_half = count_ == 0 && terminator == '\n' && last_terminator_ == '\r';
    last_terminator_ = second_half ? 0 : terminator;
    if (second_half) return;
    ++row_;
    const auto end =
        values_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, values_.size()));
    if (std::any_of(values_.begin(), end, [](const std::string& v) { return !v.empty(); })) {
      width_ == 0 ? TakeHeader() : TakeRow();
    }
    count_ = 0;
  }

  void TakeRow() {
    ++rows_read_;
    if (count_ != width_) {
      errors_.Add(row_, "",
                  absl::StrCat("the row has ", count_, " values, but the header has ", width_,
                               "; a value that holds a comma needs quotation marks"));
      return;
    }
    take_(TableRow(row_, columns_, places_, values_));
  }

  void TakeHeader() {
    std::vector<std::string_view> names;
    for (const Column& column : columns_) names.push_back(column.name);
    places_.assign(columns_.size(), -1);
    width_ = count_;
    std::vector<std::size_t> unknown;
    for (std::size_t place = 0; place < std::min(count_, kWidestRow); ++place) {
      auto known = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
        return absl::EqualsIgnoreCase(std::string(name), values_[place]);
      });
      if (known == names.end()) {
        unknown.push_back(place);
        continue;
      }
      int& found = places_[static_cast<std::size_t>(known - names.begin())];
      if (found >= 0) {
        errors_.Add(row_, *known, "the column is there twice; keep one");
        stopped_ = true;
      }
      found = static_cast<int>(place);
    }
    if (std::all_of(places_.begin(), places_.end(), [](int place) { return place < 0; })) {
      Refuse(
          absl::StrCat("the first row is not the header; it must name the columns, separated by "
                       "commas; ",
                       AdviseNames("", names)));
      return;
    }
    if (count_ > kWidestRow) Refuse("the header has more than 1000 columns");
    if (unknown_ == UnknownColumns::kRefused) {
      for (const std::size_t place : unknown) {
        errors_.Add(row_, absl::StrCat("column ", Letters(place)),
                    absl::StrCat("the heading is not known; ", AdviseNames(values_[place], names)));
        stopped_ = true;
      }
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].required || places_[i] >= 0) continue;
      errors_.Add(row_, columns_[i].name, "the column is missing; the header must name it");
      stopped_ = true;
    }
  }

  // Of the row that is being read.
  void Stop(std::string message) {
    errors_.Add(row_ + 1, "", std::move(message));
    stopped_ = true;
  }
  void Refuse(std::string message) {
    errors_.Add(row_, "", std::move(message));
    stopped_ = true;
  }

  csv_parser parser_;
  std::span<const Column> columns_;
  UnknownColumns unknown_;
  Errors& errors_;
  const std::function<void(const TableRow&)>& take_;

  std::vector<std::string> values_;  // of the present row; those beyond count_ are an older row's
  std::size_t count_ = 0;
  std::size_t width_ = 0;    // of the header; 0 before it
  std::vector<int> places_;  // by column: where in the file; -1: nowhere
  int row_ = 0;              // that ended last
  int rows_read_ = 0;
  int last_terminator_ = 0;
  bool stopped_ = false;
};

}  // namespace

int ReadTable(std::string_view bytes, std::span<const Column> columns, UnknownColumns unknown,
              Errors& errors, const std::function<void(const TableRow&)>& take) {
  const FileText file(bytes, Encoding::kUtf8OrWindows1252);
  if (!file.problem().empty()) {
    errors.Add(0, "", file.problem());
    return 0;
  }
  return TableReader(columns, unknown, errors, take).Read(file.text());
}

}  // namespace pepline::registry::imports
