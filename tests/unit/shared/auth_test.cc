#include "shared/security/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "shared/security/jose.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using testing::HasSubstr;

const Actor kTeacher{.subject = "stf-00000000000000000001",
                     .role = Role::kDesignatedTeacher,
                     .authority = AuthorityCode("931"),
                     .schools = {SchoolUrn("123456"), SchoolUrn("123457")}};

class AuthTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(MakeSigningKey(private_jwk_, jwks_).ok());
    ASSERT_TRUE(MakeSigningKey(service_jwk_, service_jwks_).ok());
    Start();
  }
  void Start() {
    auto made = Authenticator::Create(Options(), metrics_);
    ASSERT_TRUE(made.ok()) << made.status();
    authenticator_ = *std::move(made);
  }
  AuthOptions Options() const {
    return {.jwks_path = jwks_,
            .issuer = "pepline-test",
            .audience = "pepline",
            .service_jwks_path = service_jwks_,
            .service_issuer = "pepline-services",
            .longest_life = absl::Hours(1)};
  }
  std::string Token(absl::Duration valid_for = absl::Minutes(5),
                    const std::string& issuer = "pepline-test",
                    const std::string& audience = "pepline") {
    auto signer = TokenSigner::Create(private_jwk_, issuer, audience);
    EXPECT_TRUE(signer.ok()) << signer.status();
    auto token = (*signer)->Sign(kTeacher, valid_for);
    EXPECT_TRUE(token.ok()) << token.status();
    return *token;
  }
  // A token with these claims and this key, whatever they are.
  std::string TokenOf(const std::string& claims, const std::string& jwk_path) {
    const Json json(json_loads(claims.c_str(), 0, nullptr));
    auto jwk = ReadJsonFile(jwk_path);
    return SignCompact(json.get(), jwk->get()).value_or("");
  }
  std::string Claims(const std::string& change_from, const std::string& change_to) {
    const std::string good = absl::StrCat(
        R"({"iss": "pepline-test", "aud": "pepline", "sub": "stf-1", "role": "auditor", )",
        R"("authority": "931", "nbf": 1000, "exp": )", absl::ToUnixSeconds(absl::Now()) + 300, "}");
    return absl::StrReplaceAll(good, {{change_from, change_to}});
  }
  absl::StatusOr<Actor> Ask(const std::string& token) {
    return authenticator_->Authenticate(absl::StrCat("Bearer ", token));
  }
  void ExpectRefused(const std::string& token, const std::string& why) {
    const auto answer = Ask(token);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnauthenticated) << why;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(why));
    if (!token.empty()) {
      EXPECT_EQ(answer.status().message().find(token), std::string::npos) << "repeats the token";
    }
  }
  double Reloads(std::string_view outcome) {
    return metrics_.Value("pepline_jwks_reloads_total", {{"outcome", outcome}});
  }

  TemporaryFolder folder_;
  const std::string private_jwk_ = folder_.path() + "/key.jwk";
  const std::string jwks_ = folder_.path() + "/keys.jwks";
  const std::string service_jwk_ = folder_.path() + "/service-key.jwk";
  const std::string service_jwks_ = folder_.path() + "/service-keys.jwks";
  Metrics metrics_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(AuthTest, ReadsTheActorOfATokenItSigned) {
  const auto actor = Ask(Token());
  ASSERT_TRUE(actor.ok()) << actor.status();
  EXPECT_EQ(actor->subject, kTeacher.subject);
  EXPECT_EQ(actor->role, kTeacher.role);
  EXPECT_EQ(actor->authority, kTeacher.authority);
  EXPECT_EQ(actor->schools, kTeacher.schools);
  EXPECT_TRUE(authenticator_->Authenticate("bearer " + Token()).ok()) << "the scheme has no case";
}

TEST_F(AuthTest, SaysTheSameOfATokenSeenBefore) {
  const std::string token = Token();
  for (int time = 0; time < 3; ++time) {
    const auto actor = Ask(token);
    ASSERT_TRUE(actor.ok());
    EXPECT_EQ(actor->schools, kTeacher.schools);
  }
  std::string other = token;
  other[other.size() - 10] = other[other.size() - 10] == 'A' ? 'B' : 'A';
  ExpectRefused(other, "bad signature");
}

