#include "ops/cli/cloud_options.hpp"

#include <fmt/ostream.h>
#include <unistd.h>

#include "base/text.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/cli/told_status.hpp"
#include "ops/docker/socket_engine.hpp"
#include "ops/http/net_http_client.hpp"
#include "ops/http/tls.hpp"
#include "ops/swarm/cloud_backup.hpp"
#include "ops/swarm/cloud_status.hpp"
#include "ops/swarm/socket_swarm.hpp"
#include "ops/swarm/stack_deploy.hpp"
#include "ops/validate/validate.hpp"

namespace slipway::ops {

namespace {

/// Our own proxy by its address, whoever signed its certificate; without load, for it limits that.
Result<std::string> validateProxy(const std::string& url, const std::string& token,
                                  const WaitingClock& clock) {
  auto place = placeOf(url);
  if (!place) return std::unexpected(place.error());
  auto security = makeTls({.trust = TlsOptions::Trust::Anything});
  if (!security) return std::unexpected(security.error());
  place->security = std::move(*security);
  ValidationRequest request{.access = {.place = std::move(*place), .token = base::Secret(token)},
                            .load = {.requests = 0},
                            .thresholds = {},
                            .certificateDays = std::chrono::days(0)};
  request.access.stopped = [&clock] { return clock.interrupted(); };
  const auto report = validate(request);
  if (report.passed()) return report.counts();
  for (const auto& check : report.checks) {
    if (check.outcome == Check::Outcome::Failed) {
      return std::unexpected(fmt::format("{}: {}", check.name, check.detail));
    }
  }
  return std::unexpected("interrupted");
}

Result<std::string> backUp(const StackRequest& request, const SwarmWays& ways) {
  const auto stack = findStack(request, processVariables());
  if (!stack) return std::unexpected(stack.error());
  auto cloud = findCloudStack(request, processVariables());
  if (!cloud) return std::unexpected(cloud.error());
  auto settings = backupSettings(*stack, processVariables());
  if (!settings) return std::unexpected(settings.error());
  useSwarm(*settings, std::move(*cloud), ways);
  return backUpBeforeDeployment(std::move(*settings), ways.engine, ways.clock);
}

}  // namespace

bool isCloud(const StackOptions& options) { return options.environment == "cloud"; }

int withCloud(const CommandContext& context, const StackOptions& options,
              const std::function<int(const StackRequest&, CloudOutside&)>& work) {
  const auto socket = engineSocket();
  if (!socket) return context.fail(kExitRefused, socket.error());
  NetHttpClient http;
  SocketSwarm swarm(*socket, http);
  SocketEngine engine(*socket, http);
  SystemWaitingClock clock;
  const auto reporter = makeReporter(reportForm(context, options), context.out, context.err);
  CloudOutside outside{
      .swarm = swarm,
      .engine = engine,
      .clock = clock,
      .reporter = *reporter,
      .deployStack =
          [&](const CloudStack& stack, const StackVariables& variables) {
            return deployStack(stack, variables, *socket);
          },
      .backUp = [&] { return backUp(requestOf(options), {swarm, engine, http, clock}); },
      .validate = [&](const std::string& url,
                      const std::string& token) { return validateProxy(url, token, clock); },
      .variables = processVariables(),
      .who = whoAsks(),
      .host = hostName(),
      .pid = getpid()};
  return work(requestOf(options), outside);
}

int runCloud(const CommandContext& context, const StackOptions& options, CloudRequest request,
             const std::string& limit) {
  const auto duration = base::parseDuration(limit);
  if (!duration || duration->count() == 0) {
    return context.fail(
        kExitUsage,
        fmt::format("--timeout: '{}' is not a duration such as 300s, 5m", base::printable(limit)));
  }
  request.limit = *duration;
  return withCloud(context, options, [&](const StackRequest& stack, CloudOutside& outside) {
    request.stack = stack;
    return changeCloud(request, outside);
  });
}

int refuseTimeout(const CommandContext& context, const char* verb) {
  return context.fail(kExitUsage,
                      fmt::format("{}: --timeout is for cloud alone: leave it out", verb));
}

int showCloudStatus(const CommandContext& context, const StackOptions& options) {
  return withCloud(context, options, [&](const StackRequest& request, CloudOutside& outside) {
    const auto stack = findCloudStack(request, outside.variables);
    if (!stack) return context.fail(kExitFailure, stack.error());
    return tellStatus(context, options, readCloudStatus(*stack, outside.swarm));
  });
}

}  // namespace slipway::ops
