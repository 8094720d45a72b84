#include "services/registry/imports/yaml_fields.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/registry/imports/text.h"
#include "shared/domain/characters.h"

namespace pepline::registry::imports {
namespace {

constexpr int kFurthest = 400;  // days or months; more than a year of days is a slip

// Sees documents pass without keeping anything of them.
class PassedOver : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*at*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*at*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*at*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*at*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

}  // namespace

// YAML::LoadAll (0.7.0) makes documents without end of a token it cannot place, "]" after the last
// line for one. So the documents are passed over first, two at most.
std::optional<YAML::Node> LoadDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  PassedOver events;
  if (!parser.HandleNextDocument(events) || parser.HandleNextDocument(events)) return std::nullopt;
  return YAML::Load(text);
}

YamlFields::YamlFields(const YAML::Node& node, std::string path,
                       std::span<const std::string_view> known, Errors& errors)
    : path_(std::move(path)), line_(LineOf(node)), errors_(errors) {
  if (!node.IsMap()) {
    Fail("", "not a mapping; write \"key: value\" lines");
    return;
  }
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const int line = LineOf(entry.first);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string name = key.size() <= 64 ? absl::StrCat("/", key) : "";
      errors_.Add(line, path_ + name,
                  absl::StrCat("the key is not known; ", AdviseNames(key, known)));
      ok_ = false;
    } else if (!values_.emplace(key, entry.second).second) {
      errors_.Add(line, absl::StrCat(path_, "/", key), "the key is there twice; keep one");
      ok_ = false;
    }
  }
}

void YamlFields::Fail(std::string_view key, std::string message) {
  const auto found = values_.find(key);
  errors_.Add(found == values_.end() ? line_ : LineOf(found->second),
              key.empty() ? path_ : absl::StrCat(path_, "/", std::string(key)), std::move(message));
  ok_ = false;
}

void YamlFields::FailName(std::string_view key, std::string_view text,
                          std::span<const std::string_view> known) {
  Fail(key, absl::StrCat("the value is not known; ", AdviseNames(text, known)));
}

const YAML::Node* YamlFields::Find(std::string_view key, bool required) {
  const auto found = values_.find(key);
  if (found != values_.end()) return &found->second;
  if (required) Fail(key, "the value is missing");
  return nullptr;
}

std::string YamlFields::Text(std::string_view key, std::size_t longest) {
  const YAML::Node* node = Find(key, true);
  if (!node) return "";
  if (!node->IsScalar() || node->Scalar().empty()) {
    Fail(key, "not a text");
  } else if (CharactersIn(node->Scalar()) > longest) {
    Fail(key, absl::StrCat("the text is too long; at most ", longest, " characters"));
  } else {
    return node->Scalar();
  }
  return "";
}

std::optional<int> YamlFields::Number(std::string_view key) {
  const YAML::Node* node = Find(key, true);
  if (!node) return std::nullopt;
  int number = 0;
  if (node->IsScalar() && absl::SimpleAtoi(node->Scalar(), &number) && number >= -kFurthest &&
      number <= kFurthest) {
    return number;
  }
  Fail(key, "not a whole number from -400 to 400");
  return std::nullopt;
}

bool YamlFields::Flag(std::string_view key) {
  const YAML::Node* node = Find(key, false);
  if (!node) return false;
  const std::string text = node->IsScalar() ? node->Scalar() : "";
  if (text != "true" && text != "false") Fail(key, "write true or false");
  return text == "true";
}

std::vector<std::pair<YAML::Node, std::string>> YamlFields::List(std::string_view key) {
  std::vector<std::pair<YAML::Node, std::string>> entries;
  const YAML::Node* node = Find(key, true);
  if (!node) return entries;
  if (!node->IsSequence() || node->size() == 0) {
    Fail(key, "not a list; write its entries below it, each after \"- \"");
    return entries;
  }
  for (const auto& entry : *node) {
    entries.emplace_back(entry, absl::StrCat(path_, "/", std::string(key), "/", entries.size()));
  }
  return entries;
}

}  // namespace pepline::registry::imports
