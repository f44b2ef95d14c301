// Who is really calling, behind trusted proxies (contract, section 3).
#pragma once

#include <functional>
#include <string_view>

#include "net/http.hpp"

namespace slipway::platform {

/// Whether a numeric address belongs to a trusted proxy.
using IsTrusted = std::function<bool(std::string_view address)>;

/// The peer's address, or the right-most untrusted one of X-Forwarded-For when the peer is trusted.
/// The view lives as long as the request.
std::string_view clientAddress(const net::Request& request, const IsTrusted& isTrusted);

}  // namespace slipway::platform
