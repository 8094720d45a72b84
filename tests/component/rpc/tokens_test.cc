// Tokens to the RPC server of a running service: which are let in, what the others are told, and a
// change of keys without a restart.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "shared/security/jose.h"
#include "tests/component/rpc/rpc_server_fixture.h"

namespace pepline {
namespace {

using testing::HasSubstr;
using testing::Not;

class RpcTokenTest : public RpcTest {
 protected:
  std::string SigningKey() const { return service_->folder() + "/keys/signing-key.jwk"; }
  // The claims of a good token, with one text changed to another, signed with the stack's key.
  std::string TokenWith(const std::string& from, const std::string& to) {
    const std::int64_t now = absl::ToUnixSeconds(absl::Now());
    const std::string good = absl::StrCat(
        R"({"iss": "pepline-stack", "aud": "pepline", "sub": "stf-1", "role": "virtual-school", )",
        R"("authority": "931", "nbf": )", now - 60, R"(, "exp": )", now + 600, "}");
    const std::string claims = absl::StrReplaceAll(good, {{from, to}});
    EXPECT_TRUE(from.empty() || claims != good) << "nothing was changed";
    const Json json(json_loads(claims.c_str(), 0, nullptr));
    auto key = ReadJsonFile(SigningKey());
    EXPECT_TRUE(key.ok()) << key.status();
    return SignCompact(json.get(), key->get()).value_or("");
  }
  std::string TokenFor(absl::Duration nbf, absl::Duration exp) {
    const std::int64_t now = absl::ToUnixSeconds(absl::Now());
    return TokenWith(absl::StrCat(now - 60, R"(, "exp": )", now + 600),
                     absl::StrCat(now + absl::ToInt64Seconds(nbf), R"(, "exp": )",
                                  now + absl::ToInt64Seconds(exp)));
  }
  void ExpectRefused(const std::string& token, const std::string& why) {
    const grpc::Status status = Ask("Bearer " + token);
    EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED) << why;
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED");
    EXPECT_THAT(status.error_message(), HasSubstr(why));
    if (token.size() > 20) {
      EXPECT_THAT(status.error_message(), Not(HasSubstr(token))) << "repeats the token";
    }
  }
};

TEST_F(RpcTokenTest, LetInAndRefuseByWhatTheTokenSays) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EXPECT_TRUE(LetsIn(TokenWith("", "")));
  EXPECT_TRUE(LetsIn(Token(VirtualSchool())));

  ExpectRefused(TokenFor(-absl::Hours(2), -absl::Hours(1)), "expired");
  ExpectRefused(TokenFor(absl::Hours(1), absl::Hours(2)), "not valid yet");
  ExpectRefused(TokenWith("pepline-stack", "somebody-else"), "wrong issuer");
  ExpectRefused(TokenWith("\"pepline\"", "\"another-system\""), "wrong audience");
  ExpectRefused(TokenWith("virtual-school", "head-of-everything"), "unknown role");
  ExpectRefused("not-a-token", "malformed");
  ExpectRefused("", "malformed");
  EXPECT_EQ(Ask("").error_code(), grpc::UNAUTHENTICATED) << "no token at all";
  EXPECT_EQ(Ask("Basic dXNlcjpwYXNz").error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(CountRefused("unauthenticated"), 9);
}

TEST_F(RpcTokenTest, RefuseWhatIsForged) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::vector<std::string> parts = absl::StrSplit(Token(Finance()), '.');
  ASSERT_EQ(parts.size(), 3u);
  // Other claims under a good signature.
  std::string claims;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[1], &claims));
  const std::string raised = absl::StrReplaceAll(claims, {{"\"931\"", "\"825\""}});
  ASSERT_NE(raised, claims);
  ExpectRefused(absl::StrCat(parts[0], ".", absl::WebSafeBase64Escape(raised), ".", parts[2]),
                "bad signature");
  // No signature, and a header that says that none is needed.
  std::string header;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[0], &header));
  for (const char* algorithm : {"none", "None", "HS256"}) {
    const std::string unsigned_header = absl::StrReplaceAll(header, {{"ES256", algorithm}});
    ASSERT_NE(unsigned_header, header);
    ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(unsigned_header), ".", parts[1], "."),
                  "algorithm not allowed");
  }
  // A key of the forger's own.
  const TemporaryFolder folder;
  ASSERT_TRUE(MakeSigningKey(folder.path() + "/key.jwk", folder.path() + "/keys.jwks").ok());
  auto forger = TokenSigner::Create(folder.path() + "/key.jwk", "pepline-stack", "pepline");
  ASSERT_TRUE(forger.ok()) << forger.status();
  ExpectRefused((*forger)->Sign(Finance(), absl::Minutes(10)).value_or(""), "unknown key");
}

TEST_F(RpcTokenTest, TakeAChangedKeyFileWithoutARestart) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string old_token = Token(VirtualSchool());
  ASSERT_TRUE(LetsIn(old_token));
  const std::string new_key = service_->folder() + "/keys/next-key.jwk";
  ASSERT_TRUE(MakeSigningKey(new_key, service_->jwks_file()).ok());
  auto signer = TokenSigner::Create(new_key, "pepline-stack", "pepline");
  ASSERT_TRUE(signer.ok()) << signer.status();
  const std::string new_token = (*signer)->Sign(VirtualSchool(), absl::Minutes(10)).value_or("");
  EXPECT_TRUE(WaitUntil([&] { return LetsIn(new_token); }, absl::Seconds(10)));
  ExpectRefused(old_token, "unknown key");

  ASSERT_TRUE(WriteFile(service_->jwks_file(), "{ not a key file").ok());
  EXPECT_TRUE(WaitUntil(
      [&] {
        EXPECT_TRUE(LetsIn(new_token)) << "a broken file leaves the keys as they are";
        return service_->Metric("pepline_jwks_reloads_total{outcome=\"refused\"}") >= 1;
      },
      absl::Seconds(10)));
  EXPECT_TRUE(LetsIn(new_token));
}

}  // namespace
}  // namespace pepline
