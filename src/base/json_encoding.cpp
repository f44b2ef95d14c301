#include "base/json_encoding.hpp"

#include "base/utf8.hpp"

namespace slipway::base {
namespace {

struct Units {
  std::string_view bytes;
  std::size_t width;
  bool bigEndian;

  std::size_t size() const { return bytes.size() / width; }
  char32_t at(std::size_t index) const {
    char32_t unit = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t place = bigEndian ? i : width - 1 - i;
      unit = (unit << 8) | static_cast<std::uint8_t>(bytes[index * width + place]);
    }
    return unit;
  }
};

bool isHigh(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool isLow(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

}  // namespace

JsonEncoding detectJsonEncoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return JsonEncoding::Utf32Be;
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return JsonEncoding::Utf32Le;
  if (bytes.starts_with("\xFE\xFF"sv)) return JsonEncoding::Utf16Be;
  if (bytes.starts_with("\xFF\xFE"sv)) return JsonEncoding::Utf16Le;
  if (bytes.size() >= 4) {
    if (bytes[0] == '\0') return bytes[1] != '\0' ? JsonEncoding::Utf16Be : JsonEncoding::Utf32Be;
    if (bytes[1] == '\0') {
      return bytes[2] != '\0' || bytes[3] != '\0' ? JsonEncoding::Utf16Le : JsonEncoding::Utf32Le;
    }
  } else if (bytes.size() == 2) {
    if (bytes[0] == '\0') return JsonEncoding::Utf16Be;
    if (bytes[1] == '\0') return JsonEncoding::Utf16Le;
  }
  return JsonEncoding::Utf8;
}

std::optional<std::string> toUtf8(std::string_view bytes, JsonEncoding encoding) {
  const bool wide = encoding == JsonEncoding::Utf32Le || encoding == JsonEncoding::Utf32Be;
  const bool big = encoding == JsonEncoding::Utf16Be || encoding == JsonEncoding::Utf32Be;
  const Units units{bytes, wide ? 4U : 2U, big};
  if (bytes.size() % units.width != 0) return std::nullopt;
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t index = 0; index < units.size(); ++index) {
    char32_t value = units.at(index);
    if (index == 0 && value == 0xFEFF) continue;
    if (!wide && isHigh(value) && index + 1 < units.size() && isLow(units.at(index + 1))) {
      value = 0x10000 + ((value - 0xD800) << 10) + (units.at(++index) - 0xDC00);
    }
    if (value > 0x10FFFF) return std::nullopt;
    appendUtf8(out, value);
  }
  return out;
}

}  // namespace slipway::base
