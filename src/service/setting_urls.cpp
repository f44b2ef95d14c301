#include "service/setting_urls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "net/service_url.hpp"
#include "platform/postgres/postgres_target.hpp"
#include "platform/sqlite/sqlite_options.hpp"

namespace slipway::service {

namespace {

constexpr std::uint64_t kMaxRedisDatabase = 2'147'483'646;  // an int of Redis

std::string wrong(std::string_view what, std::string_view accepted) {
  return fmt::format("{}; accepted: {}", what, accepted);
}

bool isSslMode(std::string_view value) {
  constexpr std::array<std::string_view, 6> kModes = {"disable", "allow",     "prefer",
                                                      "require", "verify-ca", "verify-full"};
  return std::ranges::find(kModes, value) != kModes.end();
}

/// Each NAME=VALUE, with the values that are known here; other names are the client library's.
std::string_view queryProblem(std::string_view query) {
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || equals == 0) return "a parameter is not NAME=VALUE";
    if (parameter.substr(0, equals) == "sslmode" && !isSslMode(parameter.substr(equals + 1))) {
      return "its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full";
    }
  }
  return {};
}

std::string postgresProblem(std::string_view text) {
  const auto url = net::parseServiceUrl(net::withFirstHostOnly(text));
  if (!url) return url.error();
  if (url->scheme != "postgresql" && url->scheme != "postgres") return "its scheme is unknown";
  if (url->path.size() < 2) return "it names no database";
  if (url->path.find('/', 1) != std::string::npos) return "its path is not one database's name";
  if (const auto problem = queryProblem(url->query); !problem.empty()) return std::string(problem);
  const auto target = platform::parsePostgresUrl(text);
  return target ? std::string() : target.error();
}

std::string_view redisProblem(const net::ServiceUrl& url) {
  if (url.scheme != "redis" || url.host.empty()) return "it is not redis:// and a host";
  if (!url.query.empty()) return "options after ? are not supported";
  if (!url.user.empty() && !url.password) return "it names a user without a password";
  if (url.path.empty() || url.path == "/") return {};
  const auto number = base::parseUnsigned(std::string_view(url.path).substr(1));
  const bool good = number && *number <= kMaxRedisDatabase;
  return good ? std::string_view() : "its path is not a database's number";
}

}  // namespace

std::string databaseUrlProblem(std::string_view text) {
  constexpr std::string_view kAccepted =
      "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME";
  if (text.starts_with("sqlite:")) {
    const auto path = platform::sqlitePath(text);
    return path ? std::string() : wrong(path.error(), kAccepted);
  }
  const auto problem = postgresProblem(text);
  return problem.empty() ? std::string() : wrong(problem, kAccepted);
}

std::string postgresUrlProblem(std::string_view text) {
  const auto problem = postgresProblem(text);
  return problem.empty() ? std::string()
                         : wrong(problem, "postgresql://USER:PASSWORD@HOST:PORT/NAME");
}

std::string redisUrlProblem(std::string_view text) {
  constexpr std::string_view kAccepted = "redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]";
  const auto url = net::parseServiceUrl(text);
  if (!url) return wrong(url.error(), kAccepted);
  const auto problem = redisProblem(*url);
  return problem.empty() ? std::string() : wrong(problem, kAccepted);
}

std::string collectorUrlProblem(std::string_view text) {
  const auto url = net::parseServiceUrl(text);
  const bool good = url && url->scheme == "http" && !url->host.empty() && url->user.empty() &&
                    !url->password && url->query.empty();
  return good ? std::string() : wrong("it can't be used", "http://HOST:PORT");
}

}  // namespace slipway::service
