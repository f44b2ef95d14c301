// SHA-1 and SHA-256 (OpenSSL's). Pure functions; throw std::runtime_error when OpenSSL has them
// not.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace slipway::platform {

/// Of the parts one after the other, as 64 hexadecimal digits.
std::string sha256Hex(std::initializer_list<std::string_view> parts);
/// As 40 hexadecimal digits: the name that Redis gives a script. Not for secrets.
std::string sha1Hex(std::string_view text);

}  // namespace slipway::platform
