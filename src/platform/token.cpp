#include "platform/token.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/base64url.hpp"
#include "base/hmac.hpp"
#include "base/json.hpp"
#include "platform/token_cache.hpp"

namespace slipway::platform {

namespace {

using base::Json;
using Checked = std::expected<void, TokenError>;

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signedText;
};

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return std::nullopt;
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Parts{.header = token.substr(0, first),
               .payload = token.substr(first + 1, second - first - 1),
               .signature = token.substr(second + 1),  // another dot is not Base64
               .signedText = token.substr(0, second)};
}

std::optional<Json> readPart(std::string_view text) {
  const auto decoded = base::decodeBase64Url(text);
  if (!decoded) return std::nullopt;
  auto json = base::readJson(*decoded, {.maxDepth = 16});
  if (!json || !json->isObject()) return std::nullopt;
  return std::move(*json);
}

Checked checkHeader(std::string_view text) {
  // What nearly all libraries write, so that it need not be read.
  if (text == base::kTokenHeader) return {};
  const auto header = readPart(text);
  if (!header) return std::unexpected(TokenError::Malformed);
  const auto* algorithm = header->find("alg");
  const bool good = algorithm != nullptr && algorithm->isString() &&
                    algorithm->asString() == "HS256" && header->find("crit") == nullptr;
  return good ? Checked() : std::unexpected(TokenError::Algorithm);
}

/// A NumericDate (RFC 7519 section 2): seconds, with or without a fraction.
std::optional<TokenTime> dateOf(const Json& value) {
  if (value.isInteger() && value.fitsInt64()) {
    return TokenTime(static_cast<double>(value.asInt64()));
  }
  if (value.isFloat() && std::isfinite(value.asDouble())) return TokenTime(value.asDouble());
  return std::nullopt;
}

/// When the token expires.
std::expected<TokenTime, TokenError> checkTimes(const Json& claims, TokenTime now) {
  const auto* expiry = claims.find("exp");
  if (expiry == nullptr) return std::unexpected(TokenError::Expired);
  const auto end = dateOf(*expiry);
  if (!end) return std::unexpected(TokenError::Malformed);
  if (now >= *end) return std::unexpected(TokenError::Expired);
  for (const auto* const name : {"nbf", "iat"}) {
    const auto* value = claims.find(name);
    if (value == nullptr) continue;
    const auto start = dateOf(*value);
    if (!start) return std::unexpected(TokenError::Malformed);
    if (*start > now + kTokenLeeway) return std::unexpected(TokenError::NotYetValid);
  }
  return *end;
}

bool isText(const Json* value, std::string_view expected) {
  return value != nullptr && value->isString() && value->asString() == expected;
}

bool namesAudience(const Json* value, std::string_view audience) {
  if (value == nullptr || !value->isArray()) return isText(value, audience);
  return std::ranges::any_of(value->asArray(),
                             [&](const Json& item) { return isText(&item, audience); });
}

/// False when the claim is there and is no text.
bool takeText(const Json& claims, std::string_view name, std::string& out) {
  const auto* value = claims.find(name);
  if (value == nullptr) return true;
  if (!value->isString()) return false;
  out = value->asString();
  return true;
}

TokenTime sinceEpoch(base::Timestamp time) { return time.time_since_epoch(); }

}  // namespace

std::string_view tokenErrorText(TokenError error) {
  constexpr std::array<std::string_view, 7> kTexts = {
      "The token is malformed",           "The token's algorithm is not accepted",
      "The token's signature is wrong",   "The token has expired",
      "The token is not valid yet",       "The token is of another issuer",
      "The token is for another audience"};
  return kTexts.at(static_cast<std::size_t>(error));
}

TokenVerifier::TokenVerifier(TokenRules rules, const base::Clock& clock)
    : hmac_(std::make_unique<const base::HmacSha256>(rules.key)),
      issuer_(std::move(rules.issuer)),
      audience_(std::move(rules.audience)),
      accepted_(std::make_unique<TokenCache>()),
      clock_(clock) {}

TokenVerifier::~TokenVerifier() = default;

std::expected<Claims, TokenError> TokenVerifier::verify(std::string_view token) const {
  const auto now = sinceEpoch(clock_.now());
  if (auto known = accepted_->find(token, now)) return std::move(*known);
  return verifyNew(token, now);
}

std::expected<Claims, TokenError> TokenVerifier::verifyNew(std::string_view token,
                                                           TokenTime now) const {
  const auto parts = split(token);
  if (!parts) return std::unexpected(TokenError::Malformed);
  if (const auto good = checkHeader(parts->header); !good) return std::unexpected(good.error());
  const auto signature = base::decodeBase64Url(parts->signature);
  if (!signature) return std::unexpected(TokenError::Malformed);
  if (!base::equalsConstantTime(*signature, hmac_->sign(parts->signedText))) {
    return std::unexpected(TokenError::Signature);
  }
  const auto payload = readPart(parts->payload);
  if (!payload) return std::unexpected(TokenError::Malformed);
  const auto expiry = checkTimes(*payload, now);
  if (!expiry) return std::unexpected(expiry.error());
  if (!isText(payload->find("iss"), issuer_)) return std::unexpected(TokenError::Issuer);
  if (!namesAudience(payload->find("aud"), audience_)) {
    return std::unexpected(TokenError::Audience);
  }
  Claims claims;
  if (!takeText(*payload, "sub", claims.subject) || !takeText(*payload, "scope", claims.scope)) {
    return std::unexpected(TokenError::Malformed);
  }
  accepted_->add(token, claims, *expiry);
  return claims;
}

}  // namespace slipway::platform
