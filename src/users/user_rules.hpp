// What a user may look like: the resource's fields and parameters, declared once for checking, for
// the 422 answer and for the OpenAPI document. Constants; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/schema.hpp"

namespace slipway::users {

/// USER_RULES: Strict, or Reference for what the FastAPI service takes (any text).
enum class UserRules : std::uint8_t { Strict, Reference };

/// The writable fields and the request bodies made of them.
struct UserSchemas {
  const platform::Field& username;
  const platform::Field& email;
  const platform::Field& isActive;
  const platform::Schema& create;   // "UserCreate": username and email required
  const platform::Schema& replace;  // "UserReplace": as create
  const platform::Schema& patch;    // "UserPatch": nothing required; same fields
};

/// `FieldValues::find` finds the fields of all three bodies by the members of UserSchemas.
const UserSchemas& userSchemas(UserRules rules);

extern const platform::Field kUserId;          // path
extern const platform::Field kSkip;            // query, >= 0, default 0
extern const platform::Field kLimit;           // query, 1..1000, default 100
extern const platform::Field kAfter;           // query
extern const platform::Field kUsernameFilter;  // query "username"
extern const platform::Field kEmailFilter;     // query "email"
extern const platform::Field kPrefixFilter;    // query "q"
extern const platform::Field kIsActiveFilter;  // query "is_active"

}  // namespace slipway::users
