// The token of SASL/OAUTHBEARER from a file.
#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "shared/kafka/kafka_token.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using ::testing::HasSubstr;

class KafkaTokenTest : public testing::Test {
 protected:
  std::string FileWith(const std::string& text) const {
    const std::string path = absl::StrCat(folder_.path(), "/token");
    EXPECT_TRUE(WriteFile(path, text).ok());
    return "file=" + path;
  }
  static std::string Jwt(const std::string& claims) {
    return absl::StrCat("e30.", absl::WebSafeBase64Escape(claims), ".c2lnbmF0dXJl");
  }
  TemporaryFolder folder_;
};

TEST_F(KafkaTokenTest, SubjectAndEndAreThoseOfItsClaims) {
  const std::string jwt = Jwt(R"({"sub":"scheduling","exp":1764000000})");
  const auto token = ReadKafkaToken(FileWith(jwt + "\n"));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->text, jwt);
  EXPECT_EQ(token->subject, "scheduling");
  EXPECT_EQ(token->expires, absl::FromUnixSeconds(1764000000));
}

TEST_F(KafkaTokenTest, WhatIsWrongIsNamedWithTheFile) {
  for (const auto& [text, why] : {std::pair<std::string, std::string>{"secret", "holds no JWT"},
                                  {Jwt("[]"), "lacks a claim"},
                                  {Jwt(R"({"sub":"x"})"), "lacks a claim"},
                                  {Jwt(R"({"sub":1,"exp":2})"), "lacks a claim"},
                                  {Jwt(R"({"sub":"x","exp":1e300})"), "ends at no instant"},
                                  {Jwt(R"({"sub":"x","exp":-1})"), "ends at no instant"}}) {
    const auto token = ReadKafkaToken(FileWith(text));
    ASSERT_TRUE(absl::IsInvalidArgument(token.status())) << text;
    EXPECT_THAT(std::string(token.status().message()), HasSubstr(why));
    EXPECT_THAT(std::string(token.status().message()), HasSubstr(folder_.path()));
  }
  EXPECT_THAT(std::string(ReadKafkaToken("principal=x").status().message()), HasSubstr("file="));
}

}  // namespace
}  // namespace pepline
