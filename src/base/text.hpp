// Strict readers of what people write in variables and options: the whole text or nothing, no
// spaces, no signs where none make sense, no silent overflow. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::base {

/// Decimal digits only.
std::optional<std::uint64_t> parseUnsigned(std::string_view text);

/// true, false, 1, 0, yes, no, on, off, in any case.
std::optional<bool> parseBoolean(std::string_view text);

/// A number and its unit: 90s, 15m, 1h, 7d. At most ten years.
std::optional<std::chrono::seconds> parseDuration(std::string_view text);

/// The items between separators, without the space around them; empty ones are left out.
std::vector<std::string_view> splitList(std::string_view text, char separator = ',');

std::string_view trim(std::string_view text);
std::string toLowerAscii(std::string_view text);

/// For what others say in several lines: white space and control characters become one space
/// between words; what is beyond `limit` bytes becomes "...", without a part of a character.
std::string oneLine(std::string_view text, std::size_t limit = 300);

/// For messages: at most `limit` bytes, control characters and what is not ASCII as '?'.
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace slipway::base
