// Entity tags of users and the conditions that requests put on them (RFC 9110 sections 8.8.3 and
// 13.1). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "users/user.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

/// `"42-7"`: id and version, so that it is never given to another state of any user.
std::string entityTag(UserId id, std::int64_t version);

/// The versions of user `id` that `If-Match` allows (strong comparison); nullopt when the header is
/// absent or `*`.
ExpectedVersions expectedVersions(const net::Request& request, UserId id);

}  // namespace slipway::users
