#include "services/registry/import/parse/table.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/registry/import/parse/text.h"

namespace pepline::registry::imports {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kLongestValue = 1024 * 1024;  // then a closing quotation mark is missing
constexpr std::size_t kWidestRow = 1000;            // the register has 133 columns
constexpr std::size_t kLongestRow = 1024 * 1024;    // bytes of its values; the register has 1.3 kB
// What the values of a longer row took is given back after it.
constexpr std::size_t kOrdinaryRow = 64 * 1024;
// Rows that cannot be told from the next one by their quotation marks; each is looked at again, as
// far as its longest value, so their number is bounded.
constexpr int kMostLostRows = 100;

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
  TableReader(const Pieces& pieces, const Bounds& bounds, std::span<const Column> columns,
              UnknownColumns unknown, Errors& errors,
              const std::function<void(const TableRow&)>& take, const RowsAskedFor* asked_for)
      : pieces_(pieces),
        most_rows_(bounds.rows),
        columns_(columns),
        unknown_(unknown),
        errors_(errors),
        take_(take),
        asked_for_(asked_for) {
    Begin();
  }
  ~TableReader() { csv_free(&parser_); }
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  int Read() {
    if (std::string problem = ReadBeginning(); !problem.empty()) {
      errors_.Add(0, "", std::move(problem));
      return 0;
    }
    while (!stopped_ && !IsAtEnd()) {
      const std::string_view line = FirstPiece(std::string_view(text_).substr(at_));
      at_ += line.size();
      std::string fault = Feed(line);
      if (fault.empty() && IsAtEnd() && csv_fini(&parser_, OnValue, OnRow, this) != 0) {
        fault = "the file ends inside quotation marks; the closing one is missing";
      }
      if (std::exchange(row_ended_, false)) {
        if (others_row_ &&
            MayHoldAskedFor(std::string_view(text_).substr(row_at_, at_ - row_at_))) {
          --row_;
          --rows_read_;
          fault = "a quotation mark is missing; the value goes on over the next rows";
        } else {
          row_at_ = at_;
        }
      }
      if (!asked_for_) row_at_ = at_;  // no row is looked at again
      if (!fault.empty()) PassOver(std::move(fault));
    }
    if (!stopped_ && rows_read_ == 0) errors_.Add(0, "", "there are no rows below the header");
    return rows_read_;
  }

 private:
  void Begin() {
    // Every line break is reported, also of empty lines, so that rows can be counted.
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_blk_size(&parser_, 4096);
  }

  // What the file is, by its first bytes; why it is none that can be read, if so.
  std::string ReadBeginning() {
    while (!TellWhatItIs(text_) && Fill()) {
    }
    const FileText file(text_, Encoding::kOfEachValue);
    utf8_only_ = file.marked_utf8();
    at_ = row_at_ = text_.size() - file.text().size();
    return file.problem();
  }

  // Whether there was more. What lies before the present row goes.
  bool Fill() {
    const std::string_view piece = pieces_();
    if (piece.empty()) return false;
    text_.erase(0, row_at_);
    at_ -= std::exchange(row_at_, 0);
    text_.append(piece);
    return true;
  }
  bool IsAtEnd() { return at_ == text_.size() && !Fill(); }

  // As far as the first line break, so that it is known where each row begins.
  static std::string_view FirstPiece(std::string_view text) {
    const std::size_t end = text.substr(0, kChunk).find_first_of("\r\n");
    return text.substr(0, end == std::string_view::npos ? kChunk : end + 1);
  }

  // What is wrong with it; empty where nothing is.
  std::string Feed(std::string_view piece) {
    if (csv_parse(&parser_, piece.data(), piece.size(), OnValue, OnRow, this) != piece.size()) {
      return "a quotation mark is out of place; put the whole value between quotation marks and "
             "double every one inside it";
    }
    if (csv_get_buffer_size(&parser_) > kLongestValue) {
      return "a value is longer than 1 MB; look for a missing quotation mark";
    }
    return "";
  }

