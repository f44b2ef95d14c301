#include "platform/idna.hpp"

#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/utf8.hpp"
#include "platform/unicode_text.hpp"

namespace slipway::platform {
namespace {

using Reason = std::optional<std::string>;

struct FreedByIdn2 {
  void operator()(void* memory) const { idn2_free(memory); }
};

std::string number(char32_t c) { return fmt::format("U+{:04X}", static_cast<std::uint32_t>(c)); }

/// As Python's repr shows text without quotes in it.
std::string quoted(std::u32string_view text) {
  std::string out = "'";
  for (const char32_t c : text) {
    const auto value = static_cast<std::uint32_t>(c);
    const bool shown =
        std::string_view("LMNPS").find(categoryOf(c).front()) != std::string_view::npos;
    if (shown) {
      base::appendUtf8(out, c);
    } else {
      out += c < 0x100     ? fmt::format("\\x{:02x}", value)
             : c < 0x10000 ? fmt::format("\\u{:04x}", value)
                           : fmt::format("\\U{:08x}", value);
    }
  }
  out.push_back('\'');
  return out;
}

bool isAscii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

struct Registered {
  int code = IDN2_OK;
  std::string ascii;
};

Registered registerLabel(std::u32string_view label) {
  const std::string text = toUtf8(label);
  std::uint8_t* raw = nullptr;
  const int code =
      idn2_register_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()), nullptr, &raw, 0);
  const std::unique_ptr<std::uint8_t, FreedByIdn2> owned(raw);
  return {code, owned ? reinterpret_cast<const char*>(owned.get()) : ""};
}

