// UTF-8, byte by byte: what the JSON reader, the writer and the field rules share.
// Pure functions. A surrogate's 3-byte form (ED A0..BF xx), which strict UTF-8 forbids, is told
// apart, because JSON escapes can produce it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::base {

struct CodePoint {
  char32_t value = 0;
  std::uint8_t length = 0;  // bytes taken; 0: invalid at this place
};

/// The code point at the start of `text` (not empty). Surrogates decode; see isSurrogate.
CodePoint decodeUtf8(std::string_view text);

constexpr bool isSurrogate(char32_t value) { return value >= 0xD800 && value <= 0xDFFF; }

/// Appends the UTF-8 form; of a surrogate, its 3-byte form.
void appendUtf8(std::string& out, char32_t value);

/// Whether the text is UTF-8 but for surrogates' 3-byte forms (Python's "surrogatepass").
bool isUtf8OrSurrogates(std::string_view text);

/// Whether the text, valid by isUtf8OrSurrogates, holds a surrogate.
bool hasSurrogate(std::string_view text);

/// Code points of text that is valid by isUtf8OrSurrogates.
std::size_t countCodePoints(std::string_view text);

/// How many bytes at the start are ASCII.
std::size_t asciiPrefix(std::string_view text);

/// The text with every invalid sequence replaced by U+FFFD, as Python's errors="replace" does
/// (one for each maximal part of a sequence that could have become valid). Surrogates are invalid.
std::string replaceInvalidUtf8(std::string_view text);

}  // namespace slipway::base
