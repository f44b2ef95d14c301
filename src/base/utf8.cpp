#include "base/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace slipway::base {
namespace {

std::uint8_t byteAt(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

struct LeadByte {
  std::uint8_t length = 0;  // of the whole sequence; 0: not a lead byte
  std::uint8_t payload = 0;
  std::uint8_t secondLow = 0x80;  // narrowed for overlong forms and beyond U+10FFFF
  std::uint8_t secondHigh = 0xBF;
};

LeadByte classifyLead(std::uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {2, static_cast<std::uint8_t>(lead & 0x1F)};
  if (lead == 0xE0) return {3, 0, 0xA0, 0xBF};
  if (lead > 0xE0 && lead <= 0xEF) return {3, static_cast<std::uint8_t>(lead & 0x0F)};
  if (lead == 0xF0) return {4, 0, 0x90, 0xBF};
  if (lead > 0xF0 && lead < 0xF4) return {4, static_cast<std::uint8_t>(lead & 0x07)};
  if (lead == 0xF4) return {4, 4, 0x80, 0x8F};
  return {};
}

bool isContinuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

/// How many bytes one U+FFFD stands for where decoding failed.
std::size_t invalidLength(std::string_view text) {
  LeadByte lead = classifyLead(byteAt(text, 0));
  if (byteAt(text, 0) == 0xED) lead.secondHigh = 0x9F;
  if (lead.length == 0 || text.size() < 2) return 1;
  if (byteAt(text, 1) < lead.secondLow || byteAt(text, 1) > lead.secondHigh) return 1;
  std::size_t length = 2;
  while (length < lead.length && length < text.size() && isContinuation(byteAt(text, length))) {
    ++length;
  }
  return length;
}

}  // namespace

CodePoint decodeUtf8(std::string_view text) {
  const std::uint8_t first = byteAt(text, 0);
  if (first < 0x80) return {first, 1};
  const LeadByte lead = classifyLead(first);
  if (lead.length == 0 || text.size() < lead.length) return {};
  if (byteAt(text, 1) < lead.secondLow || byteAt(text, 1) > lead.secondHigh) return {};
  char32_t value = lead.payload;
  for (std::size_t index = 1; index < lead.length; ++index) {
    const std::uint8_t next = byteAt(text, index);
    if (!isContinuation(next)) return {};
    value = (value << 6) | (next & 0x3F);
  }
  return {value, lead.length};
}

void appendUtf8(std::string& out, char32_t value) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | (value >> 6));
  } else if (value < 0x10000) {
    put(0xE0 | (value >> 12));
    put(0x80 | ((value >> 6) & 0x3F));
  } else {
    put(0xF0 | (value >> 18));
    put(0x80 | ((value >> 12) & 0x3F));
    put(0x80 | ((value >> 6) & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

std::size_t asciiPrefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t index = 0;
  for (; index + 8 <= text.size(); index += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + index, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (index < text.size() && byteAt(text, index) < 0x80) ++index;
  return index;
}

bool isUtf8OrSurrogates(std::string_view text) {
  text.remove_prefix(asciiPrefix(text));
  while (!text.empty()) {
    const CodePoint point = decodeUtf8(text);
    if (point.length == 0) return false;
    text.remove_prefix(point.length);
    if (!text.empty() && byteAt(text, 0) < 0x80) text.remove_prefix(asciiPrefix(text));
  }
  return true;
}

bool hasSurrogate(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != std::string_view::npos && at + 1 < text.size();
       at = text.find('\xED', at + 1)) {
    if (byteAt(text, at + 1) >= 0xA0) return true;
  }
  return false;
}

std::size_t countCodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return !isContinuation(static_cast<std::uint8_t>(c)); }));
}

std::string replaceInvalidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decodeUtf8(text);
    const bool valid = point.length != 0 && !isSurrogate(point.value);
    const std::size_t taken = valid ? point.length : invalidLength(text);
    out.append(valid ? text.substr(0, taken) : std::string_view("\xEF\xBF\xBD"));
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace slipway::base
