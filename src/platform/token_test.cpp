#include "platform/token.hpp"

#include <gtest/gtest.h>

#include "base/base64url.hpp"
#include "base/hmac.hpp"
#include "base/json.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using base::HmacSha256;
using base::Json;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

class TokenTest : public ::testing::Test {
 protected:
  static TokenRules rules() {
    return {.key = base::Secret(std::string(kKey)), .issuer = "slipway", .audience = "api"};
  }

  std::int64_t now() const {
    return std::chrono::floor<seconds>(clock_.now()).time_since_epoch().count();
  }

  /// Claims that are accepted.
  Json claims() const {
    return Json::object({{"iss", "slipway"}, {"aud", "api"}, {"exp", now() + 60}});
  }

  static std::string sign(std::string_view header, std::string_view payload) {
    auto text = base::encodeBase64Url(header) + "." + base::encodeBase64Url(payload);
    const auto signature = HmacSha256(rules().key).sign(text);
    return text + "." + base::encodeBase64Url(signature);
  }
  static std::string sign(const Json& payload) { return sign(kHeader, payload.dump()); }

  /// The error of a token, or nothing when it is accepted.
  std::optional<TokenError> refusal(std::string_view token) const {
    const auto result = TokenVerifier(rules(), clock_).verify(token);
    return result ? std::nullopt : std::optional(result.error());
  }

  slipway::testing::FakeClock clock_;
};

TEST_F(TokenTest, WhatIsSignedIsAccepted) {
  const auto token = signToken(rules(), {.subject = "ann", .scope = "users:read users:write"},
                               clock_.now(), hours(1));
  const auto claims = TokenVerifier(rules(), clock_).verify(token);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "ann");
  EXPECT_TRUE(claims->hasScope("users:read"));
  EXPECT_TRUE(claims->hasScope("users:write"));
  for (const char* scope : {"ops", "users", "users:rea", "", "users:read users:write"}) {
    EXPECT_FALSE(claims->hasScope(scope)) << scope;
  }
}

TEST_F(TokenTest, IsTheOneOfTheStandard) {
  // RFC 7515, appendix A.1: another header, with a line break in it, and a key of 64 bytes.
  const auto key = base::decodeBase64Url(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const auto signature = HmacSha256(base::Secret(*key))
                             .sign(
                                 "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                                 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                                 "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
  EXPECT_EQ(base::encodeBase64Url(signature), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST_F(TokenTest, ExpiresToTheSecond) {
  const auto token = signToken(rules(), {}, clock_.now(), seconds(60));
  clock_.advance(seconds(59));
  EXPECT_EQ(refusal(token), std::nullopt);
  clock_.advance(seconds(1));
  EXPECT_EQ(refusal(token), TokenError::Expired);
}

TEST_F(TokenTest, AnExpiryIsRequiredAndIsANumber) {
  auto payload = Json::object({{"iss", "slipway"}, {"aud", "api"}});
  EXPECT_EQ(refusal(sign(payload)), TokenError::Expired);
  EXPECT_EQ(refusal(sign(claims().set("exp", "9999999999"))), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(claims().set("exp", Json()))), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(kHeader, R"({"iss":"slipway","aud":"api","exp":NaN})")),
            TokenError::Malformed);
  EXPECT_EQ(refusal(sign(kHeader, R"({"iss":"slipway","aud":"api","exp":1e400})")),
            TokenError::Malformed);
  EXPECT_EQ(refusal(sign(claims().set("exp", static_cast<double>(now()) + 0.5))),
            now() + 0.5 > static_cast<double>(clock_.now().time_since_epoch().count()) / 1e6
                ? std::nullopt
                : std::optional(TokenError::Expired));
}

TEST_F(TokenTest, StartsMayBeALittleAhead) {
  for (const char* claim : {"nbf", "iat"}) {
    EXPECT_EQ(refusal(sign(claims().set(claim, now() + kTokenLeeway.count()))), std::nullopt);
    EXPECT_EQ(refusal(sign(claims().set(claim, now() + kTokenLeeway.count() + 2))),
              TokenError::NotYetValid);
    EXPECT_EQ(refusal(sign(claims().set(claim, "soon"))), TokenError::Malformed);
  }
}

TEST_F(TokenTest, OnlyHs256IsAnAlgorithm) {
  const auto payload = claims().dump();
  EXPECT_EQ(refusal(sign(R"({"alg":"HS256"})", payload)), std::nullopt);
  EXPECT_EQ(refusal(sign(R"({"typ":"at+jwt","alg":"HS256","kid":"1"})", payload)), std::nullopt);
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS384"})", R"({"alg":"RS256"})",
        R"({"alg":"hs256"})", R"({"alg":["HS256"]})", R"({"alg":256})", R"({"alg":null})",
        R"({"typ":"JWT"})", R"({})", R"({"alg":"HS256","alg":"none"})"}) {
    EXPECT_EQ(refusal(sign(header, payload)), TokenError::Algorithm) << header;
  }
}

