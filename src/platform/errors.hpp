// The answers that every resource gives when something went wrong. Pure functions.
#pragma once

#include <span>
#include <string_view>

#include "net/http.hpp"
#include "platform/schema.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

/// {"detail": detail} with `status`; a 429 or 503 gets `Retry-After: 1`. `failure` is for the log
/// alone, which then has more to say of a 5xx than the client is told ("cache: Connection
/// refused"); made one line.
net::Response errorResponse(unsigned status, std::string_view detail,
                            std::string_view failure = {});

/// The answer to what a database said: 503 when it can't be used now, 409 for a lock that another
/// request holds, 400 for text it can't hold, 500 for the rest. The error's own text is for the log
/// alone.
net::Response errorResponse(const SqlError& error);

/// The answer to a request that did not pass its checks: 422, or 400 when its body can't be read.
net::Response validationResponse(std::span<const ValidationIssue> issues);

/// `unavailable`, `timeout`, ...: for the log.
std::string_view kindName(SqlError::Kind kind);

}  // namespace slipway::platform
