#include "service/endpoints.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "docs/docs_api.hpp"
#include "health/health_api.hpp"
#include "users/users_api.hpp"

namespace slipway::service {

// Adding a resource is one more line here.
std::vector<platform::Endpoint> allEndpoints(const health::HealthApiParts& health,
                                             const users::UsersApiParts& users) {
  std::vector<platform::Endpoint> all;
  const auto add = [&all](std::vector<platform::Endpoint> some) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  };
  add(health::healthEndpoints(health));
  add(users::usersEndpoints(users));
  add(docs::docsEndpoints(all));
  return all;
}

}  // namespace slipway::service
