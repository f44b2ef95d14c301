#include "ops/docker/service_container.hpp"

#include "base/text.hpp"

namespace slipway::ops {

bool isOfService(const Container& container) { return container.service.starts_with("api-"); }

bool isReady(const std::string& address, HttpClient& http) {
  if (address.empty()) return false;
  const auto answer = http.send({.host = address,
                                 .port = kServicePort,
                                 .target = "/health/ready",
                                 .timeout = kServicePatience});
  return answer && answer->status == 200;
}

Result<base::Secret> makeToken(Engine& engine, const Container& container, const std::string& scope,
                               const std::string& ttl) {
  constexpr std::chrono::seconds kLimit{15};
  constexpr std::size_t kMessageBytes = 200;
  auto made =
      engine.exec(container.id, {"slipwayd", "token", "--scope", scope, "--ttl", ttl}, kLimit);
  if (!made) return std::unexpected("makes no token: " + made.error());
  if (made->exitCode != 0) {
    return std::unexpected("makes no token: " +
                           base::printable(base::trim(made->err), kMessageBytes));
  }
  base::Secret token{std::string(base::trim(made->out))};
  base::wipe(made->out);
  return token;
}

}  // namespace slipway::ops
