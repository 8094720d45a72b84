// A file's bytes as UTF-8 text, and the nearest of some names to a misspelt one.
// Promises: takes UTF-8 with or without a byte order mark, and Windows-1252 where told so (the
// school register, and what spreadsheets save by default); says how to save the file where it is
// neither. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORTS_TEXT_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORTS_TEXT_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pepline::registry::imports {

enum class Encoding { kUtf8, kUtf8OrWindows1252 };

class FileText {
 public:
  // `bytes` must outlive this: the text is a part of it unless it had to be transcoded.
  FileText(std::string_view bytes, Encoding encoding);

  std::string_view text() const { return transcoded_ ? *transcoded_ : text_; }
  // Why there is no text, and what to do; empty where there is.
  const std::string& problem() const { return problem_; }

 private:
  std::string_view text_;
  std::optional<std::string> transcoded_;
  std::string problem_;
};

bool IsUtf8(std::string_view bytes);

// The known name that differs least, when it is near enough to be meant; else empty.
std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);
// "did you mean \"email\"?" or "known are: own_id, name".
std::string AdviseNames(std::string_view name, std::span<const std::string_view> known);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORTS_TEXT_H_
