// Internationalised host names: UTS 46 mapping and IDNA 2008 labels, with the error texts of
// Python's idna package. Pure functions; validity of code points and Punycode are libidn2's.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace slipway::platform {

/// Lower case, compatibility forms mapped, NFC, dots of other scripts made '.'.
std::expected<std::u32string, std::string> mapDomain(std::u32string_view domain);

/// A mapped label in its ASCII form ("xn--...").
std::expected<std::string, std::string> labelToAscii(std::u32string_view label);

/// An ASCII label in its Unicode form.
std::expected<std::u32string, std::string> labelToUnicode(std::string_view label);

}  // namespace slipway::platform
