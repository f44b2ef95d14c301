// Checking access tokens (base/token.hpp makes them): HMAC-SHA256, and no other kind. What is
// accepted is narrow on purpose (RFC 8725): one algorithm, one key, one issuer, one audience.
// A TokenVerifier may be used by all threads at once; it remembers tokens that it has accepted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "base/token.hpp"

namespace slipway::base {
class HmacSha256;
}

namespace slipway::platform {

using base::Claims;
using base::signToken;
using base::TokenRules;

enum class TokenError : std::uint8_t {
  Malformed,  // not a JWT, too large, or a claim of the wrong type
  Algorithm,  // anything but HS256, or critical extensions
  Signature,
  Expired,      // or without an `exp`
  NotYetValid,  // `nbf` or `iat` in the future
  Issuer,
  Audience,
};

/// One sentence for the client.
std::string_view tokenErrorText(TokenError error);

inline constexpr std::size_t kMaxTokenBytes = 8192;
/// How far the issuer's clock may be ahead (`nbf`, `iat`). `exp` has no leeway.
inline constexpr std::chrono::seconds kTokenLeeway{30};

/// Seconds since 1970, as tokens have them: with or without a fraction.
using TokenTime = std::chrono::duration<double>;

class TokenCache;

class TokenVerifier {
 public:
  /// `clock` must outlive the verifier.
  TokenVerifier(TokenRules rules, const base::Clock& clock);
  ~TokenVerifier();
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  std::expected<Claims, TokenError> verify(std::string_view token) const;

 private:
  std::expected<Claims, TokenError> verifyNew(std::string_view token, TokenTime now) const;

  const std::unique_ptr<const base::HmacSha256> hmac_;
  const std::string issuer_;
  const std::string audience_;
  const std::unique_ptr<TokenCache> accepted_;
  const base::Clock& clock_;
};

}  // namespace slipway::platform
