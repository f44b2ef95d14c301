#include <fmt/format.h>

#include <memory>
#include <optional>

#include "ops/autoscale/load_query.hpp"
#include "ops/autoscale/metrics_server.hpp"
#include "ops/autoscale/scale_loop.hpp"
#include "ops/cli/cli.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/docker/engine_api.hpp"
#include "ops/http/net_http_client.hpp"
#include "ops/swarm/socket_swarm.hpp"

namespace slipway::ops {

namespace {

struct AutoscaleOptions {
  std::string stack = "slipway-cloud";
  std::string prometheus = "http://prometheus:9090";
  double min = 2;
  double max = 10;
  double cpu = 60;
  double saturation = 50;
  double queue = 20;
  double p99 = 250;
  double connections = 70;
  double poolSize = 10;
  double maxInFlight = 1024;
  double metricsPort = 0;
  double interval = 10;
  double upCoolDown = 30;
  double downWindow = 300;
  CLI::Option* dryRun = nullptr;
};

unsigned whole(double number) { return static_cast<unsigned>(number); }

ScaleRules rulesOf(const AutoscaleOptions& options) {
  constexpr double kPercent = 100;
  constexpr double kMilli = 1000;
  ScaleRules rules;
  rules.min = whole(options.min);
  rules.max = whole(options.max);
  rules.targets = {.cpu = options.cpu / kPercent,
                   .saturation = options.saturation / kPercent,
                   .queueSeconds = options.queue / kMilli,
                   .p99Seconds = options.p99 / kMilli};
  rules.upCoolDown = std::chrono::seconds(whole(options.upCoolDown));
  rules.downWindow = std::chrono::seconds(whole(options.downWindow));
  rules.databaseConnections = whole(options.connections);
  rules.connectionsPerReplica = whole(options.poolSize);
  return rules;
}

Result<std::optional<MetricsServer>> listenWhereWanted(const AutoscaleOptions& options) {
  if (options.metricsPort == 0) return std::nullopt;
  auto server = MetricsServer::listen(static_cast<std::uint16_t>(options.metricsPort));
  if (!server) return std::unexpected(server.error());
  return std::move(*server);
}

int run(const CommandContext& context, const AutoscaleOptions& options) {
  const auto place = prometheusPlace(options.prometheus);
  if (!place) return context.fail(kExitUsage, "--prometheus: " + place.error());
  if (options.min > options.max) {
    return context.fail(kExitUsage,
                        fmt::format("--min: {} is above --max {}", options.min, options.max));
  }
  const auto socket = engineSocket();
  if (!socket) return context.fail(kExitFailure, socket.error());
  NetHttpClient http;
  SocketSwarm swarm(*socket, http);
  SystemWaitingClock clock;
  auto metrics = listenWhereWanted(options);
  if (!metrics) return context.fail(kExitFailure, "--metrics-port: " + metrics.error());
  runScaleLoop({.swarm = swarm,
                .clock = clock,
                .askLoad = [&] { return askLoad(*place, whole(options.maxInFlight), http); },
                .out = context.out,
                .stack = options.stack,
                .rules = rulesOf(options),
                .interval = std::chrono::seconds(whole(options.interval)),
                .isDryRun = isGiven(options.dryRun),
                .publish =
                    [&](std::string text) {
                      if (*metrics) (*metrics)->publish(std::move(text));
                    }});
  return kExitOk;
}

}  // namespace

void addAutoscaleVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "autoscale", "Give a Swarm's service as many replicas as its load needs, until stopped",
      "Runs on a manager (docker-compose.cloud.yml has it) and asks Prometheus: up at once, down\n"
      "after fewer were enough for a while. Holds still during a deployment and without figures.\n"
      "Tells each decision on stdout, one JSON object a line.\n\n"
      "Example:\n"
      "  slipway autoscale --stack slipway-cloud --prometheus http://prometheus:9090 --max 6\n\n"
      "Exit codes: 0 stopped by a signal, 1 it can't begin, 64 wrong usage.");
  const auto options = std::make_shared<AutoscaleOptions>();
  addOption(verb, "--stack", options->stack, "Name of the stack");
  addOption(verb, "--prometheus", options->prometheus, "Where Prometheus is");
  addNumber(verb, "--metrics-port", options->metricsPort,
            "Show Prometheus its own metrics there; 0: don't", 0, 65'535);
  addNumber(verb, "--min", options->min, "Replicas, at least", 1, 100);
  addNumber(verb, "--max", options->max, "Replicas, at most", 1, 100);
  addNumber(verb, "--cpu", options->cpu, "Target: percent of the CPU time that it may use", 1, 100);
  addNumber(verb, "--saturation", options->saturation,
            "Target: percent of requests in flight, or of connections, that may be", 1, 100);
  addNumber(verb, "--queue", options->queue, "Target: ms that a statement waits", 1, 60'000);
  addNumber(verb, "--p99", options->p99, "Target: ms of the 99th percentile", 1, 60'000);
  addNumber(verb, "--database-connections", options->connections,
            "How many the database has for all replicas", 1, 100'000);
  addNumber(verb, "--pool-size", options->poolSize, "Connections of a replica: DB_POOL_SIZE", 1,
            10'000);
  addNumber(verb, "--max-in-flight", options->maxInFlight, "Of a replica: MAX_IN_FLIGHT", 1,
            1'000'000);
  addNumber(verb, "--interval", options->interval, "Seconds between two looks", 1, 600);
  addNumber(verb, "--up-cool-down", options->upCoolDown, "Seconds between two steps up", 0, 3600);
  addNumber(verb, "--down-window", options->downWindow,
            "Seconds for which fewer must have been enough", 0, 86'400);
  options->dryRun = addFlag(verb, "--dry-run", "Tell what it would do; change nothing");
  runsAs(verb, context, [&context, options] { return run(context, *options); });
}

}  // namespace slipway::ops
