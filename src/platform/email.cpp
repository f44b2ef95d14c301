#include "platform/email.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "platform/email_domain.hpp"
#include "platform/email_split.hpp"
#include "platform/unicode_text.hpp"

namespace slipway::platform {
namespace {

using Reason = std::optional<std::string>;

constexpr std::size_t kMaxCharacters = 2048;  // before anything is looked at
constexpr std::size_t kMaxLocalPart = 64;
constexpr std::size_t kMaxAddressBytes = 254;

bool isLocalCharacter(char32_t c) { return isAtomCharacter(c) || c >= 0x80; }
bool isLocalCharacterOrDot(char32_t c) { return isLocalCharacter(c) || c == U'.'; }
bool isQuotable(char32_t c) { return (c >= 0x20 && c <= 0x7E) || c >= 0x80; }

template <typename Text>
bool isDotAtom(Text text, bool (*allowed)(char32_t)) {
  bool expectsCharacter = true;
  for (const auto each : text) {
    const auto c = static_cast<char32_t>(each);  // a byte beyond ASCII is none that is allowed
    if (c == U'.' ? expectsCharacter : !allowed(c)) return false;
    expectsCharacter = c == U'.';
  }
  return !expectsCharacter;
}

std::string plural(std::size_t count) { return count > 1 ? "s" : ""; }

std::string unsafeCharacters(const std::string& list) {
  return "The email address contains unsafe characters: " + list + ".";
}

/// Why text that is no dot-atom is none.
Reason explainLocalPart(std::u32string_view local) {
  if (auto bad = listUnless(local, isLocalCharacterOrDot)) {
    return "The email address contains invalid characters before the @-sign: " + *bad + ".";
  }
  if (local.ends_with(U'.')) {
    return "An email address cannot have a period immediately before the @-sign.";
  }
  if (local.starts_with(U'.')) return "An email address cannot start with a period.";
  return "An email address cannot have two periods in a row.";
}

Reason checkLocalPart(std::u32string_view local, bool quoted) {
  if (local.empty()) return "There must be something before the @-sign.";
  if (local.size() > kMaxLocalPart) {
    const std::size_t excess = local.size() - kMaxLocalPart;
    return fmt::format("The email address is too long before the @-sign ({} character{} too many).",
                       excess, plural(excess));
  }
  if (isDotAtom(local, isAtomCharacter)) return std::nullopt;
  const bool plain = isDotAtom(local, isLocalCharacter);
  if (!plain && !quoted) return explainLocalPart(local);
  if (!plain) {
    if (auto bad = listUnless(local, isQuotable)) {
      return "The email address contains invalid characters in quotes before the @-sign: " + *bad +
             ".";
    }
  }
  if (auto bad = listUnsafe(local, !plain)) return unsafeCharacters(*bad);
  return std::nullopt;
}

/// Mailboxes whose names have no case (RFC 2142).
bool isRoleName(const std::string& name) {
  constexpr std::array<std::string_view, 15> kNames{
      "info",       "marketing", "sales", "support",   "abuse", "noc",  "security", "postmaster",
      "hostmaster", "usenet",    "news",  "webmaster", "www",   "uucp", "ftp"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// The local part as it is compared.
std::string mailbox(std::string_view local) {
  auto lower = base::toLowerAscii(local);
  return isRoleName(lower) ? lower : std::string(local);
}

/// How many characters too many there are at least, where some take several bytes.
std::string tooLongAsGiven(std::u32string_view address, std::size_t bytes) {
  const std::size_t excess = bytes - kMaxAddressBytes;
  std::size_t widest = 1;
  for (const char32_t c : address) widest = std::max(widest, toUtf8({&c, 1}).size());
  const std::size_t fewest = std::max<std::size_t>(1, excess / widest);
  const std::string count =
      fewest == excess ? std::to_string(excess) : fmt::format("{}-{}", fewest, excess);
  return fmt::format("The email address is too long ({} character{} too many).", count,
                     plural(excess));
}

Reason checkAddressLength(std::u32string_view given, const std::string& normalized,
                          const std::string& ascii) {
  const std::size_t bytes = toUtf8(given).size();
  if (bytes > kMaxAddressBytes) return tooLongAsGiven(given, bytes);
  const auto tooLong = [](std::string_view when, std::size_t length) {
    const std::size_t excess = length - kMaxAddressBytes;
    return fmt::format("The email address is too long {} ({} byte{} too many).", when, excess,
                       plural(excess));
  };
  if (normalized.size() > kMaxAddressBytes) {
    return tooLong("after normalization", normalized.size());
  }
  if (ascii.size() > kMaxAddressBytes) {
    return tooLong("when the part after the @-sign is converted to IDNA ASCII", ascii.size());
  }
  return std::nullopt;
}

std::u32string asGiven(const EmailParts& parts) {
  const std::u32string quote(parts.quoted ? 1 : 0, U'"');
  return quote + parts.local + quote + U"@" + parts.domain;
}

Reason checkLocalParts(const EmailParts& parts, std::u32string_view normalized) {
  if (auto reason = checkLocalPart(parts.local, parts.quoted)) return reason;
  if (normalized != parts.local) {
    if (auto reason = checkLocalPart(normalized, parts.quoted)) {
      return "After Unicode normalization: " + *reason;
    }
  }
  if (parts.quoted) return "Quoting the part before the @-sign is not allowed here.";
  if (parts.domain.empty()) return "There must be something after the @-sign.";
  if (parts.domain.starts_with(U'[') && parts.domain.ends_with(U']')) {
    const std::u32string_view literal(parts.domain);
    return refuseDomainLiteral(literal.substr(1, literal.size() - 2));
  }
  return std::nullopt;
}

std::expected<EmailAddress, std::string> checkParts(const EmailParts& parts) {
  const std::u32string normalizedLocal = toNfc(parts.local);
  if (auto reason = checkLocalParts(parts, normalizedLocal)) return std::unexpected(*reason);
  const std::string local = mailbox(toUtf8(normalizedLocal));
  const auto domain = checkEmailDomain(parts.domain);
  if (!domain) return std::unexpected(domain.error());
  const std::u32string given = asGiven(parts);
  EmailAddress address{toUtf8(given), local + "@" + toUtf8(domain->unicode)};
  const std::string ascii = local + "@" + domain->ascii;
  if (auto reason = checkAddressLength(given, address.normalized, ascii)) {
    return std::unexpected(std::move(*reason));
  }
  if (parts.hasDisplayName) {
    return std::unexpected(
        "A display name and angle brackets around the email address are not permitted here.");
  }
  return address;
}

/// What nearly all addresses are: plain ASCII, of which no character has to be looked up. Nothing:
/// it takes more to say what it is.
std::optional<EmailAddress> plainAddress(std::string_view text) {
  const auto at = text.find('@');
  if (at > kMaxLocalPart || text.size() > kMaxAddressBytes) return std::nullopt;
  const auto local = text.substr(0, at);
  const auto domain = text.substr(at + 1);
  if (!isDotAtom(local, isAtomCharacter) || !isPlainDomain(domain)) return std::nullopt;
  return EmailAddress{std::string(text), mailbox(local) + '@' + base::toLowerAscii(domain)};
}

}  // namespace

std::expected<EmailAddress, std::string> checkEmail(std::string_view text) {
  if (auto plain = plainAddress(text)) return *std::move(plain);
  const std::u32string whole = toCodePoints(text);
  if (whole.size() > kMaxCharacters) {
    return std::unexpected(fmt::format("Length must not exceed {} characters", kMaxCharacters));
  }
  const auto parts = splitEmail(strip(withoutName(whole)));
  if (!parts) return std::unexpected(parts.error());
  return checkParts(*parts);
}

}  // namespace slipway::platform
