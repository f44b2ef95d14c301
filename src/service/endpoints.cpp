#include "service/endpoints.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "docs/docs_api.hpp"
#include "health/health_api.hpp"
#include "health/health_documentation.hpp"
#include "users/users_api.hpp"
#include "users/users_documentation.hpp"

namespace slipway::service {

namespace {

using Endpoints = std::vector<platform::Endpoint>;

void add(Endpoints& all, Endpoints some) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

}  // namespace

// Adding a resource is one more line in each of these two.
Endpoints allEndpoints(const health::HealthApiParts& health, const users::UsersApiParts& users,
                       const std::shared_ptr<const docs::Site>& site) {
  Endpoints all;
  add(all, health::healthEndpoints(health));
  add(all, users::usersEndpoints(users));
  add(all, docs::docsEndpoints(site));
  return all;
}

Endpoints declaredEndpoints(users::UserRules rules) {
  Endpoints all;
  add(all, health::documentedEndpoints());
  add(all, users::documentedEndpoints(users::userSchemas(rules)));
  add(all, docs::documentedEndpoints());
  return all;
}

}  // namespace slipway::service
