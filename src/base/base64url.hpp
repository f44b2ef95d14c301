// Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5), as tokens use it.
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::base {

std::string encodeBase64Url(std::string_view bytes);

/// Strict: one text for each sequence of bytes. Nothing for padding, other characters, a length
/// that can't be, or set bits after the last byte.
std::optional<std::string> decodeBase64Url(std::string_view text);

}  // namespace slipway::base
