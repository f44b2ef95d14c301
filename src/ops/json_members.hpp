// Members of JSON that this program or Docker wrote, with a default for what is not there or of
// another kind. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace slipway::ops {

inline std::string textIn(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->isString() ? member->asString() : std::string();
}

inline std::int64_t numberIn(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->fitsInt64() ? member->asInt64() : 0;
}

inline double realIn(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  if (member != nullptr && member->isFloat()) return member->asDouble();
  return static_cast<double>(numberIn(json, key));
}

inline bool flagIn(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->isBoolean() && member->asBoolean();
}

/// Null when there is none.
inline base::Json objectIn(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->isObject() ? *member : base::Json();
}

inline const base::Json::Array& arrayIn(const base::Json& json, std::string_view key) {
  static const base::Json::Array kNone;
  const auto* member = json.find(key);
  return member != nullptr && member->isArray() ? member->asArray() : kNone;
}

}  // namespace slipway::ops
