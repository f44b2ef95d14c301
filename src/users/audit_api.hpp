// GET /users/{user_id}/audit.
#pragma once

#include "platform/endpoint.hpp"
#include "platform/sql.hpp"

namespace slipway::users {

/// `database` outlives the handler.
platform::Handler auditHandler(platform::Database& database);

}  // namespace slipway::users
