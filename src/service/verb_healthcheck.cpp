#include <fmt/ostream.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>

#include "base/json.hpp"
#include "net/client.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kTimeout{5};

using Fetched = std::expected<net::ClientResponse, std::string>;

Fetched fetchNow(net::ClientRequest request) {
  asio::io_context loop{1};
  std::optional<Fetched> result;
  std::exception_ptr thrown;
  asio::co_spawn(loop, net::fetch(std::move(request)),
                 [&](const std::exception_ptr& error, Fetched got) {
                   thrown = error;
                   result = std::move(got);
                 });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

/// Where the service on this machine is reached: a wildcard address is no place to connect to.
std::string reachableHost(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

/// Only what is asked for: another setting that is wrong is not the service's health.
std::expected<Settings, std::vector<std::string>> addressSettings(const Environment& environment) {
  Environment some;
  for (const auto* const name : {"HOST", "PORT"}) {
    if (const auto entry = environment.find(name); entry != environment.end()) some.insert(*entry);
  }
  return loadSettings(some);
}

/// "healthy", "degraded" or "unhealthy"; empty when the answer is no health report.
std::string statusOf(const std::string& body) {
  const auto report = base::readJson(body, {.maxDepth = 16});
  const auto* status = report ? report->find("status") : nullptr;
  return status != nullptr && status->isString() ? status->asString() : std::string();
}

int checkHealth(const CommandContext& context, bool asJson) {
  const auto settings = addressSettings(context.environment);
  if (!settings) return context.fail(kExitConfiguration, settings.error().front());
  if (settings->port == 0) {
    return context.fail(kExitConfiguration, "PORT: it is 0: set the port that the service has");
  }
  const auto host = reachableHost(settings->host);
  const auto answer =
      fetchNow({.host = host, .port = settings->port, .target = "/health", .timeout = kTimeout});
  if (!answer) {
    return context.fail(kExitFailure, fmt::format("unhealthy: {}:{} does not answer: {}", host,
                                                  settings->port, answer.error()));
  }
  const auto status = statusOf(answer->body);
  if (status.empty()) {
    return context.fail(kExitFailure,
                        fmt::format("unhealthy: {}:{} answered {} without a health report", host,
                                    settings->port, answer->status));
  }
  fmt::print(context.out, "{}\n", asJson ? answer->body : status);
  const bool good = answer->status == 200 && (status == "healthy" || status == "degraded");
  return good ? kExitOk : kExitFailure;
}

}  // namespace

void addHealthcheckVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "healthcheck", "Ask the service on this machine how it is",
      "Asks http://HOST:PORT/health (127.0.0.1 when HOST is a wildcard) and waits 5 s at most.\n"
      "Made for a container's HEALTHCHECK.\n\n"
      "Examples:\n"
      "  slipwayd healthcheck\n"
      "  PORT=9000 slipwayd healthcheck --json\n\n"
      "Exit codes: 0 healthy or degraded, 1 unhealthy or no answer, 78 HOST or PORT is wrong.");
  const auto* json = addFlag(verb, "--json", "For programs: the whole answer of /health");
  runsAs(verb, context, [&context, json] { return checkHealth(context, isGiven(json)); });
}

}  // namespace slipway::service
