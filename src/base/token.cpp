#include "base/token.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64url.hpp"
#include "base/hmac.hpp"
#include "base/json.hpp"

namespace slipway::base {

bool Claims::hasScope(std::string_view name) const {
  for (std::string_view rest = scope; !rest.empty();) {
    const auto space = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, space) == name) return !name.empty();
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return false;
}

std::string signToken(const TokenRules& rules, const Claims& claims, Timestamp now,
                      std::chrono::seconds lifetime) {
  const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  auto payload = Json::object({{"iss", rules.issuer}, {"aud", rules.audience}});
  if (!claims.subject.empty()) payload.set("sub", claims.subject);
  if (!claims.scope.empty()) payload.set("scope", claims.scope);
  payload.set("iat", issued.count()).set("exp", (issued + lifetime).count());
  const auto text = fmt::format("{}.{}", kTokenHeader, encodeBase64Url(payload.dump()));
  const auto signature = HmacSha256(rules.key).sign(text);
  return fmt::format("{}.{}", text, encodeBase64Url(signature));
}

}  // namespace slipway::base
