// Which key files are keys.
#include <gtest/gtest.h>

#include <string>

#include "shared/security/auth.h"
#include "shared/security/jose.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

TEST(SigningKey, OfWhichAPartIsNoBase64urlIsNone) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/key.jwk";
  for (const char* algorithm : {"RS256", "ES256"}) {
    const auto pair = NewKeyPair(algorithm);
    ASSERT_TRUE(pair);
    EXPECT_EQ(AlgorithmOf(pair->private_jwk.get()), algorithm);
    for (const char* part : {"n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"}) {
      if (json_object_get(pair->private_jwk.get(), part) == nullptr) continue;
      for (json_t* damaged : {json_string("AQ,AB"), json_integer(7)}) {
        const Json jwk(json_deep_copy(pair->private_jwk.get()));
        json_object_set_new(jwk.get(), part, damaged);
        ASSERT_EQ(json_dump_file(jwk.get(), file.c_str(), 0), 0);
        EXPECT_EQ(TokenSigner::Create(file, "i", "a").status().code(),
                  absl::StatusCode::kInvalidArgument)
            << algorithm << " " << part;
      }
    }
  }
}

}  // namespace
}  // namespace pepline
