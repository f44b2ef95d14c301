// Integers in text. pydantic first tries the text as a plain JSON integer and only then cleans it
// up, which is why length counts differently for "1..." and for "+1...".
#include <algorithm>
#include <charconv>
#include <limits>

#include "base/utf8.hpp"
#include "platform/schema_value.hpp"

namespace slipway::platform {
namespace {

constexpr std::size_t kMaxLength = 4300;
// Characters of a plain integer that is no larger than an int64: nearly all that come.
constexpr std::size_t kSurelyFits = 18;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Unicode's White_Space property, which is what Rust's trim takes.
bool isSpace(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const base::CodePoint point = base::decodeUtf8(text);
    if (point.length == 0 || !isSpace(point.value)) break;
    text.remove_prefix(point.length);
  }
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    const base::CodePoint point = base::decodeUtf8(text.substr(start));
    if (point.length == 0 || !isSpace(point.value)) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

/// Drops leading zeros but the last, and '_' among them. Nothing: not a number.
std::optional<std::string_view> dropLeadingZeros(std::string_view text) {
  if (text.empty() || !isDigit(text.front())) return std::nullopt;
  if (text.front() != '0') return text;
  const std::size_t end = text.find_first_not_of("0_");
  if (end == std::string_view::npos) return text.substr(text.size() - 1);
  if (text[end] == '.') return text.substr(end - 1);
  const bool goesOn = isDigit(text[end]) || text[end] == '-';
  return goesOn ? std::optional(text.substr(end)) : std::nullopt;
}

std::string_view dropZeroFraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point + 1 == text.size()) return text;
  const bool zero = text.find_first_not_of('0', point + 1) == std::string_view::npos;
  return zero ? text.substr(0, point) : text;
}

/// The digits of `text` without single '_' between them; nothing when there is anything else.
std::optional<std::string> digitsOf(std::string_view text) {
  if (text.empty() || text.front() == '_' || text.back() == '_') return std::nullopt;
  if (text.find("__") != std::string_view::npos) return std::nullopt;
  std::string digits(text);
  std::erase(digits, '_');
  if (!std::ranges::all_of(digits, isDigit)) return std::nullopt;
  return digits;
}

/// How many characters at the start make a JSON integer, without leading zeros; 0: none.
std::size_t plainIntegerLength(std::string_view text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (first == text.size() || !isDigit(text[first]) || text[first] == '0') return 0;
  const std::size_t end = text.find_first_not_of("0123456789", first);
  return end == std::string_view::npos ? text.size() : end;
}

std::int64_t saturatedValue(const std::string& digits, bool negative) {
  const std::string text = negative ? "-" + digits : digits;
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  using Limits = std::numeric_limits<std::int64_t>;
  return negative ? Limits::min() : Limits::max();
}

}  // namespace

std::expected<std::int64_t, ValueError> parseInteger(std::string_view text) {
  const std::size_t plain = plainIntegerLength(text);
  if (plain > 0 && plain == text.size() && plain <= kSurelyFits) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  if (plain > kMaxLength) {
    return std::unexpected(ValueError{
        "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size"});
  }
  const std::unexpected<ValueError> notANumber(ValueError{
      "int_parsing", "Input should be a valid integer, unable to parse string as an integer"});
  std::string_view rest = trim(text);
  bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  auto whole = dropLeadingZeros(rest);
  if (!whole) return notANumber;
  *whole = dropZeroFraction(*whole);
  if (whole->starts_with('-')) {  // "0-1" and "0-_1" pass for -1 there
    whole->remove_prefix(whole->starts_with("-_") && !whole->starts_with("-__") ? 2 : 1);
    const bool zeroFirst = whole->size() > 1 && whole->front() == '0';
    if (negative || zeroFirst) return notANumber;
    negative = true;
  }
  const auto digits = digitsOf(*whole);
  if (!digits || digits->size() + (negative ? 1 : 0) > kMaxLength) return notANumber;
  return saturatedValue(*digits, negative);
}

}  // namespace slipway::platform
