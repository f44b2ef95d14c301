#include "users/user.hpp"

#include <array>
#include <charconv>

#include "base/json.hpp"

namespace slipway::users {

// Written by hand rather than through base::Json: this is the body of the hottest answers.
void appendUserJson(std::string& out, const User& user) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), user.id.value).ptr;
  out.append("{\"id\":").append(digits.data(), end);
  out.append(",\"username\":");
  base::appendJsonString(out, user.username);
  out.append(",\"email\":");
  base::appendJsonString(out, user.email);
  out.append(user.isActive ? ",\"is_active\":true" : ",\"is_active\":false");
  out.append(",\"created_at\":\"");
  base::appendIsoTime(out, user.createdAt);
  out.append("\"}");
}

std::string userJson(const User& user) {
  constexpr std::size_t kNumbersAndNames = 128;
  std::string out;
  out.reserve(kNumbersAndNames + user.username.size() + user.email.size());
  appendUserJson(out, user);
  return out;
}

}  // namespace slipway::users