  // The row cannot be read. Where it is not asked for, its first line is all that is lost: the rest
  // is to be read, from the line after it. Otherwise this is the end.
  void PassOver(std::string fault) {
    if (!asked_for_ || width_ == 0 || lost_rows_ == kMostLostRows || MayBeAskedFor(FirstLine())) {
      return Stop(std::move(fault));
    }
    ++lost_rows_;
    ++row_;
    ++rows_read_;
    errors_.Note(row_, "", std::move(fault));
    ForgetRow();
    last_terminator_ = 0;
    csv_free(&parser_);
    Begin();
    at_ = row_at_ + FirstLine().size();
    if (std::string_view(text_).substr(at_).starts_with("\r\n")) ++at_;
    if (at_ < text_.size()) ++at_;
    row_at_ = at_;
  }
  // Of the present row, once it has come with the whole of its line break.
  std::string_view FirstLine() {
    std::size_t end = text_.find_first_of("\r\n", row_at_);
    while ((end == std::string::npos || end + 1 == text_.size()) && Fill()) {
      end = text_.find_first_of("\r\n", row_at_);
    }
    return std::string_view(text_).substr(row_at_, end - row_at_);
  }
  // Whether a row over several lines may have swallowed one that is asked for.
  bool MayHoldAskedFor(std::string_view row) const {
    for (std::size_t end = row.find_first_of("\r\n"); end != std::string_view::npos;
         end = row.find_first_of("\r\n")) {
      row.remove_prefix(end + 1);
      if (MayBeAskedFor(row.substr(0, row.find_first_of("\r\n")))) return true;
    }
    return false;
  }
  // By its values, taken apart at every comma.
  bool MayBeAskedFor(std::string_view line) const {
    std::vector<std::string> values;
    while (values.size() < kWidestRow) {
      const std::size_t comma = line.find(',');
      std::string_view value = line.substr(0, comma);
      while (!value.empty() && (value.front() == '"' || value.front() == ' ')) {
        value.remove_prefix(1);
      }
      while (!value.empty() && (value.back() == '"' || value.back() == ' ')) {
        value.remove_suffix(1);
      }
      values.emplace_back(value);
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
    return asked_for_->broken(BrokenRow(places_, values));
  }

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
    row_bytes_ += value.size();
    if (row_bytes_ > kLongestRow) return values_[place].clear();  // TakeRow says so
    if (const auto byte = ReadValue(value, utf8_only_, values_[place])) {
      unread_.push_back({place, *byte});
    }
    MakeSpacesPlain(values_[place]);
  }

