#include "platform/email_split.hpp"

#include <algorithm>
#include <optional>

#include "platform/unicode_text.hpp"

namespace slipway::platform {
namespace {

constexpr auto kNone = std::u32string_view::npos;

bool isNameCharacter(char32_t c) {
  constexpr std::u32string_view kSpecial = U"!#$%&'*+-/=?^_`{|}~";
  return isPythonWord(c) || kSpecial.find(c) != kNone;
}

std::u32string_view skipSpace(std::u32string_view text) {
  while (!text.empty() && isPythonSpace(text.front())) text.remove_prefix(1);
  return text;
}

std::u32string_view dropSpaceAtEnd(std::u32string_view text) {
  while (!text.empty() && isPythonSpace(text.back())) text.remove_suffix(1);
  return text;
}

/// What stands between `<` at the start and `>` at the end; nothing when it is not so.
std::optional<std::u32string_view> betweenBrackets(std::u32string_view text) {
  if (text.size() < 3 || text.front() != U'<' || text.back() != U'>') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  if (text.find(U'\n') != kNone) return std::nullopt;
  return text;
}

/// The address behind a quoted name: the quote may end at any '"', the last one first.
std::optional<std::u32string_view> behindQuotedName(std::u32string_view text) {
  for (std::size_t end = text.rfind(U'"'); end != kNone && end >= 2;
       end = text.rfind(U'"', end - 1)) {
    if (auto address = betweenBrackets(skipSpace(text.substr(end + 1)))) return address;
  }
  return std::nullopt;
}

/// Whether something at `index` would merge with the character there (as U+0338 does with '<').
bool mergesWithNext(std::u32string_view text, std::size_t index) {
  constexpr std::size_t kFarEnough = 32;
  return index + 1 < text.size() && text[index + 1] >= 0x300 &&
         toNfc(text.substr(index, kFarEnough)).front() != text[index];
}

/// Where the first of `specials` is that is not in quotes; the text's size when there is none.
std::size_t findUnquoted(std::u32string_view text, std::u32string_view specials) {
  bool inQuotes = false;
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (mergesWithNext(text, i)) continue;
    if (inQuotes) {
      if (c == U'"' && !escaped) inQuotes = false;
      escaped = c == U'\\' && !escaped;
    } else if (c == U'"') {
      inQuotes = true;
    } else if (specials.find(c) != kNone) {
      return i;
    }
  }
  return text.size();
}

struct Unquoted {
  std::u32string text;
  bool quoted = false;
};

std::string charactersAfterQuote(std::u32string_view rest) {
  std::string reason = "Extra character(s) found after close quote: ";
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (i > 0) reason += ", ";
    reason += displayed(rest[i]);
  }
  return reason;
}

std::expected<Unquoted, std::string> unquote(std::u32string_view text) {
  if (!text.starts_with(U'"')) return Unquoted{std::u32string(text), false};
  Unquoted result{{}, true};
  bool escaped = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (!escaped && c == U'"') {
      if (i + 1 < text.size()) return std::unexpected(charactersAfterQuote(text.substr(i + 1)));
      break;
    }
    const bool escapes = !escaped && c == U'\\';
    if (!escapes) result.text.push_back(c);
    escaped = escapes;
  }
  return result;
}

std::unexpected<std::string> noAtSign() {
  return std::unexpected<std::string>("An email address must have an @-sign.");
}

bool isBareNameCharacter(char32_t c) { return isAtomCharacter(c) || c == U' '; }

/// Checks the name before `<`; an error's text, or nothing.
std::optional<std::string> checkDisplayName(std::u32string_view text) {
  const auto name = unquote(dropSpaceAtEnd(text));
  if (!name) return name.error();
  if (!name->quoted) {
    if (auto bad = listUnless(name->text, isBareNameCharacter)) {
      return "The display name contains invalid characters when not quoted: " + *bad + ".";
    }
  }
  if (auto bad = listUnsafe(name->text, true)) {
    return "The email address contains unsafe characters: " + *bad + ".";
  }
  return std::nullopt;
}

/// The address in a text that starts with `<`.
std::expected<std::u32string_view, std::string> inAngleBrackets(std::u32string_view text) {
  if (text.find(U'>') == kNone) {
    return std::unexpected(
        "An open angle bracket at the start of the email address has to be followed by a close "
        "angle bracket at the end.");
  }
  while (text.back() == U' ') text.remove_suffix(1);
  if (text.back() != U'>') {
    return std::unexpected("There can't be anything after the email address.");
  }
  text.remove_prefix(1);
  while (text.ends_with(U'>')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool isAtomCharacter(char32_t c) {
  constexpr std::u32string_view kSpecial = U"_!#$%&'*+-/=?^`{|}~";
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') ||
         kSpecial.find(c) != kNone;
}

std::u32string_view withoutName(std::u32string_view text) {
  const std::u32string_view inner = strip(text);
  if (inner.starts_with(U'"')) return behindQuotedName(inner).value_or(text);
  std::u32string_view rest = inner;
  while (!rest.empty() && (isNameCharacter(rest.front()) || isPythonSpace(rest.front()))) {
    rest.remove_prefix(1);
  }
  return betweenBrackets(rest).value_or(text);
}

std::expected<EmailParts, std::string> splitEmail(std::u32string_view email) {
  EmailParts parts;
  std::size_t at = findUnquoted(email, U"@<");
  if (at == email.size()) return noAtSign();
  if (email[at] == U'<') {
    if (auto reason = checkDisplayName(email.substr(0, at))) return std::unexpected(*reason);
    const auto address = inAngleBrackets(email.substr(at));
    if (!address) return std::unexpected(address.error());
    parts.hasDisplayName = true;
    email = *address;
    at = findUnquoted(email, U"@");
    if (at == email.size()) return noAtSign();
  }
  auto local = unquote(email.substr(0, at));
  if (!local) return std::unexpected(std::move(local.error()));
  parts.local = std::move(local->text);
  parts.quoted = local->quoted;
  parts.domain = email.substr(at + 1);
  return parts;
}

}  // namespace slipway::platform