TEST_F(AuthTest, RefusesAMissingOrMalformedHeader) {
  EXPECT_THAT(std::string(authenticator_->Authenticate("").status().message()),
              HasSubstr("missing"));
  EXPECT_FALSE(authenticator_->Authenticate(Token()).ok());
  EXPECT_FALSE(authenticator_->Authenticate("Basic " + Token()).ok());
  EXPECT_FALSE(authenticator_->Authenticate("Bearer  " + Token()).ok());
  ExpectRefused("", "malformed");
  ExpectRefused("a.b", "malformed");
  ExpectRefused("a.b.c", "malformed");
  ExpectRefused(Token() + ".", "malformed");
  ExpectRefused("!!!." + Token(), "malformed");
  ExpectRefused(std::string(10000, 'a'), "too long");
}

TEST_F(AuthTest, RefusesAnExpiredToken) { ExpectRefused(Token(-absl::Seconds(1)), "expired"); }

TEST_F(AuthTest, RefusesATokenSeenBeforeOnceItExpires) {
  const std::string token = Token(absl::Seconds(2));
  ASSERT_TRUE(Ask(token).ok());
  EXPECT_TRUE(WaitUntil([&] { return !Ask(token).ok(); }, absl::Seconds(10)));
  ExpectRefused(token, "expired");
}

TEST_F(AuthTest, RefusesATokenFromTheFuture) {
  const std::string later = absl::StrCat(absl::ToUnixSeconds(absl::Now()) + 100);
  ExpectRefused(TokenOf(Claims("\"nbf\": 1000", "\"nbf\": " + later), private_jwk_),
                "not valid yet");
}

TEST_F(AuthTest, TheIssuersClockMayBeAMinuteAhead) {
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  for (const char* claim : {"nbf", "iat"}) {
    const auto token = [&](std::int64_t at) {
      return TokenOf(Claims("\"nbf\": 1000", absl::StrCat("\"", claim, "\": ", at)), private_jwk_);
    };
    EXPECT_TRUE(Ask(token(now + 50)).ok()) << claim << ": " << Ask(token(now + 50)).status();
    ExpectRefused(token(now + 70), claim[0] == 'n' ? "not valid yet" : "issued in the future");
  }
}

TEST_F(AuthTest, RefusesAnotherIssuerOrAudience) {
  ExpectRefused(Token(absl::Minutes(5), "somebody"), "wrong issuer");
  ExpectRefused(Token(absl::Minutes(5), "pepline-test", "others"), "wrong audience");
  ExpectRefused(TokenOf(Claims("\"aud\": \"pepline\", ", ""), private_jwk_), "wrong audience");
}

TEST_F(AuthTest, TakesOneOfSeveralAudiences) {
  EXPECT_TRUE(Ask(TokenOf(Claims("\"aud\": \"pepline\"", "\"aud\": [\"others\", \"pepline\"]"),
                          private_jwk_))
                  .ok());
}

TEST_F(AuthTest, RefusesClaimsThatAreMissingOrOfTheWrongKind) {
  ASSERT_TRUE(Ask(TokenOf(Claims("", ""), private_jwk_)).ok()) << "the good ones pass";
  const std::vector<std::vector<std::string>> changes = {
      {"\"exp\": ", "\"exq\": ", "exp"},
      {"\"exp\": ", "\"exp\": 1e300, \"exq\": ", "exp"},
      {"\"exp\": ", "\"exp\": \"tomorrow\", \"exq\": ", "exp"},
      {"\"nbf\": 1000", "\"nbf\": null", "nbf"},
      {"\"sub\": \"stf-1\"", "\"sub\": 7", "sub"},
      {"\"sub\": \"stf-1\"", "\"sub\": \"\"", "sub"},
      {"\"auditor\"", "\"admin\"", "unknown role"},
      {"\"role\": \"auditor\", ", "", "unknown role"},
      {"\"authority\": \"931\"", "\"authority\": 931", "authority"},
      {"\"authority\": \"931\"", "\"schools\": \"123456\"", "schools"},
      {"\"authority\": \"931\"", "\"schools\": [123456]", "schools"}};
  for (const auto& change : changes) {
    ExpectRefused(TokenOf(Claims(change[0], change[1]), private_jwk_), change[2]);
  }
}

TEST_F(AuthTest, TakesTheRoleServiceFromTheServicesOwnIssuerAlone) {
  const std::string services = R"("iss": "pepline-services")";
  const std::string people = R"("iss": "pepline-test")";
  const auto token = [&](const std::string& issuer, const std::string& role,
                         const std::string& key) {
    return TokenOf(absl::StrReplaceAll(Claims("auditor", role), {{people, issuer}}), key);
  };
  const auto service = Ask(token(services, "service", service_jwk_));
  ASSERT_TRUE(service.ok()) << service.status();
  EXPECT_EQ(service->role, Role::kService);
  ExpectRefused(token(people, "service", private_jwk_), "services' own issuer");
  ExpectRefused(token(services, "virtual-school", service_jwk_), "the role service and no other");
  // Neither may sign in the other's name.
  ExpectRefused(token(services, "service", private_jwk_), "unknown key");
  ExpectRefused(token(people, "virtual-school", service_jwk_), "unknown key");
}

