// The named values of one YAML mapping.
// Promises: unknown keys and keys that are there twice are noted with their path
// ("/levels/0/offset") and line; every reader gives a value, or a harmless one with an error noted.
// Errors of use: none; the caller catches YAML::Exception around everything, once. Threads: one
// thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_YAML_FIELDS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_YAML_FIELDS_H_

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/import/parse/errors.h"

namespace pepline::registry::imports {

// The only document of a text; nullopt and an error where there are more, or none, where it has an
// alias (*name), more than 16 levels or more than 10,000 values. Throws YAML::Exception.
std::optional<YAML::Node> LoadDocument(const std::string& text, Errors& errors);

class YamlFields {
 public:
  YamlFields(const YAML::Node& node, std::string path, std::span<const std::string_view> known,
             Errors& errors);

  bool ok() const { return ok_; }
  bool Has(std::string_view key) const { return values_.contains(key); }
  void Fail(std::string_view key, std::string message);

  std::string Text(std::string_view key, std::size_t longest);  // must be there
  std::optional<int> Number(std::string_view key);              // must be there; -400 to 400
  std::optional<int> NumberIfAny(std::string_view key);         // nullopt where it is missing
  // The same of a number within bounds, and what counts where it is left out.
  struct Within {
    int least;
    int most;
    int left_out;
    std::string_view of_what;  // "school days"
  };
  std::optional<int> NumberIfAny(std::string_view key, const Within& bounds);
  bool Flag(std::string_view key);  // false where it is missing
  // The entries of a list, each with its path; an error where it is missing.
  std::vector<std::pair<YAML::Node, std::string>> List(std::string_view key);

  // A mapping with fields of its own, with its path; nullopt where it is missing.
  std::optional<std::pair<YAML::Node, std::string>> Part(std::string_view key);

  // One of the names in a table; must be there.
  template <class Value>
  std::optional<Value> OneOf(std::string_view key,
                             std::span<const std::pair<std::string_view, Value>> known) {
    return Known(key, Text(key, 200), known);
  }
  template <class Value>
  std::optional<Value> Known(std::string_view key, std::string_view text,
                             std::span<const std::pair<std::string_view, Value>> known) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : known) {
      if (name == text) return value;
      names.push_back(name);
    }
    if (!text.empty()) FailName(key, text, names);
    return std::nullopt;
  }

 private:
  void FailName(std::string_view key, std::string_view text,
                std::span<const std::string_view> known);
  const YAML::Node* Find(std::string_view key, bool required);
  std::optional<int> ReadNumber(std::string_view key, const YAML::Node* node);

  std::string path_;
  int line_ = 0;
  std::map<std::string, YAML::Node, std::less<>> values_;
  Errors& errors_;
  bool ok_ = true;
};

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_YAML_FIELDS_H_
