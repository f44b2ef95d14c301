#include "users/user_codec.hpp"

namespace slipway::users {

namespace {

constexpr char kLayout = 2;

}  // namespace

std::string encodeUser(const User& user) { return encodeUser(userJson(user)); }

std::string encodeUser(std::string json) {
  json.push_back(kLayout);
  return json;
}

bool decodeUser(std::string& bytes) {
  if (bytes.empty() || bytes.back() != kLayout) return false;
  bytes.pop_back();
  return true;
}

}  // namespace slipway::users
