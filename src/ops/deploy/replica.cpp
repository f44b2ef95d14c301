#include "ops/deploy/replica.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

constexpr std::uint16_t kPort = 8000;
constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::chrono::seconds kExecLimit{15};

HttpCall callTo(const Run& run, const Container& container, std::string target) {
  return {.host = addressIn(container, run.stack.frontend()),
          .port = kPort,
          .target = std::move(target),
          .timeout = kPatience};
}

}  // namespace

std::vector<Container> newContainers(const Run& run, const Observed& observed) {
  const auto& operation = run.operation;
  auto found = observed.running(operation.toColour);
  if (operation.toColour != operation.fromColour) return found;
  std::erase_if(found, [&](const auto& each) {
    return operation.from && each.image == operation.from->image;
  });
  return found;
}

std::vector<Container> oldContainers(const Run& run, const Observed& observed) {
  const auto& operation = run.operation;
  auto found = observed.running(operation.fromColour);
  if (operation.toColour != operation.fromColour) return found;
  std::erase_if(found, [&](const auto& each) {
    return !operation.from || each.image != operation.from->image;
  });
  return found;
}

std::string baseUrlOf(const Run& run, const Container& container) {
  return fmt::format("http://{}:{}", addressIn(container, run.stack.frontend()), kPort);
}

bool isReady(Run& run, const Container& container) {
  if (addressIn(container, run.stack.frontend()).empty()) return false;
  const auto answer = run.http.send(callTo(run, container, "/health/ready"));
  return answer && answer->status == 200;
}

Result<base::Secret> makeToken(Run& run, const Container& container, const std::string& scope) {
  auto made = run.engine.exec(container.id, {"slipwayd", "token", "--scope", scope, "--ttl", "1h"},
                              kExecLimit);
  if (!made) return std::unexpected(made.error());
  if (made->exitCode != 0) {
    return std::unexpected(fmt::format("{} makes no token: {}", container.name,
                                       base::printable(base::trim(made->err), 200)));
  }
  base::Secret token{std::string(base::trim(made->out))};
  base::wipe(made->out);
  return token;
}

Result<Traffic> trafficOf(Run& run, const std::vector<Container>& containers,
                          const base::Secret& token) {
  Traffic all;
  for (const auto& container : containers) {
    auto call = callTo(run, container, "/metrics");
    call.headers = {{"Accept", "text/plain"},
                    {"Authorization", fmt::format("Bearer {}", token.reveal())}};
    const auto answer = run.http.send(call);
    if (!answer) {
      return std::unexpected(fmt::format("{}: /metrics: {}", container.name, answer.error()));
    }
    if (answer->status != 200) {
      return std::unexpected(
          fmt::format("{}: /metrics answers {}", container.name, answer->status));
    }
    all += readMetrics(answer->body);
  }
  return all;
}

Result<std::string> programOf(Engine& engine, const Container& container) {
  const auto told = engine.exec(container.id, {"slipwayd", "version", "--json"}, kExecLimit);
  if (!told) return std::unexpected(told.error());
  const auto version = base::readJson(told->out);
  if (told->exitCode != 0 || !version || textIn(*version, "version").empty()) {
    return std::unexpected(fmt::format("{} does not tell its version", container.name));
  }
  return textIn(*version, "version");
}

}  // namespace slipway::ops
