// E-mail addresses: accepted and refused as pydantic's EmailStr does (email-validator 2 without
// asking the DNS), with the same reasons. Pure functions.
// Characters that are newer than the system's Unicode tables are refused, and the reasons for some
// of what IDNA refuses (context rules, IPv6 literals) may be worded for another part of the
// address.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace slipway::platform {

struct EmailAddress {
  std::string address;     // as spelled, without the space around it and a name before it
  std::string normalized;  // as EmailStr would give it: domain in lower case Unicode, NFC
};

/// `text` is UTF-8 (surrogates in their 3-byte form are refused as unsafe characters). The error is
/// the reason as pydantic words it. What is accepted has at most 254 bytes.
std::expected<EmailAddress, std::string> checkEmail(std::string_view text);

}  // namespace slipway::platform
