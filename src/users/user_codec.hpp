// A user as the bytes that the cache holds: its JSON, ready to be sent, and a last byte that names
// the layout, so that two versions of the service can share a cache: what the other one wrote is a
// miss. Pure functions.
#pragma once

#include <string>

#include "users/user.hpp"

namespace slipway::users {

std::string encodeUser(const User& user);
/// `json`: as userJson() prints it.
std::string encodeUser(std::string json);

/// Makes the user's JSON of what the cache held; false when that is not of this layout.
bool decodeUser(std::string& bytes);

}  // namespace slipway::users