TEST_F(AuthTest, LetsNoServiceInWithoutItsKeys) {
  AuthOptions options = Options();
  options.service_jwks_path.clear();
  authenticator_ = *Authenticator::Create(options, metrics_);
  EXPECT_TRUE(Ask(Token()).ok());
  const std::string claims =
      absl::StrReplaceAll(Claims("auditor", "service"), {{"pepline-test", "pepline-services"}});
  ExpectRefused(TokenOf(claims, service_jwk_), "wrong issuer");
  ExpectRefused(TokenOf(Claims("auditor", "service"), private_jwk_), "services' own issuer");
}

TEST_F(AuthTest, RefusesAKeyThatIsInBothFilesAtTheStartAndLater) {
  const std::string token = Token();
  const std::string apart = *ReadFile(jwks_);
  const Json one = *ReadJsonFile(jwks_);
  const Json other = *ReadJsonFile(service_jwks_);
  json_array_extend(json_object_get(one.get(), "keys"), json_object_get(other.get(), "keys"));
  json_t* shared = json_array_get(json_object_get(one.get(), "keys"), 1);
  json_object_set_new(shared, "kid", json_string("by another name"));
  ASSERT_EQ(json_dump_file(one.get(), jwks_.c_str(), 0), 0);
  EXPECT_TRUE(WaitUntil(
      [&] {
        EXPECT_TRUE(Ask(token).ok()) << "the keys of before stay in force";
        return Reloads("refused") == 1;
      },
      absl::Seconds(10)));
  const auto made = Authenticator::Create(Options(), metrics_);
  EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("hold the same key"));
  ASSERT_TRUE(WriteFile(jwks_, apart).ok());
  EXPECT_TRUE(Authenticator::Create(Options(), metrics_).ok());
}

TEST_F(AuthTest, RefusesATokenThatLivesTooLong) {
  EXPECT_TRUE(Ask(Token(absl::Minutes(59))).ok());
  ExpectRefused(Token(absl::Minutes(61)), "lives too long");
  ExpectRefused(Token(absl::Hours(24 * 365)), "lives too long");
  // Without iat its life is counted from now; with one in the past, from there.
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto token = [&](std::int64_t exp, const std::string& iat) {
    return TokenOf(absl::StrCat(R"({"iss": "pepline-test", "aud": "pepline", "sub": "stf-1", )",
                                R"("role": "auditor", "exp": )", exp, iat, "}"),
                   private_jwk_);
  };
  EXPECT_TRUE(Ask(token(now + 3500, "")).ok());
  ExpectRefused(token(now + 3700, ""), "lives too long");
  ExpectRefused(token(now + 300, absl::StrCat(R"(, "iat": )", now - 3500)), "lives too long");
  ExpectRefused(token(now + 3700, absl::StrCat(R"(, "iat": )", now + 30)), "lives too long");
  ExpectRefused(token(now + 300, R"(, "iat": "noon")"), "claim iat is malformed");
}

TEST_F(AuthTest, RefusesAKeyItDoesNotKnow) {
  ASSERT_TRUE(MakeSigningKey(private_jwk_, folder_.path() + "/other.jwks").ok());
  ExpectRefused(Token(), "unknown key");
}

TEST_F(AuthTest, RefusesAnAlgorithmThatIsNotTheKeys) {
  const std::vector<std::string> parts = absl::StrSplit(Token(), '.');
  std::string header;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[0], &header));
  for (const char* algorithm : {"none", "HS256", "RS256", "ES384", ""}) {
    const std::string forged = absl::StrReplaceAll(header, {{"ES256", algorithm}});
    ASSERT_NE(forged, header);
    for (const std::string& seal : {parts[2], std::string()}) {
      ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(forged), ".", parts[1], ".", seal),
                    "algorithm not allowed");
    }
  }
}

TEST_F(AuthTest, RefusesAHeaderWithAnExtensionThatMustBeUnderstood) {
  const std::vector<std::string> parts = absl::StrSplit(Token(), '.');
  std::string header;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[0], &header));
  header = absl::StrReplaceAll(header, {{"{", R"({"crit": ["b64"], "b64": false, )"}});
  ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(header), ".", parts[1], ".", parts[2]),
                "malformed");
}

