// The URL of something that Slipway talks to (a database, a cache, a collector), taken apart, and
// its form that may be shown. Pure functions on Boost.URL, which reads by RFC 3986.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace slipway::net {

struct ServiceUrl {
  std::string scheme;  // lower case
  std::string user;
  std::optional<base::Secret> password;
  std::string host;  // without the brackets of an IPv6 address; empty when there is none
  std::optional<std::uint16_t> port;
  std::string path;   // decoded, "/" included
  std::string query;  // raw
};

/// Error: what is wrong, without any part of the URL.
std::expected<ServiceUrl, std::string> parseServiceUrl(std::string_view text);

/// Of a URL that names several hosts, as libpq takes it (`//a:1,b:2/x`), the one with the first of
/// them; any other URL as it is.
std::string withFirstHostOnly(std::string_view text);

/// The URL with everything masked that may be a secret: the password and the values of query
/// parameters that are named like one. May name several hosts. base::kMasked
/// when it is no URL at all.
std::string maskUrl(std::string_view text);

}  // namespace slipway::net