bool isAllowed(char32_t c) {
  if (c < 0x80) return c == U'-' || (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z');
  // 'q' before it: some are not allowed at the start, and nothing combines with that letter.
  const int code = registerLabel(std::u32string{U'q', c}).code;
  return code != IDN2_DISALLOWED && code != IDN2_UNASSIGNED;
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// RFC 5893 section 2, rules 2 to 6, for a label that has right-to-left characters.
Reason checkBidiOrder(std::u32string_view label, bool rightToLeft) {
  bool validEnd = false;
  std::string_view numbers;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const std::string_view kind = bidiClassOf(label[i]);
    const bool neutral = isOneOf(kind, {"EN", "ES", "CS", "ET", "ON", "BN", "NSM"});
    const bool fits = neutral || (rightToLeft ? isOneOf(kind, {"R", "AL", "AN"}) : kind == "L");
    if (!fits) {
      return fmt::format("Invalid direction for codepoint at position {} in a {} label", i + 1,
                         rightToLeft ? "right-to-left" : "left-to-right");
    }
    const bool ends =
        rightToLeft ? isOneOf(kind, {"R", "AL", "EN", "AN"}) : isOneOf(kind, {"L", "EN"});
    if (ends || kind != "NSM") validEnd = ends;
    if (!rightToLeft || !isOneOf(kind, {"AN", "EN"})) continue;
    if (!numbers.empty() && numbers != kind) {
      return "Can not mix numeral types in a right-to-left label";
    }
    numbers = kind;
  }
  if (!validEnd) return "Label ends with illegal codepoint directionality";
  return std::nullopt;
}

Reason checkBidi(std::u32string_view label) {
  const auto isRightToLeft = [](char32_t c) { return isOneOf(bidiClassOf(c), {"R", "AL", "AN"}); };
  if (std::ranges::none_of(label, isRightToLeft)) return std::nullopt;
  const std::string_view first = bidiClassOf(label.front());
  if (!isOneOf(first, {"R", "AL", "L"})) {
    return fmt::format("First codepoint in label {} must be directionality L, R or AL",
                       quoted(label));
  }
  return checkBidiOrder(label, first != "L");
}

bool needsContext(char32_t c) {
  return c == 0xB7 || c == 0x375 || c == 0x5F3 || c == 0x5F4 || c == 0x30FB ||
         (c >= 0x660 && c <= 0x669) || (c >= 0x6F0 && c <= 0x6F9);
}

/// What a context rule has against the label, told for the first character that has such a rule.
Reason checkContext(std::u32string_view label) {
  const int code = registerLabel(label).code;
  const bool joiner = code == IDN2_CONTEXTJ || code == IDN2_CONTEXTJ_NO_RULE;
  if (!joiner && code != IDN2_CONTEXTO && code != IDN2_CONTEXTO_NO_RULE) return std::nullopt;
  const auto found = std::ranges::find_if(label, [joiner](char32_t c) {
    return joiner ? c == 0x200C || c == 0x200D : needsContext(c);
  });
  if (found == label.end()) return std::nullopt;
  const auto position = found - label.begin() + 1;
  if (joiner) {
    return fmt::format("Unknown codepoint adjacent to joiner {} at position {} in {}",
                       number(*found), position, quoted(label));
  }
  return fmt::format("Codepoint {} not allowed at position {} in {}", number(*found), position,
                     quoted(label));
}

Reason checkLabel(std::u32string_view label) {
  if (label.empty()) return "Empty Label";
  if (toNfc(label) != label) return "Label must be in Normalization Form C";
  if (label.size() >= 4 && label[2] == U'-' && label[3] == U'-') {
    return "Label has disallowed hyphens in 3rd and 4th position";
  }
  if (label.front() == U'-' || label.back() == U'-') {
    return "Label must not start or end with a hyphen";
  }
  const bool ascii = isAscii(label);
  if (!ascii && categoryOf(label.front()).front() == 'M') {
    return "Label begins with an illegal combining character";
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (!isAllowed(label[i])) {
      return fmt::format("Codepoint {} at position {} of {} not allowed", number(label[i]), i + 1,
                         quoted(label));
    }
  }
  if (ascii) return std::nullopt;  // the rules below are about other characters
  if (auto reason = checkContext(label)) return reason;
  return checkBidi(label);
}

/// UTS 46 takes these away. (Others that it takes away are format characters, which e-mail
/// addresses may not hold.)
bool isIgnored(char32_t c) {
  return c == 0x34F || (c >= 0x180B && c <= 0x180D) || c == 0x180F ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/// Capital letters that had no small ones when IDNA 2003 was made.
bool isRefusedCapital(char32_t c) {
  return c == 0x4C0 || (c >= 0x10A0 && c <= 0x10C5) || c == 0x2132 || c == 0x2183;
}

/// What a character outside ASCII becomes; nothing: not allowed in a domain.
std::optional<std::u32string> mapped(char32_t c) {
  if (isIgnored(c)) return U"";
  if (isRefusedCapital(c)) return std::nullopt;
  if (c == 0xDF || c == 0x3C2) return std::u32string{c};  // not folded any more
  if (c == 0x1E9E) return U"\u00DF";
  if (c == 0x3002 || c == 0xFF0E || c == 0xFF61) return U".";
  std::u32string folded = toNfkcFolded(c);
  if (folded.find(U'.') != std::u32string::npos) return std::nullopt;
  return folded;
}

}  // namespace

std::expected<std::u32string, std::string> mapDomain(std::u32string_view domain) {
  std::u32string out;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    if (domain[i] < 0x80) {
      const bool capital = domain[i] >= U'A' && domain[i] <= U'Z';
      out.push_back(capital ? domain[i] - U'A' + U'a' : domain[i]);
      continue;
    }
    const auto part = mapped(domain[i]);
    if (!part) {
      return std::unexpected(fmt::format("Codepoint {} not allowed at position {} in {}",
                                         number(domain[i]), i + 1, quoted(domain)));
    }
    out += *part;
  }
  return isAscii(out) ? out : toNfc(out);
}

std::expected<std::string, std::string> labelToAscii(std::u32string_view label) {
  constexpr std::size_t kMaxLabel = 63;
  if (isAscii(label)) {
    std::string ascii = toUtf8(label);
    if (auto unicode = labelToUnicode(ascii); !unicode) return std::unexpected(unicode.error());
    if (ascii.size() > kMaxLabel) return std::unexpected("Label too long");
    return ascii;
  }
  if (auto reason = checkLabel(label)) return std::unexpected(std::move(*reason));
  Registered result = registerLabel(label);
  if (result.code != IDN2_OK) return std::unexpected("Label too long");
  return std::move(result.ascii);
}

std::expected<std::u32string, std::string> labelToUnicode(std::string_view label) {
  if (!label.starts_with("xn--")) {
    std::u32string text = toCodePoints(label);
    if (auto reason = checkLabel(text)) return std::unexpected(std::move(*reason));
    return text;
  }
  char* raw = nullptr;
  const int code = idn2_to_unicode_8z8z(std::string(label).c_str(), &raw, IDN2_NO_TR46);
  const std::unique_ptr<char, FreedByIdn2> owned(raw);
  if (code != IDN2_OK || owned == nullptr) return std::unexpected("Invalid A-label");
  std::u32string text = toCodePoints(owned.get());
  if (auto reason = checkLabel(text)) return std::unexpected(std::move(*reason));
  return text;
}

}  // namespace slipway::platform
