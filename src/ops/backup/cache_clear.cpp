#include "ops/backup/cache_clear.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/text.hpp"
#include "ops/docker/service_container.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kReadyLimit{30};
constexpr std::chrono::milliseconds kLookEvery{250};

std::string addressOf(const Container& container, const BackupSettings& settings) {
  auto address = addressIn(container, settings.project + "_frontend");
  return address.empty() ? addressIn(container, settings.project + "_backend") : address;
}

Result<> clearAt(const Container& container, const BackupSettings& settings, Engine& engine,
                 HttpClient& http) {
  const auto address = addressOf(container, settings);
  const auto end = Clock::now() + kReadyLimit;
  // It connects to the new database by itself; the health check makes it do so.
  while (!isReady(address, http)) {
    if (Clock::now() > end) return std::unexpected("it is not ready again");
    std::this_thread::sleep_for(kLookEvery);
  }
  const auto token = makeToken(engine, container, "ops", "5m");
  if (!token) return std::unexpected("it " + token.error());
  const auto answer =
      http.send({.method = "DELETE",
                 .host = address,
                 .port = kServicePort,
                 .target = "/cache/clear",
                 .headers = {{"Authorization", fmt::format("Bearer {}", token->reveal())}}});
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200) return {};
  return std::unexpected(
      fmt::format("DELETE /cache/clear: {}: {}", answer->status, base::printable(answer->body)));
}

}  // namespace

Result<std::string> clearCache(const BackupSettings& settings, Engine& engine, HttpClient& http) {
  if (settings.clearCache) return settings.clearCache();
  const auto containers = engine.containers(settings.project);
  if (!containers) return std::unexpected(containers.error());
  std::size_t count = 0;
  for (const auto& container : *containers) {
    if (!isOfService(container) || container.isOneOff || !container.isRunning()) continue;
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
