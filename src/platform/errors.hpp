// The answers that every resource gives when something went wrong. Pure functions.
#pragma once

#include <span>
#include <string_view>

#include "net/http.hpp"
#include "platform/schema.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

/// {"detail": detail} with `status`; a 429 or 503 gets `Retry-After: 1`.
net::Response errorResponse(unsigned status, std::string_view detail);

/// The answer to what a database said: 503 when it can't be used now, 409 for a lock that another
/// request holds, 400 for text it can't hold, 500 for the rest. Never shows the error's own text.
net::Response errorResponse(const SqlError& error);

/// The answer to a request that did not pass its checks: 422, or 400 when its body can't be read.
net::Response validationResponse(std::span<const ValidationIssue> issues);

/// `unavailable`, `timeout`, ...: for logs and metrics.
std::string_view kindName(SqlError::Kind kind);

}  // namespace slipway::platform
