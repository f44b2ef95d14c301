#include "base/json.hpp"

#include <algorithm>
#include <limits>

namespace slipway::base {

Json::Json(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = BigInteger{std::to_string(value)};
  }
}

Json Json::object(std::initializer_list<Member> members) {
  Json result;
  result.value_.emplace<Object>();
  for (const Member& member : members) result.set(member.first, member.second);
  return result;
}

Json Json::object(Object members) {
  Json result;
  result.value_ = std::move(members);
  return result;
}

Json Json::array(std::initializer_list<Json> elements) { return Array(elements); }

Json Json::bigInteger(std::string digits) {
  Json result;
  result.value_ = BigInteger{std::move(digits)};
  return result;
}

Json::Kind Json::kind() const {
  if (std::holds_alternative<BigInteger>(value_)) return Kind::Integer;
  return static_cast<Kind>(value_.index());
}

const Json* Json::find(std::string_view key) const {
  const Object* members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &Member::first);
  return found == members->end() ? nullptr : &found->second;
}

Json& Json::set(std::string_view key, Json value) {
  if (isNull()) value_.emplace<Object>();
  Object* members = std::get_if<Object>(&value_);
  assert(members != nullptr);
  const auto found = std::ranges::find(*members, key, &Member::first);
  if (found != members->end()) {
    found->second = std::move(value);
  } else {
    members->emplace_back(std::string(key), std::move(value));
  }
  return *this;
}

Json& Json::push(Json value) {
  if (isNull()) value_.emplace<Array>();
  Array* elements = std::get_if<Array>(&value_);
  assert(elements != nullptr);
  elements->push_back(std::move(value));
  return *this;
}

bool Json::operator==(const Json& other) const { return value_ == other.value_; }

}  // namespace slipway::base
