#include "platform/email_domain.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "platform/idna.hpp"
#include "platform/unicode_text.hpp"

namespace slipway::platform {
namespace {

using Reason = std::optional<std::string>;

constexpr std::size_t kMaxDomainBytes = 253;  // RFC 1035 section 2.3.4
constexpr std::size_t kMaxLabelBytes = 63;

bool isLetterOrDigit(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9');
}

bool isHostCharacter(char32_t c) {
  return isLetterOrDigit(c) || c == U'-' || c == U'.' || c >= 0x80;
}

template <typename Text>
std::vector<Text> splitAtDots(Text text) {
  std::vector<Text> labels;
  while (true) {
    const std::size_t dot = text.find(typename Text::value_type{'.'});
    labels.push_back(text.substr(0, dot));
    if (dot == Text::npos) return labels;
    text.remove_prefix(dot + 1);
  }
}

std::string tooMany(std::size_t length, std::size_t limit) {
  const std::size_t excess = length - limit;
  return fmt::format("({} character{} too many)", excess, excess > 1 ? "s" : "");
}

Reason checkDotsAndHyphens(std::u32string_view domain) {
  constexpr std::string_view kStart =
      "An email address cannot have a {} immediately after the @-sign.";
  constexpr std::string_view kEnd = "An email address cannot end with a {}.";
  const auto about = [](std::string_view text, std::string_view what) {
    return fmt::format(fmt::runtime(text), what);
  };
  if (domain.ends_with(U'.')) return about(kEnd, "period");
  if (domain.starts_with(U'.')) return about(kStart, "period");
  if (domain.find(U"..") != std::u32string_view::npos) {
    return "An email address cannot have two periods in a row.";
  }
  if (domain.ends_with(U'-')) return about(kEnd, "hyphen");
  if (domain.starts_with(U'-')) return about(kStart, "hyphen");
  if (domain.find(U".-") != std::u32string_view::npos ||
      domain.find(U"-.") != std::u32string_view::npos) {
    return "An email address cannot have a period and a hyphen next to each other.";
  }
  return std::nullopt;
}

/// Two dashes in third and fourth place are kept for "xn--" (RFC 5890 section 2.3.1).
bool isReserved(std::u32string_view label) {
  return label.size() >= 4 && label.substr(2, 2) == U"--" && label.substr(0, 2) != U"xn";
}

std::expected<std::u32string, std::string> mapChecked(std::u32string_view domain) {
  constexpr std::string_view kInvalid = "The part after the @-sign contains invalid characters";
  if (auto bad = listUnless(domain, isHostCharacter)) {
    return std::unexpected(fmt::format("{}: {}.", kInvalid, *bad));
  }
  if (auto bad = listUnsafe(domain, false)) {
    return std::unexpected("The email address contains unsafe characters: " + *bad + ".");
  }
  auto mapped = mapDomain(domain);
  if (!mapped) return std::unexpected(fmt::format("{} ({}).", kInvalid, mapped.error()));
  if (auto bad = listUnless(*mapped, isHostCharacter)) {
    return std::unexpected(fmt::format("{} after Unicode normalization: {}.", kInvalid, *bad));
  }
  return mapped;
}

std::expected<std::string, std::string> domainToAscii(std::u32string_view domain) {
  if (auto reason = checkDotsAndHyphens(domain)) return std::unexpected(std::move(*reason));
  const auto labels = splitAtDots(domain);
  if (std::ranges::any_of(labels, isReserved)) {
    return std::unexpected(
        "An email address cannot have two letters followed by two dashes immediately after the "
        "@-sign or after a period, except Punycode.");
  }
  if (std::ranges::all_of(domain, [](char32_t c) { return c < 0x80; })) return toUtf8(domain);
  std::string ascii;
  for (const std::u32string_view label : labels) {
    const auto encoded = labelToAscii(label);
    if (!encoded) {
      return std::unexpected(
          fmt::format("The part after the @-sign is invalid ({}).", encoded.error()));
    }
    if (!ascii.empty()) ascii.push_back('.');
    ascii += *encoded;
  }
  return ascii;
}

Reason checkDomainLength(const std::string& ascii, const std::string& original) {
  if (ascii.size() > kMaxDomainBytes) {
    if (ascii == original) {
      return fmt::format("The email address is too long after the @-sign {}.",
                         tooMany(ascii.size(), kMaxDomainBytes));
    }
    const std::size_t excess = ascii.size() - kMaxDomainBytes;
    return fmt::format(
        "The email address is too long after the @-sign ({} byte{} too many after IDNA encoding).",
        excess, excess == 1 ? "" : "s");
  }
  for (const std::string_view label : splitAtDots(std::string_view(ascii))) {
    if (label.size() > kMaxLabelBytes) {
      return fmt::format("After the @-sign, periods cannot be separated by so many characters {}.",
                         tooMany(label.size(), kMaxLabelBytes));
    }
  }
  return std::nullopt;
}

/// Names that no public mail reaches (IANA's special-use domain names).
bool isSpecialUse(std::string_view domain) {
  constexpr std::array<std::string_view, 6> kSpecial{"arpa",      "invalid", "local",
                                                     "localhost", "onion",   "test"};
  const std::string_view top = domain.substr(domain.rfind('.') + 1);
  return std::ranges::find(kSpecial, top) != kSpecial.end();
}

Reason checkPublicName(const std::string& ascii) {
  if (ascii.find('.') == std::string::npos) {
    return "The part after the @-sign is not valid. It should have a period.";
  }
  if (ascii.back() >= '0' && ascii.back() <= '9') {
    return "The part after the @-sign is not valid. It is not within a valid top-level domain.";
  }
  if (isSpecialUse(ascii)) {
    return "The part after the @-sign is a special-use or reserved name that cannot be used with "
           "email.";
  }
  return std::nullopt;
}

std::expected<std::u32string, std::string> domainToUnicode(const std::string& ascii) {
  std::u32string unicode;
  for (const std::string_view label : splitAtDots(std::string_view(ascii))) {
    const auto decoded = labelToUnicode(label);
    if (!decoded) {
      return std::unexpected(
          fmt::format("The part after the @-sign is not valid IDNA ({}).", decoded.error()));
    }
    if (!unicode.empty()) unicode.push_back(U'.');
    unicode += *decoded;
  }
  return unicode;
}

/// Why Python's ipaddress refuses the text as an IPv4 address; nothing: it is one.
Reason checkIpv4(std::string_view text) {
  const auto octets = splitAtDots(text);
  if (octets.size() != 4) return fmt::format("Expected 4 octets in '{}'", text);
  for (const std::string_view octet : octets) {
    if (octet.empty()) return fmt::format("Empty octet not permitted in '{}'", text);
    if (octet.size() > 3) {
      return fmt::format("At most 3 characters permitted in '{}' in '{}'", octet, text);
    }
    if (octet.size() > 1 && octet.front() == '0') {
      return fmt::format("Leading zeros are not permitted in '{}' in '{}'", octet, text);
    }
    if (octet.size() == 3 && octet > "255") {
      return fmt::format("Octet {} (> 255) not permitted in '{}'", octet, text);
    }
  }
  return std::nullopt;
}

bool isIpv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

/// Two dashes in third and fourth place mean something.
bool isPlainLabel(std::string_view label) {
  const auto isHyphenOrMore = [](char c) { return c == '-' || isLetterOrDigit(c); };
  return !label.empty() && label.size() <= kMaxLabelBytes && !label.starts_with('-') &&
         !label.ends_with('-') && (label.size() < 4 || label.substr(2, 2) != "--") &&
         std::ranges::all_of(label, isHyphenOrMore);
}

}  // namespace

bool isPlainDomain(std::string_view domain) {
  if (domain.size() > kMaxDomainBytes) return false;
  const auto lastDot = domain.rfind('.');
  if (lastDot == std::string_view::npos) return false;
  for (auto rest = domain;;) {
    const auto dot = rest.find('.');
    if (!isPlainLabel(rest.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  const auto name = base::toLowerAscii(domain.substr(lastDot));
  return !checkPublicName(name);
}

std::expected<EmailDomain, std::string> checkEmailDomain(std::u32string_view domain) {
  const auto mapped = mapChecked(domain);
  if (!mapped) return std::unexpected(mapped.error());
  auto ascii = domainToAscii(*mapped);
  if (!ascii) return std::unexpected(std::move(ascii.error()));
  if (auto reason = checkDomainLength(*ascii, toUtf8(domain))) return std::unexpected(*reason);
  if (auto reason = checkPublicName(*ascii)) return std::unexpected(std::move(*reason));
  auto unicode = domainToUnicode(*ascii);
  if (!unicode) return std::unexpected(std::move(unicode.error()));
  return EmailDomain{std::move(*ascii), std::move(*unicode)};
}

std::string refuseDomainLiteral(std::u32string_view literal) {
  constexpr std::string_view kNotHere =
      "A bracketed IP address after the @-sign is not allowed here.";
  const std::string text = toUtf8(literal);
  if (!text.empty() && text.find_first_not_of("0123456789.") == std::string::npos) {
    const Reason reason = checkIpv4(text);
    if (!reason) return std::string(kNotHere);
    return fmt::format(
        "The address in brackets after the @-sign is not valid: It is not an IPv4 address ({}) or "
        "is missing an address literal tag.",
        *reason);
  }
  if (text.starts_with("IPv6:")) {
    const std::string address = text.substr(5);
    if (isIpv6(address)) return std::string(kNotHere);
    return fmt::format(
        "The IPv6 address in brackets after the @-sign is not valid ('{}' is not one).", address);
  }
  if (text.find(':') == std::string::npos) {
    return "The part after the @-sign in brackets is not an IPv4 address and has no address "
           "literal tag.";
  }
  const auto allowed = [](char32_t c) { return c >= 0x21 && c <= 0xFA; };
  if (auto bad = listUnless(literal, allowed)) {
    return "The part after the @-sign contains invalid characters in brackets: " + *bad + ".";
  }
  return "The part after the @-sign contains an invalid address literal tag in brackets.";
}

}  // namespace slipway::platform
