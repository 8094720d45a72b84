#include "services/registry/import/parse/yaml_fields.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/characters.h"

namespace pepline::registry::imports {
namespace {

constexpr int kDeepest = 16;  // a recipient in a level in a rule in a profile is 6
// A profile with every rule and ten years of cut-offs has 800.
constexpr int kMostValues = 10'000;

// Sees documents pass without keeping anything of them, and notes where one would cost more than
// its bytes once it is kept: values that stand for others, which whoever walks over the document
// would read again and again, depth, and mere number.
class PassedOver : public YAML::EventHandler {
 public:
  explicit PassedOver(Errors& errors) : errors_(errors) {}
  bool ok() const { return ok_; }

  void OnDocumentStart(const YAML::Mark& /*at*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& at, YAML::anchor_t /*anchor*/) override { Count(at); }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t /*anchor*/) override {
    Fail(at, "an alias (*name) stands here; write out the value that it stands for");
  }
  void OnScalar(const YAML::Mark& at, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    Count(at);
    // yaml-cpp (0.7.0) makes single bytes of the escapes \_ and \N, and takes a NUL for a
    // backslash.
    if (!IsUtf8(value)) Fail(at, "a text that is not UTF-8; write the character itself");
  }
  void OnSequenceStart(const YAML::Mark& at, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    Enter(at);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& at, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    Enter(at);
  }
  void OnMapEnd() override { --depth_; }

 private:
  // The first is enough: the document is not looked at any further.
  void Fail(const YAML::Mark& at, std::string message) {
    if (ok_) errors_.Add(at.line + 1, "", std::move(message));
    ok_ = false;
  }
  void Count(const YAML::Mark& at) {
    if (++values_ > kMostValues) Fail(at, "more than 10,000 values; it is not a policy profile");
  }
  void Enter(const YAML::Mark& at) {
    Count(at);
    if (++depth_ > kDeepest) Fail(at, "nested deeper than 16 levels; it is not a policy profile");
  }

  Errors& errors_;
  bool ok_ = true;
  int values_ = 0;
  int depth_ = 0;
};

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

}  // namespace

// YAML::LoadAll (0.7.0) makes documents without end of a token it cannot place, "]" after the last
// line for one. So the documents are passed over first, two at most.
std::optional<YAML::Node> LoadDocument(const std::string& text, Errors& errors) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  PassedOver events(errors);
  const bool only = parser.HandleNextDocument(events) && !parser.HandleNextDocument(events);
  if (!events.ok()) return std::nullopt;
  if (!only) {
    errors.Add(0, "", "not one YAML document; a file holds one profile");
    return std::nullopt;
  }
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
  return ReadNumber(key, Find(key, true));
}

std::optional<int> YamlFields::NumberIfAny(std::string_view key) {
  return ReadNumber(key, Find(key, false));
}

std::optional<int> YamlFields::NumberIfAny(std::string_view key, const Within& bounds) {
  const auto number = NumberIfAny(key);
  if (number && (*number < bounds.least || *number > bounds.most)) {
    Fail(key, absl::StrCat("give ", bounds.least, " to ", bounds.most, " ",
                           std::string(bounds.of_what), ", or leave it out for ", bounds.left_out));
  }
  return number;
}

std::optional<int> YamlFields::ReadNumber(std::string_view key, const YAML::Node* node) {
  if (!node) return std::nullopt;
  int number = 0;
  if (node->IsScalar() && absl::SimpleAtoi(node->Scalar(), &number) && number >= -kFurthestCount &&
      number <= kFurthestCount) {
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

std::optional<std::pair<YAML::Node, std::string>> YamlFields::Part(std::string_view key) {
  const YAML::Node* node = Find(key, false);
  if (node == nullptr) return std::nullopt;
  return std::pair(*node, absl::StrCat(path_, "/", std::string(key)));
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
