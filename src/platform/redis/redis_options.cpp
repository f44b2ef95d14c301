#include "platform/redis/redis_options.hpp"

#include <limits>
#include <utility>

#include "base/text.hpp"
#include "net/service_url.hpp"

namespace slipway::platform {

std::expected<RedisOptions, std::string> parseRedisUrl(std::string_view text) {
  auto url = net::parseServiceUrl(text);
  if (!url) return std::unexpected(url.error());
  if (url->scheme != "redis" || url->host.empty()) {
    return std::unexpected("it is not redis:// and a host");
  }
  RedisOptions options;
  options.host = std::move(url->host);
  options.port = url->port.value_or(options.port);
  options.user = std::move(url->user);
  if (url->password) options.password = std::move(*url->password);
  if (!url->path.empty() && url->path != "/") {
    const auto database = base::parseUnsigned(std::string_view(url->path).substr(1));
    if (!database || *database > std::numeric_limits<unsigned>::max()) {
      return std::unexpected("its path is not a database's number");
    }
    options.database = static_cast<unsigned>(*database);
  }
  return options;
}

}  // namespace slipway::platform
