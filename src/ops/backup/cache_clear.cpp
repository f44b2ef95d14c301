#include "ops/backup/cache_clear.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/secret.hpp"
#include "base/text.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kPort = 8000;
constexpr std::chrono::seconds kReadyLimit{30};
constexpr std::chrono::milliseconds kLookEvery{250};

bool isService(const Container& container) {
  return container.service.starts_with("api-") && !container.isOneOff && container.isRunning();
}

std::string addressOf(const Container& container, const BackupSettings& settings) {
  auto address = addressIn(container, settings.project + "_frontend");
  return address.empty() ? addressIn(container, settings.project + "_backend") : address;
}

Result<base::Secret> makeToken(const Container& container, Engine& engine) {
  constexpr std::chrono::seconds kLimit{15};
  auto made =
      engine.exec(container.id, {"slipwayd", "token", "--scope", "ops", "--ttl", "5m"}, kLimit);
  if (!made) return std::unexpected(made.error());
  if (made->exitCode != 0) return std::unexpected(base::printable(base::trim(made->err), 200));
  base::Secret token{std::string(base::trim(made->out))};
  base::wipe(made->out);
  return token;
}

/// It connects to the new database by itself; the health check makes it do so.
bool isReady(const std::string& address, HttpClient& http) {
  const auto answer = http.send({.host = address, .port = kPort, .target = "/health/ready"});
  return answer && answer->status == 200;
}

Result<> clearAt(const Container& container, const BackupSettings& settings, Engine& engine,
                 HttpClient& http) {
  const auto address = addressOf(container, settings);
  const auto end = Clock::now() + kReadyLimit;
  while (!isReady(address, http)) {
    if (Clock::now() > end) return std::unexpected("it is not ready again");
    std::this_thread::sleep_for(kLookEvery);
  }
  const auto token = makeToken(container, engine);
  if (!token) return std::unexpected("it makes no token: " + token.error());
  const auto answer =
      http.send({.method = "DELETE",
                 .host = address,
                 .port = kPort,
                 .target = "/cache/clear",
                 .headers = {{"Authorization", fmt::format("Bearer {}", token->reveal())}}});
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200) return {};
  return std::unexpected(
      fmt::format("DELETE /cache/clear: {}: {}", answer->status, base::printable(answer->body)));
}

}  // namespace

Result<std::string> clearCache(const BackupSettings& settings, Engine& engine, HttpClient& http) {
  const auto containers = engine.containers(settings.project);
  if (!containers) return std::unexpected(containers.error());
  std::size_t count = 0;
  for (const auto& container : *containers) {
    if (!isService(container)) continue;
    if (const auto cleared = clearAt(container, settings, engine, http); !cleared) {
      return std::unexpected(fmt::format("{}: {}; then ask it for DELETE /cache/clear",
                                         container.name, cleared.error()));
    }
    ++count;
  }
  if (count == 0) {
    return std::unexpected(
        "the service does not run: once it does, ask it for DELETE /cache/clear");
  }
  return fmt::format("asked {} containers", count);
}

}  // namespace slipway::ops
