// What the checker reads from files.
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "tests/system/checker/promises.h"

namespace pepline {

absl::StatusOr<std::vector<SentCommand>> ReadCommands(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  std::vector<SentCommand> commands;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("event") || !json.contains("pep") ||
        !json.contains("acknowledged")) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": not a sent command"));
    }
    commands.push_back({json["event"], json["pep"], json["acknowledged"]});
  }
  return commands;
}

absl::StatusOr<std::vector<DeliveredMail>> ReadMails(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<DeliveredMail> mails;
  for (const fs::path& place :
       {fs::path(folder), fs::path(folder) / "new", fs::path(folder) / "cur"}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(place, error)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path());
      DeliveredMail mail;
      std::string line;
      std::string* last = nullptr;
      while (std::getline(file, line)) {
        absl::string_view view = absl::StripSuffix(line, "\r");
        if (view.empty()) break;
        if ((view[0] == ' ' || view[0] == '\t')) {  // a folded header goes on
          if (last != nullptr) absl::StrAppend(last, absl::StripLeadingAsciiWhitespace(view));
          continue;
        }
        last = nullptr;
        for (auto& [name, field] : {std::pair{"X-Pepline-Delivery-Id:", &mail.delivery_id},
                                    {"Message-ID:", &mail.message_id},
                                    {"Subject:", &mail.subject}}) {
          if (absl::StartsWithIgnoreCase(view, name)) {
            *field = std::string(absl::StripAsciiWhitespace(
                absl::StripPrefix(view, view.substr(0, std::string_view(name).size()))));
            last = field;
          }
        }
      }
      if (mail.delivery_id.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(entry.path().string(), ": a mail without its delivery id"));
      }
      mails.push_back(std::move(mail));
    }
  }
  return mails;
}

absl::StatusOr<std::map<RecordPlace, absl::Time>> ReadArrivals(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  std::map<RecordPlace, absl::Time> arrivals;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_array() || json.size() != 4 || !json[0].is_string()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": not an arrival"));
    }
    arrivals[{json[0], json[1], json[2]}] = absl::FromUnixMicros(json[3].get<std::int64_t>());
  }
  return arrivals;
}

}  // namespace pepline
