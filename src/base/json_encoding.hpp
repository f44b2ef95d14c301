// How the bytes of a JSON text are encoded, told as Python's json.loads(bytes) tells it, and their
// conversion to UTF-8. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::base {

enum class JsonEncoding : std::uint8_t { Utf8, Utf16Le, Utf16Be, Utf32Le, Utf32Be };

/// By the byte order mark, or by where zero bytes are among the first four.
JsonEncoding detectJsonEncoding(std::string_view bytes);

/// The text as UTF-8 without its byte order mark, lone surrogates in their 3-byte form; nothing
/// when it is cut off or holds what is no code point.
std::optional<std::string> toUtf8(std::string_view bytes, JsonEncoding encoding);

}  // namespace slipway::base
