#include "tools/pepctl/table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/field_path.h"

namespace pepline::pepctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kGap = 2;

void Pad(std::string& line, const std::string& text, std::size_t width) {
  line += text;
  line.append(width + kGap - WidthOf(text), ' ');
}

bool IsListOfMessages(const FieldDescriptor& field) {
  return field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

bool IsPlain(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsInstant(field);
}

// The paths of all plain fields, those of messages inside included.
void CollectPaths(const Descriptor& type, const std::string& prefix,
                  std::vector<std::string>& paths) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsPlain(field)) {
      paths.push_back(prefix + field.name());
    } else if (!field.is_repeated()) {
      CollectPaths(*field.message_type(), absl::StrCat(prefix, field.name(), "."), paths);
    }
  }
}

std::vector<const Message*> ListOf(const Message& message, const FieldDescriptor& field) {
  std::vector<const Message*> rows;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    rows.push_back(&message.GetReflection()->GetRepeatedMessage(message, &field, i));
  }
  return rows;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

struct Record {
  Lines lines;
  std::string tables;
};

// A table below a record does not repeat what the record says for each of its rows.
std::vector<std::string> TellingPaths(const std::vector<const Message*>& rows,
                                      const Descriptor& type, const Lines& said) {
  std::vector<std::string> paths;
  CollectPaths(type, "", paths);
  std::erase_if(paths, [&](const std::string& path) {
    const std::string label = LabelOf(FieldAt(type, path));
    // Long ids that are made of what other columns say.
    if (label == "deadline id" || label == "delivery id") return true;
    return std::ranges::all_of(rows, [&](const Message* row) {
      const std::string text = TextAt(*row, path);
      return text.empty() || std::ranges::count(said, std::pair(label, client::OneLine(text))) > 0;
    });
  });
  return paths;
}

void Collect(const Message& message, Record& record) {
  const Descriptor& type = *message.GetDescriptor();
  std::vector<const FieldDescriptor*> lists;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsListOfMessages(field)) {
      lists.push_back(&field);
    } else if (IsPlain(field)) {
      const std::string text = TextOfField(message, field);
      if (!text.empty()) record.lines.emplace_back(LabelOf(field), client::OneLine(text));
    } else if (message.GetReflection()->HasField(message, &field)) {
      Collect(message.GetReflection()->GetMessage(message, &field), record);
    }
  }
  for (const FieldDescriptor* field : lists) {
    const std::vector<const Message*> rows = ListOf(message, *field);
    if (rows.empty()) continue;
    const Table table = TableOf(rows, *field->message_type(),
                                TellingPaths(rows, *field->message_type(), record.lines));
    absl::StrAppend(&record.tables, LabelOf(*field), "\n", table.Text("  "));
  }
}

}  // namespace

std::size_t WidthOf(const std::string& text) {
  // Continuation bytes of UTF-8 show nothing of their own.
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

void Table::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = client::OneLine(cell);
  rows_.push_back(std::move(cells));
}

void Table::DropEmptyColumns() {
  for (std::size_t column = header_.size(); column-- > 0;) {
    if (std::ranges::any_of(rows_, [&](const auto& row) { return !row[column].empty(); })) continue;
    header_.erase(header_.begin() + static_cast<std::ptrdiff_t>(column));
    for (auto& row : rows_) row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
  }
}

std::string Table::Text(const std::string& indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    std::size_t width = WidthOf(header_[column]);
    for (const auto& row : rows_) width = std::max(width, WidthOf(row[column]));
    widths.push_back(width);
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = indent;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      Pad(text, cells[column], widths[column]);
    }
    return absl::StrCat(absl::StripTrailingAsciiWhitespace(text), "\n");
  };
  std::vector<std::string> header;
  for (const std::string& label : header_) header.push_back(absl::AsciiStrToUpper(label));
  std::string text = line(header);
  for (const auto& row : rows_) text += line(row);
  return text;
}

Table TableOf(const std::vector<const Message*>& rows, const Descriptor& type,
              std::vector<std::string> paths) {
  const bool all = paths.empty();
  if (all) CollectPaths(type, "", paths);
  std::vector<std::string> header;
  for (const std::string& path : paths) header.push_back(LabelOf(FieldAt(type, path)));
  Table table(std::move(header));
  for (const Message* row : rows) {
    std::vector<std::string> cells;
    for (const std::string& path : paths) cells.push_back(TextAt(*row, path));
    table.Add(std::move(cells));
  }
  if (all) table.DropEmptyColumns();
  return table;
}

std::string RecordText(const Message& message) {
  Record record;
  Collect(message, record);
  std::size_t width = 0;
  for (const auto& [label, text] : record.lines) width = std::max(width, WidthOf(label));
  std::string text;
  for (const auto& [label, value] : record.lines) {
    Pad(text, label, width);
    absl::StrAppend(&text, value, "\n");
  }
  return text + record.tables;
}

}  // namespace pepline::pepctl