  void EndRow(int terminator) {
    if (stopped_) return;
    const bool second_half = count_ == 0 && terminator == '\n' && last_terminator_ == '\r';
    last_terminator_ = second_half ? 0 : terminator;
    row_ended_ = true;
    others_row_ = false;
    if (second_half) return;
    ++row_;
    const auto end =
        values_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, values_.size()));
    if (std::any_of(values_.begin(), end, [](const std::string& v) { return !v.empty(); })) {
      width_ == 0 ? TakeHeader() : TakeRow();
    }
    ForgetRow();
  }

  void ForgetRow() {
    if (row_bytes_ > kOrdinaryRow) values_ = {};
    row_bytes_ = 0;
    count_ = 0;
    unread_.clear();
  }

  // What is wrong with the row as a whole; empty where nothing is.
  std::string FaultOfRow() const {
    if (count_ != width_) {
      return absl::StrCat("the row has ", count_, " values, but the header has ", width_,
                          count_ < width_ ? "; write the empty ones at its end as well"
                                          : "; a value that holds a comma needs quotation marks");
    }
    if (row_bytes_ > kLongestRow) {
      return "the row is longer than 1 MB; look for a missing quotation mark";
    }
    return "";
  }

  void TakeRow() {
    ++rows_read_;
    if (rows_read_ > most_rows_) {
      return Refuse(absl::StrCat("the file has more than ", most_rows_,
                                 " rows, which is the most for its kind; import it in parts"));
    }
    if (std::string message = FaultOfRow(); !message.empty()) {
      const BrokenRow broken(places_, std::span(values_).first(std::min(count_, values_.size())));
      if (!asked_for_ || asked_for_->broken(broken)) {
        errors_.Add(row_, "", std::move(message));
      } else {
        others_row_ = true;
        errors_.Note(row_, "", std::move(message));
      }
      return;
    }
    const TableRow row(row_, columns_, places_, values_);
    const bool asked_for = !asked_for_ || asked_for_->whole(row);
    others_row_ = !asked_for;
    if (!NameUnreadBytes(asked_for) || !asked_for) return;
    // Spreadsheets pad tables with columns that have neither a heading nor a value.
    const auto lost =
        std::ranges::find_if(unnamed_, [&](std::size_t place) { return !values_[place].empty(); });
    if (unknown_ == UnknownColumns::kRefused && lost != unnamed_.end()) {
      errors_.Add(row_, absl::StrCat("column ", Letters(*lost)),
                  "a value stands under no heading; name its column, or remove it");
      return;
    }
    take_(row);
  }

  // Whether every column of the row that is asked about could be read.
  bool NameUnreadBytes(bool asked_for) {
    bool all_read = true;
    for (const UnreadByte& one : unread_) {
      std::string message =
          utf8_only_ ? absl::StrFormat(
                           "holds the byte 0x%02X, which is not UTF-8, though the file is "
                           "marked as UTF-8; save it as CSV (UTF-8)",
                           one.byte)
                     : absl::StrFormat(
                           "holds the byte 0x%02X, which is a character neither in UTF-8 nor "
                           "in Windows-1252; save the file as CSV (UTF-8)",
                           one.byte);
      const auto column = std::find(places_.begin(), places_.end(), static_cast<int>(one.place));
      if (column == places_.end()) {
        errors_.Note(row_, absl::StrCat("column ", Letters(one.place)), std::move(message));
        continue;
      }
      const std::string_view name =
          columns_[static_cast<std::size_t>(column - places_.begin())].name;
      all_read = false;
      if (asked_for) {
        errors_.Add(row_, name, std::move(message));
      } else {
        errors_.Note(row_, name, std::move(message));
      }
    }
    return all_read;
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
        (values_[place].empty() ? unnamed_ : unknown).push_back(place);
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
  const Pieces& pieces_;
  const int most_rows_;
  std::span<const Column> columns_;
  UnknownColumns unknown_;
  Errors& errors_;
  const std::function<void(const TableRow&)>& take_;
  const RowsAskedFor* asked_for_;  // null: all
  bool utf8_only_ = false;

  struct UnreadByte {
    std::size_t place;
    unsigned char byte;
  };
  std::vector<UnreadByte> unread_;  // of the present row, the first of each value
  std::string text_;                // from where the present row begins, as far as it has come
  std::size_t row_at_ = 0;          // where that is in it
  std::size_t at_ = 0;              // how far it was read
  bool row_ended_ = false;
  bool others_row_ = false;  // the row that ended is not asked for
  int lost_rows_ = 0;
  std::vector<std::string> values_;  // of the present row; those beyond count_ are an older row's
  std::size_t count_ = 0;
  std::size_t row_bytes_ = 0;         // of the present row's values as they are in the file
  std::size_t width_ = 0;             // of the header; 0 before it
  std::vector<std::size_t> unnamed_;  // places that the header leaves empty
  std::vector<int> places_;           // by column: where in the file; -1: nowhere
  int row_ = 0;                       // that ended last
  int rows_read_ = 0;
  int last_terminator_ = 0;
  bool stopped_ = false;
};

}  // namespace

int ReadTable(const Pieces& pieces, const Bounds& bounds, std::span<const Column> columns,
              UnknownColumns unknown, Errors& errors,
              const std::function<void(const TableRow&)>& take, const RowsAskedFor* asked_for) {
  return TableReader(pieces, bounds, columns, unknown, errors, take, asked_for).Read();
}

}  // namespace pepline::registry::imports