TEST_F(AuthTest, RefusesChangedClaims) {
  const std::vector<std::string> parts = absl::StrSplit(Token(), '.');
  std::string claims;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[1], &claims));
  const std::string raised = absl::StrReplaceAll(claims, {{"designated-teacher", "finance"}});
  ASSERT_NE(raised, claims);
  ExpectRefused(absl::StrCat(parts[0], ".", absl::WebSafeBase64Escape(raised), ".", parts[2]),
                "bad signature");
}

TEST_F(AuthTest, TakesARotatedKeyFileWithoutRestartAndForgetsTheOldKey) {
  const std::string old_token = Token();
  ASSERT_TRUE(Ask(old_token).ok());
  ASSERT_TRUE(MakeSigningKey(private_jwk_, jwks_).ok());
  const std::string new_token = Token();
  EXPECT_TRUE(WaitUntil([&] { return Ask(new_token).ok(); }, absl::Seconds(10)));
  ExpectRefused(old_token, "unknown key");
  EXPECT_EQ(Reloads("loaded"), 1);
}

TEST_F(AuthTest, KeepsTheOldKeysWhenTheNewFileIsBrokenAndCountsItOnce) {
  const std::string token = Token();
  for (const char* broken :
       {"{\"keys\": [", "{\"keys\": []}", R"({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]})"}) {
    const double before = Reloads("refused");
    ASSERT_TRUE(WriteFile(jwks_, broken).ok());
    EXPECT_TRUE(WaitUntil(
        [&] {
          EXPECT_TRUE(Ask(token).ok());
          return Reloads("refused") > before;
        },
        absl::Seconds(10)));
    EXPECT_EQ(Reloads("refused"), before + 1);
    EXPECT_TRUE(Ask(token).ok());
  }
  ASSERT_TRUE(MakeSigningKey(private_jwk_, jwks_).ok());
  const std::string next = Token();
  EXPECT_TRUE(WaitUntil([&] { return Ask(next).ok(); }, absl::Seconds(10)));
}

TEST_F(AuthTest, DoesNotStartWithoutAUsableKeyAndSaysWhatToDo) {
  for (const char* broken :
       {"", "[]", "{\"keys\": []}", R"({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]})"}) {
    ASSERT_TRUE(WriteFile(jwks_, broken).ok());
    const auto made = Authenticator::Create({jwks_, "i", "a"}, metrics_);
    EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(made.status().message()), HasSubstr("PEPLINE_JWKS_FILE"));
  }
  EXPECT_EQ(Authenticator::Create({folder_.path() + "/none", "i", "a"}, metrics_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(AuthTest, VerifiesRs256WithAnRsaKeyAndNothingElseWithIt) {
  const auto pair = NewKeyPair("RS256");
  ASSERT_TRUE(pair);
  ASSERT_EQ(json_dump_file(pair->private_jwk.get(), private_jwk_.c_str(), 0), 0);
  const Json set(json_pack("{s:[O]}", "keys", pair->public_jwk.get()));
  ASSERT_EQ(json_dump_file(set.get(), jwks_.c_str(), 0), 0);
  Start();
  const std::string token = Token();
  EXPECT_TRUE(Ask(token).ok()) << Ask(token).status();
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::string header;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[0], &header));
  header = absl::StrReplaceAll(header, {{"RS256", "ES256"}});
  ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(header), ".", parts[1], ".", parts[2]),
                "algorithm not allowed");
}

TEST(Jose, VerifiesTheEs256ExampleOfRfc7515) {
  // RFC 7515, appendix A.3.
  const Json key(json_loads(R"({"kty": "EC", "crv": "P-256",
      "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
                            0, nullptr));
  const std::string header = "eyJhbGciOiJFUzI1NiJ9";
  const std::string payload =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
      "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::string seal =
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
      "pmWQxfKTUJqPP3-Kg6NU1Q";
  EXPECT_EQ(AlgorithmOf(key.get()), "ES256");
  EXPECT_TRUE(VerifiesCompact(header, payload, seal, key.get()));
  EXPECT_FALSE(VerifiesCompact(header, payload.substr(4), seal, key.get()));
}

TEST_F(AuthTest, KeyFilesHaveTheModesPromised) {
  struct stat found = {};
  ASSERT_EQ(stat(private_jwk_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(jwks_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0644u);
  auto jwks = ReadFile(jwks_);
  EXPECT_EQ(jwks->find("\"d\""), std::string::npos) << "the private half is in the public file";
}

TEST_F(AuthTest, DoesNotSignWithAPublicKey) {
  ASSERT_TRUE(WriteFile(folder_.path() + "/public.jwk",
                        R"({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})")
                  .ok());
  EXPECT_EQ(TokenSigner::Create(folder_.path() + "/public.jwk", "i", "a").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace pepline
