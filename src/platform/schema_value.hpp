// How single values are checked against a field: the rules behind schema.hpp, which are pydantic
// 2's in its lax mode. Pure functions.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "platform/schema.hpp"

namespace slipway::platform {

/// What is wrong with a value: an issue without its place.
struct ValueError {
  std::string type;
  std::string message;
  base::Json context = {};
};

/// The type of the issue that stands for a body that is no text; never shown.
inline constexpr std::string_view kUnreadable = "unreadable";

using CheckedValue = std::expected<FieldValue, ValueError>;

/// Checks a value of a JSON body.
CheckedValue checkJsonValue(const base::Json& value, const Field& field);

/// Checks a value that came as text, of a path or a query. `text` is valid UTF-8.
CheckedValue checkTextValue(std::string_view text, const Field& field);

/// An integer as pydantic reads it from text: sign, space around, single '_' between digits,
/// leading zeros and ".0" allowed. Out of int64: saturated. The error is ready to be shown.
std::expected<std::int64_t, ValueError> parseInteger(std::string_view text);

/// One of pydantic's words for true and false, in any case.
std::optional<bool> parseBoolean(std::string_view text);

}  // namespace slipway::platform
