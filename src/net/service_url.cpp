#include "net/service_url.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <utility>

#include "base/text.hpp"

namespace slipway::net {

namespace urls = boost::urls;

namespace {

/// Of any of Boost.URL's string views.
std::string text(const auto& view) { return {view.data(), view.size()}; }

bool namesSecret(std::string_view parameter) {
  constexpr std::array<std::string_view, 4> kSigns = {"pass", "secret", "token", "key"};
  const auto lower = base::toLowerAscii(parameter);
  for (const auto sign : kSigns) {
    if (lower.find(sign) != std::string::npos) return true;
  }
  return false;
}

std::string hostOf(const urls::url_view& url) {
  if (url.host_type() == urls::host_type::ipv6) return text(url.host_ipv6_address().to_string());
  return url.host();
}

/// A password that is not percent-encoded ("pass/word") ends the authority too early and shows up
/// behind it. Boost 1.81 also takes what follows a port's digits as a path without its slash.
bool isMisread(const urls::url_view& url) {
  const auto path = text(url.encoded_path());
  if (!path.empty() && path.front() != '/') return true;
  return !url.encoded_authority().empty() &&
         text(url.buffer()).find('@', url.encoded_origin().size()) != std::string::npos;
}

/// A C library would take what is before it for the whole.
bool holdsNul(const ServiceUrl& url) {
  const auto holds = [](std::string_view part) { return part.find('\0') != part.npos; };
  return holds(url.user) || holds(url.host) || holds(url.path) ||
         (url.password && holds(url.password->reveal()));
}

/// Where in a URL the hosts after the first stand; an empty range at the end of the authority when
/// there is but one.
std::pair<std::size_t, std::size_t> furtherHosts(std::string_view spelled) {
  const auto slashes = spelled.find("//");
  if (slashes == std::string_view::npos) return {spelled.size(), spelled.size()};
  const auto end = std::min(spelled.find_first_of("/?#", slashes + 2), spelled.size());
  auto begin = slashes + 2;
  const auto at = spelled.substr(0, end).rfind('@');
  if (at != std::string_view::npos && at > begin) begin = at + 1;
  return {std::min(spelled.find(',', begin), end), end};
}

std::string maskOneHost(const std::string& spelled) {
  const auto parsed = urls::parse_uri(spelled);
  if (parsed.has_error() || isMisread(*parsed)) return std::string(base::kMasked);
  urls::url url(*parsed);
  if (url.has_password()) url.set_password(base::kMasked);
  auto parameters = url.params();
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const urls::param parameter(*it);
    if (namesSecret(parameter.key)) it = parameters.set(it, base::kMasked);
  }
  return text(url.buffer());
}

}  // namespace

std::expected<ServiceUrl, std::string> parseServiceUrl(std::string_view spelled) {
  const auto parsed = urls::parse_uri(spelled);
  if (parsed.has_error() || isMisread(*parsed)) {
    return std::unexpected(
        "it is not a URL (special characters, as in a password, must be percent-encoded)");
  }
  const urls::url_view& url = *parsed;
  ServiceUrl result;
  result.scheme = base::toLowerAscii(text(url.scheme()));
  if (!url.has_authority()) return std::unexpected("'//' must follow the scheme");
  if (url.has_fragment()) return std::unexpected("nothing may follow a # (encode it as %23)");
  result.user = url.user();
  if (url.has_password()) result.password = base::Secret(url.password());
  result.host = hostOf(url);
  if (url.has_port() && !text(url.port()).empty()) {
    const auto port = base::parseUnsigned(text(url.port()));
    if (!port || *port == 0 || *port > 65535) return std::unexpected("its port must be 1 to 65535");
    result.port = static_cast<std::uint16_t>(*port);
  }
  result.path = url.path();
  if (url.has_query()) result.query = text(url.encoded_query());
  if (holdsNul(result)) return std::unexpected("it holds a NUL character");
  return result;
}

std::string withFirstHostOnly(std::string_view spelled) {
  const auto [begin, end] = furtherHosts(spelled);
  return std::string(spelled.substr(0, begin)).append(spelled.substr(end));
}

std::string maskUrl(std::string_view text) {
  const auto [begin, end] = furtherHosts(text);
  const auto hosts = text.substr(begin, end - begin);
  auto masked = maskOneHost(withFirstHostOnly(text));
  if (!hosts.empty() && masked != base::kMasked) {
    masked.insert(furtherHosts(masked).second, hosts);
  }
  return masked;
}

}  // namespace slipway::net
