// Making access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256. Checking them is the
// service's business: platform/token.hpp. Plain values and a pure function.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace slipway::base {

struct Claims {
  std::string subject;  // empty when the token names none
  std::string scope;    // names between spaces

  bool hasScope(std::string_view name) const;
};

/// What tokens are signed with and for.
struct TokenRules {
  Secret key;
  std::string issuer = "slipway";
  std::string audience = "slipway";
};

/// The header of every token that is made here, as it stands in there.
inline constexpr std::string_view kTokenHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Makes a token that is valid from `now` on for `lifetime`.
std::string signToken(const TokenRules& rules, const Claims& claims, Timestamp now,
                      std::chrono::seconds lifetime);

}  // namespace slipway::base
