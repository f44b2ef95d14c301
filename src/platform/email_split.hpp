// Takes the text of an e-mail address apart: a name before it, the part before the @-sign and the
// part after it. Pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace slipway::platform {

/// RFC 5322's atext: what may stand unquoted before the @-sign, besides dots.
bool isAtomCharacter(char32_t c);

/// `ann@example.org` of `Ann <ann@example.org>` or `"Ann" <ann@example.org>`; text of another form
/// as it is. Into `text`.
std::u32string_view withoutName(std::u32string_view text);

struct EmailParts {
  std::u32string local;  // without its quotes
  std::u32string domain;
  bool quoted = false;          // the local part was in quotes
  bool hasDisplayName = false;  // in a form that withoutName leaves alone
};

/// The error is the reason as email-validator words it.
std::expected<EmailParts, std::string> splitEmail(std::u32string_view email);

}  // namespace slipway::platform