TEST_F(TokenTest, CriticalExtensionsAreNotUnderstood) {
  EXPECT_EQ(refusal(sign(R"({"alg":"HS256","crit":["exp"],"exp":1})", claims().dump())),
            TokenError::Algorithm);
}

TEST_F(TokenTest, AnUnsignedTokenIsRefused) {
  const auto unsignedToken = base::encodeBase64Url(R"({"alg":"none"})") + "." +
                             base::encodeBase64Url(claims().dump()) + ".";
  EXPECT_EQ(refusal(unsignedToken), TokenError::Algorithm);
  const auto token = sign(claims());
  EXPECT_EQ(refusal(token.substr(0, token.rfind('.') + 1)), TokenError::Signature);
}

TEST_F(TokenTest, AnyChangedCharacterIsNoticed) {
  const auto token = sign(claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(refusal(changed), std::nullopt) << i;
  }
}

TEST_F(TokenTest, AnotherKeyIsRefused) {
  auto other = rules();
  other.key = base::Secret(std::string("0123456789abcdef0123456789abcdeF"));
  EXPECT_EQ(refusal(signToken(other, {}, clock_.now(), hours(1))), TokenError::Signature);
}

TEST_F(TokenTest, IssuerAndAudienceMustMatch) {
  EXPECT_EQ(refusal(sign(claims().set("iss", "other"))), TokenError::Issuer);
  EXPECT_EQ(refusal(sign(claims().set("iss", Json::array({"slipway"})))), TokenError::Issuer);
  EXPECT_EQ(refusal(sign(claims().set("aud", "other"))), TokenError::Audience);
  EXPECT_EQ(refusal(sign(claims().set("aud", Json::array({"other", 7})))), TokenError::Audience);
  EXPECT_EQ(refusal(sign(claims().set("aud", Json()))), TokenError::Audience);
  EXPECT_EQ(refusal(sign(claims().set("aud", Json::array({"other", "api"})))), std::nullopt);
}

TEST_F(TokenTest, SubjectAndScopeAreText) {
  EXPECT_EQ(refusal(sign(claims().set("sub", 7))), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(claims().set("scope", Json::array({"ops"})))), TokenError::Malformed);
}

TEST_F(TokenTest, TheLastOfRepeatedClaimsCounts) {
  const auto text = R"({"iss":"other","iss":"slipway","aud":"api","exp":99999999999})";
  EXPECT_EQ(refusal(sign(kHeader, text)), std::nullopt);
}

TEST_F(TokenTest, WhatIsNoTokenIsMalformed) {
  for (const char* text :
       {"", ".", "..", "a.b", "a.b.c.d", "bm8.bm8.bm8", "=.=.=", "not a token"}) {
    EXPECT_EQ(refusal(text), TokenError::Malformed) << text;
  }
  EXPECT_EQ(refusal(sign(kHeader, "[]")), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(kHeader, "{")), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(kHeader, std::string(5000, '[') + std::string(5000, ']'))),
            TokenError::Malformed);
  EXPECT_EQ(refusal(sign(claims()) + "="), TokenError::Malformed);
  EXPECT_EQ(refusal(sign(claims()) + "." + std::string(kMaxTokenBytes, 'A')),
            TokenError::Malformed);
}

TEST(HmacSha256, NeedsAKey) { EXPECT_THROW(HmacSha256{base::Secret{}}, std::invalid_argument); }

}  // namespace
}  // namespace slipway::platform
