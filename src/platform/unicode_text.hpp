// Text as code points, and what Unicode says of them, for the rules of e-mail addresses.
// Pure functions; the tables are libunistring's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::platform {

/// UTF-8 (with surrogates in their 3-byte form) to code points; stops at what is neither.
std::u32string toCodePoints(std::string_view text);
std::string toUtf8(std::u32string_view text);

/// Unicode's general category: "Lu", "Zs", ...
std::string_view categoryOf(char32_t c);
/// Unicode's bidirectional class: "L", "AL", ...
std::string_view bidiClassOf(char32_t c);

/// As Python's str.isspace and \s in a regular expression.
bool isPythonSpace(char32_t c);
/// As \w in a Python regular expression.
bool isPythonWord(char32_t c);
std::u32string_view strip(std::u32string_view text);

std::u32string toNfc(std::u32string_view text);
/// The character without regard to case and compatibility forms.
std::u32string toNfkcFolded(char32_t c);

/// The character in quotes when it can be seen, else its Unicode name or its number.
std::string displayed(char32_t c);

/// The characters of `text` for which `allowed` is false, each once, displayed, sorted by that and
/// joined by commas; nothing when there are none.
std::optional<std::string> listUnless(std::u32string_view text, bool (*allowed)(char32_t));

/// Those that would make text unsafe or senseless: a combining character at the start, controls,
/// line ends, unassigned code points, and spaces unless these are allowed.
std::optional<std::string> listUnsafe(std::u32string_view text, bool allowSpace);

}  // namespace slipway::platform
