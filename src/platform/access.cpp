#include "platform/access.hpp"

#include <algorithm>
#include <utility>

#include "platform/token.hpp"

namespace slipway::platform {

namespace {

constexpr std::string_view kScheme = "Bearer ";

/// The credentials of `Bearer <token>` (RFC 6750 section 2.1; the scheme in any case), or an empty
/// view.
std::string_view bearerToken(std::string_view authorization) {
  if (authorization.size() <= kScheme.size() ||
      !net::equalsIgnoreCase(authorization.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  authorization.remove_prefix(
      std::min(authorization.find_first_not_of(' ', kScheme.size()), authorization.size()));
  return authorization;
}

AccessDenial missingScope(Access needed) {
  switch (needed) {
    case Access::UsersRead:
      return {403, "The token lacks the scope users:read",
              R"(Bearer error="insufficient_scope", scope="users:read")"};
    case Access::UsersWrite:
      return {403, "The token lacks the scope users:write",
              R"(Bearer error="insufficient_scope", scope="users:write")"};
    default:
      return {403, "The token lacks the scope ops",
              R"(Bearer error="insufficient_scope", scope="ops")"};
  }
}

}  // namespace

std::string_view scopeName(Access access) {
  switch (access) {
    case Access::UsersRead:
      return "users:read";
    case Access::UsersWrite:
      return "users:write";
    case Access::Ops:
      return "ops";
    case Access::Open:
      break;
  }
  return {};
}

AccessControl::AccessControl() = default;
AccessControl::AccessControl(std::unique_ptr<const TokenVerifier> verifier)
    : verifier_(std::move(verifier)) {}
AccessControl::~AccessControl() = default;

std::expected<Principal, AccessDenial> AccessControl::check(std::string_view authorization,
                                                            Access needed) const {
  if (verifier_ == nullptr || needed == Access::Open) return Principal{};
  const auto token = bearerToken(authorization);
  if (token.empty()) return std::unexpected(AccessDenial{401, "Not authenticated", "Bearer"});
  auto claims = verifier_->verify(token);
  if (!claims) {
    return std::unexpected(
        AccessDenial{401, tokenErrorText(claims.error()), R"(Bearer error="invalid_token")"});
  }
  if (!claims->hasScope(scopeName(needed))) return std::unexpected(missingScope(needed));
  return Principal{.subject = std::move(claims->subject)};
}

}  // namespace slipway::platform
