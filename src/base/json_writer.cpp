#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json.hpp"
#include "base/text_buffer.hpp"
#include "base/utf8.hpp"

namespace slipway::base {
namespace {

void appendInteger(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

/// Python's repr: the shortest digits that read back the same, positional for exponents -4..15.
void appendFloat(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t mark = text.find('e');
  int exponent = 0;
  // from_chars knows no '+'.
  const char* exponentText = buffer.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
  std::from_chars(exponentText, end, exponent);
  if (exponent < -4 || exponent >= 16) {
    out.append(text);
    return;
  }
  if (text.front() == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  std::string digits(1, text.front());
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    digits.append(text.substr(point + 1, text.find('e') - point - 1));
  }
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out += digits;
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
  out.append(digits, 0, whole);
  out.push_back('.');
  out.append(digits, whole);
}

void appendEscape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      out += "\\u00";
      out.push_back(kHex[static_cast<std::uint8_t>(c) >> 4]);
      out.push_back(kHex[static_cast<std::uint8_t>(c) & 0xF]);
  }
}

bool isPlain(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// Whether the eight bytes there stand for themselves.
bool arePlain(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  // The high bit of some byte is set when there is a byte below `limit` (Hacker's Delight 6-1).
  const auto below = [](std::uint64_t word, std::uint64_t limit) {
    return (word - kOnes * limit) & ~word;
  };
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  const auto special =
      word | below(word, 0x20) | below(word ^ (kOnes * '"'), 1) | below(word ^ (kOnes * '\\'), 1);
  return (special & kHighBits) == 0;
}

/// How many bytes at the start stand for themselves: eight at a time, because this looks at every
/// text that is answered or logged.
std::size_t plainPrefix(std::string_view text) {
  std::size_t index = 0;
  while (index + 8 <= text.size() && arePlain(text.data() + index)) index += 8;
  // What is left is looked at again as a part of the last eight.
  if (text.size() >= 8 && index + 8 > text.size() && arePlain(text.data() + text.size() - 8)) {
    return text.size();
  }
  while (index < text.size() && isPlain(text[index])) ++index;
  return index;
}

/// Appends the first character, which is not plain; returns the bytes taken.
std::size_t appendSpecial(std::string& out, std::string_view value) {
  if (static_cast<std::uint8_t>(value.front()) < 0x80) {
    appendEscape(out, value.front());
    return 1;
  }
  const CodePoint point = decodeUtf8(value);
  if (point.length == 0 || isSurrogate(point.value)) {
    out += "\xEF\xBF\xBD";
    return point.length == 0 ? 1 : point.length;
  }
  out.append(value.substr(0, point.length));
  return point.length;
}

void appendObject(std::string& out, const Json::Object& members) {
  out.push_back('{');
  bool first = true;
  for (const auto& [key, value] : members) {
    if (!first) out.push_back(',');
    first = false;
    appendJsonString(out, key);
    out.push_back(':');
    value.dumpTo(out);
  }
  out.push_back('}');
}

void appendArray(std::string& out, const Json::Array& elements) {
  out.push_back('[');
  bool first = true;
  for (const Json& element : elements) {
    if (!first) out.push_back(',');
    first = false;
    element.dumpTo(out);
  }
  out.push_back(']');
}

}  // namespace

void appendJsonString(std::string& out, std::string_view value) {
  out.push_back('"');
  for (;;) {
    const auto plain = plainPrefix(value);
    out.append(value.substr(0, plain));
    if (plain == value.size()) break;
    value.remove_prefix(plain);
    value.remove_prefix(appendSpecial(out, value));
  }
  out.push_back('"');
}

void appendJsonString(TextBuffer& out, std::string_view value) {
  if (plainPrefix(value) == value.size()) {
    char* const quoted = out.extend(value.size() + 2);
    quoted[0] = '"';
    std::copy(value.begin(), value.end(), quoted + 1);
    quoted[value.size() + 1] = '"';
    return;
  }
  std::string escaped;
  appendJsonString(escaped, value);
  out.append(escaped);
}

std::string Json::dump() const {
  std::string out;
  dumpTo(out);
  return out;
}

void Json::dumpTo(std::string& out) const {
  switch (kind()) {
    case Kind::Null:
      out += "null";
      return;
    case Kind::Boolean:
      out += asBoolean() ? "true" : "false";
      return;
    case Kind::Integer:
      if (fitsInt64()) return appendInteger(out, asInt64());
      out += bigIntegerDigits();
      return;
    case Kind::Float:
      return appendFloat(out, asDouble());
    case Kind::String:
      return appendJsonString(out, asString());
    case Kind::Array:
      return appendArray(out, asArray());
    case Kind::Object:
      return appendObject(out, asObject());
  }
}

}  // namespace slipway::base
