// Every endpoint of the service, in one list.
#pragma once

#include <memory>
#include <vector>

#include "platform/endpoint.hpp"
#include "users/user_rules.hpp"

namespace slipway::docs {
class Site;
}
namespace slipway::health {
struct HealthApiParts;
}
namespace slipway::users {
struct UsersApiParts;
}

namespace slipway::service {

/// For one loop; what the parts refer to must outlive the endpoints.
std::vector<platform::Endpoint> allEndpoints(const health::HealthApiParts& health,
                                             const users::UsersApiParts& users,
                                             const std::shared_ptr<const docs::Site>& site);

/// The same without their handlers: what the OpenAPI document is made of.
std::vector<platform::Endpoint> declaredEndpoints(users::UserRules rules);

}  // namespace slipway::service
