// Who may call what: bearer tokens and their scopes (RFC 6750), or everyone when access control is
// off. Immutable after construction; used by all loops.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "platform/endpoint.hpp"

namespace slipway::platform {

struct Principal {
  std::string subject;  // empty when nobody was asked
};

struct AccessDenial {
  unsigned status = 401;
  std::string_view detail;     // for the client
  std::string_view challenge;  // WWW-Authenticate
};

class TokenVerifier;

class AccessControl {
 public:
  /// Lets everyone in.
  AccessControl();
  /// Asks for tokens that `verifier` accepts.
  explicit AccessControl(std::unique_ptr<const TokenVerifier> verifier);
  ~AccessControl();

  /// `authorization`: the request's header, or an empty view. 401 without a good token, 403
  /// without the scope.
  std::expected<Principal, AccessDenial> check(std::string_view authorization, Access needed) const;

 private:
  std::unique_ptr<const TokenVerifier> verifier_;
};

}  // namespace slipway::platform
