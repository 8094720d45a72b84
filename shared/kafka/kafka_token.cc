#include "shared/kafka/kafka_token.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr double kLastSecond = 253402300799;  // the end of the year 9999

absl::Status Bad(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("sasl.oauthbearer.config: ", path, " ", what,
                                                 "; it must hold one JWT with sub and exp"));
}

}  // namespace

absl::StatusOr<KafkaToken> ReadKafkaToken(const std::string& config) {
  absl::string_view path = config;
  if (!absl::ConsumePrefix(&path, "file=") || path.empty()) {
    return absl::InvalidArgumentError(
        "sasl.oauthbearer.config: give file=<path of a file that holds the token>");
  }
  const std::string name(path);
  std::ifstream file(name);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Bad(name, "cannot be read");
  KafkaToken token{
      .text = std::string(absl::StripAsciiWhitespace(text.str())), .subject = {}, .expires = {}};
  const std::vector<std::string> parts = absl::StrSplit(token.text, '.');
  std::string claims;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &claims)) {
    return Bad(name, "holds no JWT");
  }
  const nlohmann::json json = nlohmann::json::parse(claims, nullptr, false);
  if (!json.is_object() || !json.contains("sub") || !json["sub"].is_string() ||
      !json.contains("exp") || !json["exp"].is_number()) {
    return Bad(name, "lacks a claim");
  }
  token.subject = json["sub"].get<std::string>();
  const double expires = json["exp"].get<double>();
  if (!(expires >= 0 && expires <= kLastSecond)) return Bad(name, "ends at no instant");
  token.expires = absl::FromUnixSeconds(static_cast<std::int64_t>(expires));
  return token;
}

void RefreshKafkaToken(rd_kafka_t* kafka, const char* config, void*) {
  const auto token = ReadKafkaToken(config == nullptr ? "" : config);
  std::string trouble;
  if (token.ok()) {
    char error[512] = "";
    if (rd_kafka_oauthbearer_set_token(
            kafka, token->text.c_str(), absl::ToUnixMillis(token->expires), token->subject.c_str(),
            nullptr, 0, error, sizeof(error)) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      return;
    }
    trouble = absl::StrCat("sasl.oauthbearer.config: ", error);
  } else {
    trouble = std::string(token.status().message());
  }
  LogWarning("no token for Kafka; it is read again", {{LogField::kCause, trouble}});
  rd_kafka_oauthbearer_set_token_failure(kafka, trouble.c_str());
}

}  // namespace pepline
