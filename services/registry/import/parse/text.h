// A file's bytes as UTF-8 text, and the nearest of some names to a misspelt one.
// Promises: takes UTF-8 with or without a byte order mark, and Windows-1252 where told so (the
// school register, and what spreadsheets save by default); says how to save the file where it is
// neither. A table's values are read one by one, since rows of several sources may differ in their
// encoding and one bad byte must not spoil the others. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TEXT_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TEXT_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pepline::registry::imports {

// kOfEachValue: what the bytes are is asked of each value, with ReadValue.
enum class Encoding { kUtf8, kOfEachValue };

class FileText {
 public:
  // `bytes` must outlive this: the text is a part of it.
  FileText(std::string_view bytes, Encoding encoding);

  std::string_view text() const { return text_; }
  bool marked_utf8() const { return marked_; }  // it had a byte order mark
  // Why there is no text, and what to do; empty where there is.
  const std::string& problem() const { return problem_; }

 private:
  std::string_view text_;
  bool marked_ = false;
  std::string problem_;
};

// Whether so many of a file's first bytes are enough for FileText to say what it is.
bool TellWhatItIs(std::string_view first_bytes);

bool IsUtf8(std::string_view bytes);
void MakeSpacesPlain(std::string& text);  // those that do not break, as pages and Word write them

// Puts a value into `text` as UTF-8, taken from Windows-1252 where it is not UTF-8 (unless
// `utf8_only`), without what is blank at its ends. The byte that is no character, if there is one;
// a question mark stands for it then.
std::optional<unsigned char> ReadValue(std::string_view bytes, bool utf8_only, std::string& text);

// The known name that differs least, when it is near enough to be meant; else empty.
std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);
// "did you mean \"email\"?" or "known are: own_id, name".
std::string AdviseNames(std::string_view name, std::span<const std::string_view> known);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TEXT_H_
