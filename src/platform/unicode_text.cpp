#include "platform/unicode_text.hpp"

#include <fmt/format.h>
#include <unicase.h>
#include <unictype.h>
#include <uniname.h>
#include <uninorm.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/utf8.hpp"

namespace slipway::platform {
namespace {

struct Freed {
  void operator()(std::uint32_t* memory) const { std::free(memory); }
};

std::u32string normalized(uninorm_t form, std::u32string_view text) {
  // Lone surrogates make it fail; text with one is refused elsewhere, so it may stay as it is.
  std::size_t length = 0;
  std::u32string plain(text);
  const std::unique_ptr<std::uint32_t, Freed> result(u32_normalize(
      form, reinterpret_cast<const std::uint32_t*>(plain.data()), plain.size(), nullptr, &length));
  if (result == nullptr) return plain;
  return {result.get(), result.get() + length};
}

template <typename Container>
std::optional<std::string> joined(const Container& parts) {
  if (parts.empty()) return std::nullopt;
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

}  // namespace

std::u32string toCodePoints(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const base::CodePoint point = base::decodeUtf8(text);
    if (point.length == 0) break;
    out.push_back(point.value);
    text.remove_prefix(point.length);
  }
  return out;
}

std::string toUtf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) base::appendUtf8(out, c);
  return out;
}

std::string_view categoryOf(char32_t c) { return uc_general_category_name(uc_general_category(c)); }

std::string_view bidiClassOf(char32_t c) { return uc_bidi_class_name(uc_bidi_class(c)); }

bool isPythonSpace(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

bool isPythonWord(char32_t c) {
  if (c == U'_') return true;
  const char major = categoryOf(c).front();
  return major == 'L' || major == 'N';
}

std::u32string_view strip(std::u32string_view text) {
  while (!text.empty() && isPythonSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isPythonSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::u32string toNfc(std::u32string_view text) {
  constexpr char32_t kFirstThatChanges = 0x300;
  const auto stays = [](char32_t c) { return c < kFirstThatChanges; };
  if (std::ranges::all_of(text, stays)) return std::u32string(text);
  return normalized(UNINORM_NFC, text);
}

std::u32string toNfkcFolded(char32_t c) {
  const std::uint32_t plain = c;
  std::size_t length = 0;
  const std::unique_ptr<std::uint32_t, Freed> folded(
      u32_casefold(&plain, 1, nullptr, UNINORM_NFKC, nullptr, &length));
  if (folded == nullptr) return std::u32string{c};
  return {folded.get(), folded.get() + length};
}

std::string displayed(char32_t c) {
  if (c == U'\\') return R"("\")";
  if (c == U'\'') return R"("'")";
  if (std::string_view("LNPS").find(categoryOf(c).front()) != std::string_view::npos) {
    return "'" + toUtf8(std::u32string_view(&c, 1)) + "'";
  }
  std::array<char, UNINAME_MAX> name{};
  if (unicode_character_name(c, name.data()) != nullptr) return name.data();
  const auto number = static_cast<std::uint32_t>(c);
  return c < 0xFFFF ? fmt::format("U+{:04X}", number) : fmt::format("U+{:08X}", number);
}

std::optional<std::string> listUnless(std::u32string_view text, bool (*allowed)(char32_t)) {
  std::set<std::string> found;
  for (const char32_t c : text) {
    if (!allowed(c)) found.insert(displayed(c));
  }
  return joined(found);
}

std::optional<std::string> listUnsafe(std::u32string_view text, bool allowSpace) {
  std::set<char32_t> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] > 0x20 && text[i] < 0x7F) continue;
    const std::string_view category = categoryOf(text[i]);
    const bool visible = std::string_view("LNPS").find(category[0]) != std::string_view::npos;
    const bool combining = category[0] == 'M' && i > 0;
    const bool space = category == "Zs" && allowSpace;
    if (!visible && !combining && !space) found.insert(text[i]);
  }
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const char32_t c : found) names.push_back(displayed(c));
  return joined(names);
}

}  // namespace slipway::platform
