#include <fcntl.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
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

/// Where the service is. Error: the exit code, after what is wrong was told.
std::expected<net::ClientRequest, int> whomToAsk(const CommandContext& context,
                                                 std::string target) {
  const auto settings = addressSettings(context.environment);
  if (!settings) {
    return std::unexpected(context.fail(kExitConfiguration, settings.error().front()));
  }
  if (settings->port == 0) {
    return std::unexpected(
        context.fail(kExitConfiguration, "PORT: it is 0: set the port that the service has"));
  }
  return net::ClientRequest{.host = reachableHost(settings->host),
                            .port = settings->port,
                            .target = std::move(target),
                            .timeout = kTimeout};
}

std::expected<net::ClientResponse, int> askAt(const CommandContext& context, std::string target) {
  auto request = whomToAsk(context, std::move(target));
  if (!request) return std::unexpected(request.error());
  const auto place = fmt::format("{}:{}", request->host, request->port);
  auto answer = fetchNow(std::move(*request));
  if (answer) return std::move(*answer);
  return std::unexpected(context.fail(
      kExitFailure, fmt::format("unhealthy: {} does not answer: {}", place, answer.error())));
}

int checkHealth(const CommandContext& context, bool asJson) {
  const auto answer = askAt(context, "/health");
  if (!answer) return answer.error();
  const auto status = statusOf(answer->body);
  if (status.empty()) {
    return context.fail(
        kExitFailure,
        fmt::format("unhealthy: it answered {} without a health report", answer->status));
  }
  fmt::print(context.out, "{}\n", asJson ? answer->body : status);
  const bool good = answer->status == 200 && (status == "healthy" || status == "degraded");
  return good ? kExitOk : kExitFailure;
}

bool makeMark(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  return descriptor >= 0 && close(descriptor) == 0;
}

/// For who replaces what is unhealthy: at first it must be ready; once it was (`mark` tells, a file
/// that lives as long as its container), it need only live.
int checkOnceReady(const CommandContext& context, const std::string& mark) {
  const bool wasReady = std::filesystem::exists(mark);
  const auto answer = askAt(context, wasReady ? "/health/live" : "/health/ready");
  if (!answer) return answer.error();
  const std::string_view what = wasReady ? "live" : "ready";
  if (answer->status != 200) {
    return context.fail(kExitFailure, fmt::format("not {}: it answered {}", what, answer->status));
  }
  if (!wasReady && !makeMark(mark)) {
    return context.fail(kExitFailure, fmt::format("{} can't be made: --once-ready needs a folder "
                                                  "that it may write to",
                                                  mark));
  }
  fmt::print(context.out, "{}\n", what);
  return kExitOk;
}

}  // namespace

void addHealthcheckVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "healthcheck", "Ask the service on this machine how it is",
      "Asks http://HOST:PORT/health (127.0.0.1 when HOST is a wildcard) and waits 5 s at most.\n"
      "Made for a container's HEALTHCHECK. With --once-ready, for orchestrators that replace what "
      "is\n"
      "unhealthy, /health/ready has to answer once, and after that /health/live alone.\n\n"
      "Examples:\n"
      "  slipwayd healthcheck\n"
      "  slipwayd healthcheck --once-ready /run/slipwayd/ready\n"
      "  PORT=9000 slipwayd healthcheck --json\n\n"
      "Exit codes: 0 healthy or degraded, 1 unhealthy or no answer, 78 HOST or PORT is wrong.");
  const auto* json = addFlag(verb, "--json", "For programs: the whole answer of /health");
  const auto mark = std::make_shared<std::string>();
  addOption(verb, "--once-ready", *mark, "The file that remembers that it was ready");
  runsAs(verb, context, [&context, json, mark] {
    return mark->empty() ? checkHealth(context, isGiven(json)) : checkOnceReady(context, *mark);
  });
}

}  // namespace slipway::service
