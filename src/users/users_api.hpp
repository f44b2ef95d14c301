// The users resource over HTTP: its endpoints, declared and handled.
#pragma once

#include <vector>

#include "platform/endpoint.hpp"
#include "users/user_rules.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

/// What the endpoints of one loop work with; all of it outlives them.
struct UsersApiParts {
  UserStore& store;
  platform::Database& database;
  const base::Clock& clock;
  UserRules rules = UserRules::Strict;
};

std::vector<platform::Endpoint> usersEndpoints(UsersApiParts parts);

}  // namespace slipway::users
