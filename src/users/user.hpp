// The users resource's values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace slipway::users {

struct UserId {
  std::int64_t value = 0;
  auto operator<=>(const UserId&) const = default;
};

struct User {
  UserId id;
  std::string username;
  std::string email;
  bool isActive = true;
  base::Timestamp createdAt;
  std::int64_t version = 1;  // grows by one with every change; never shown, the ETag holds it
};

struct NewUser {
  std::string username;
  std::string email;
  bool isActive = true;
};

struct UserChange {
  std::optional<std::string> username;
  std::optional<std::string> email;
  std::optional<bool> isActive;
};

/// Appends {"id","username","email","is_active","created_at"}, in this order.
void appendUserJson(std::string& out, const User& user);
/// The same alone.
std::string userJson(const User& user);

}  // namespace slipway::users
