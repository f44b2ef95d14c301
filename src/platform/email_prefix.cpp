#include "platform/email_prefix.hpp"

#include <algorithm>
#include <cstddef>

#include "platform/idna.hpp"
#include "platform/unicode_text.hpp"

namespace slipway::platform {

namespace {

bool isPunycode(std::u32string_view label) {
  return label.starts_with(U"xn--") &&
         std::ranges::all_of(label, [](char32_t c) { return c < 0x80; });
}

std::u32string readableLabel(std::u32string_view label) {
  if (isPunycode(label)) {
    const auto decoded = labelToUnicode(toUtf8(label));
    if (decoded) return *decoded;
  }
  return std::u32string(label);
}

std::u32string readableDomain(std::u32string_view domain) {
  const auto mapped = mapDomain(domain);
  if (!mapped) return std::u32string(domain);
  std::u32string readable;
  std::u32string_view rest = *mapped;
  for (;;) {
    const auto dot = rest.find(U'.');
    readable += readableLabel(rest.substr(0, dot));
    if (dot == std::u32string_view::npos) return readable;
    readable.push_back(U'.');
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string normalizedEmailPrefix(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return toUtf8(toNfc(toCodePoints(text)));
  const auto domain = readableDomain(toCodePoints(text.substr(at + 1)));
  return toUtf8(toNfc(toCodePoints(text.substr(0, at)))) + "@" + toUtf8(domain);
}

}  // namespace slipway::platform
