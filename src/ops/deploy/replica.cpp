#include "ops/deploy/replica.hpp"

#include <fmt/format.h>

#include "ops/docker/service_container.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::seconds kExecLimit{15};

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
  return fmt::format("http://{}:{}", addressIn(container, run.stack.frontend()), kServicePort);
}

bool isReady(Run& run, const Container& container) {
  return isReady(addressIn(container, run.stack.frontend()), run.http);
}

Result<base::Secret> makeToken(Run& run, const Container& container, const std::string& scope) {
  auto token = makeToken(run.engine, container, scope, "1h");
  if (!token) return std::unexpected(fmt::format("{} {}", container.name, token.error()));
  return token;
}

Result<Traffic> trafficOf(Run& run, const std::vector<Container>& containers,
                          const base::Secret& token) {
  Traffic all;
  for (const auto& container : containers) {
    const auto answer =
        run.http.send({.host = addressIn(container, run.stack.frontend()),
                       .port = kServicePort,
                       .target = "/metrics",
                       .headers = {{"Accept", "text/plain"},
                                   {"Authorization", fmt::format("Bearer {}", token.reveal())}},
                       .timeout = kServicePatience});
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
