// The declaration of GET /users/{user_id}/audit, apart from the code behind it.
#pragma once

#include <vector>

#include "platform/endpoint.hpp"

namespace slipway::users {

extern const platform::Field kAuditAfter;  // query "after"
extern const platform::Field kAuditLimit;  // query "limit", 1..1000, default 100

/// Its query parameters, in the order in which their errors are reported.
std::vector<const platform::Field*> auditParameters();

/// Without its handler.
platform::Endpoint auditDoc();

}  // namespace slipway::users
