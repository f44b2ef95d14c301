// The parts of a request target (RFC 9112 section 3.2) and percent-decoding.
#pragma once

#include <string>
#include <string_view>

namespace slipway::net {

struct Target {
  std::string_view path;   // raw; "*" for the asterisk form
  std::string_view query;  // raw, without '?'
};

/// Splits an origin-, absolute- or asterisk-form target. False for anything else.
bool splitTarget(std::string_view target, Target& parts);

/// Replaces %XX by its byte; a '%' that is not followed by two hex digits stays (as Python's
/// unquote leaves it).
void percentDecode(std::string_view text, std::string& out);

/// Escapes what may not stand in a path (RFC 3986 section 3.3), '%' included; slashes stay.
std::string percentEncodePath(std::string_view path);

}  // namespace slipway::net
