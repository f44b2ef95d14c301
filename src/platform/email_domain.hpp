// The part of an e-mail address after the @-sign: host names, internationalised ones included
// (UTS 46 mapping, IDNA 2008 validity). Pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace slipway::platform {

struct EmailDomain {
  std::string ascii;       // as the DNS has it: lower case, Punycode
  std::u32string unicode;  // as people read it
};

/// Whether it is a name of ASCII letters, digits and hyphens that is accepted as it stands, but for
/// its case. What is not may be accepted all the same.
bool isPlainDomain(std::string_view domain);

/// The error is the reason as email-validator words it.
std::expected<EmailDomain, std::string> checkEmailDomain(std::u32string_view domain);

/// Checks what stands between brackets. Always a reason: literal addresses are refused.
std::string refuseDomainLiteral(std::u32string_view literal);

}  // namespace slipway::platform
