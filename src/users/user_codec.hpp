// A user as the bytes that the cache holds. Pure functions. The first byte names the layout, so
// that two versions of the service can share a cache: what the other one wrote is a miss.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "users/user.hpp"

namespace slipway::users {

std::string encodeUser(const User& user);

/// None when the bytes are not of this layout.
std::optional<User> decodeUser(std::string_view bytes);

}  // namespace slipway::users
