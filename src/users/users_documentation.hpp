// The declarations of the users endpoints, apart from the code behind them.
#pragma once

#include <cstddef>
#include <vector>

#include "platform/endpoint.hpp"
#include "users/user_rules.hpp"

namespace slipway::users {

/// Places of the operations in documentedEndpoints().
struct UserOperation {
  enum Place : std::size_t { Create, List, Get, Patch, Replace, Remove, Audit };
};

/// The query parameters of GET /users, in the order in which their errors are reported.
std::vector<const platform::Field*> listParameters();

/// All endpoints without their handlers.
std::vector<platform::Endpoint> documentedEndpoints(const UserSchemas& schemas);

}  // namespace slipway::users
