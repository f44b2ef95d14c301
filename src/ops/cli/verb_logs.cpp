#include <fmt/ostream.h>

#include <memory>

#include "base/text.hpp"
#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

constexpr std::uint64_t kMostLines = 10'000;

struct LogOptions {
  StackOptions stack;
  std::string service = "api";
  std::string count = "100";
};

int show(const CommandContext& context, const LogOptions& options) {
  const auto count = base::parseUnsigned(options.count);
  if (!count || *count == 0 || *count > kMostLines) {
    return context.fail(kExitUsage, fmt::format("--last: it is no number up to {}", kMostLines));
  }
  if (!isCloud(options.stack)) {
    return context.fail(kExitUsage,
                        "logs: of a Swarm's stack alone: slipway logs cloud; of others: "
                        "docker compose ... logs");
  }
  return withCloud(context, options.stack, [&](const StackRequest& request, CloudOutside& outside) {
    const auto stack = findCloudStack(request, outside.variables);
    if (!stack) return context.fail(kExitFailure, stack.error());
    const auto services = outside.swarm.services(stack->name);
    if (!services) return context.fail(kExitFailure, services.error());
    const auto* service = findService(*services, options.service);
    if (service == nullptr) {
      return context.fail(kExitFailure, fmt::format("{} has no service {}", stack->name,
                                                    base::printable(options.service)));
    }
    const auto lines = outside.swarm.serviceLogLines(service->id, static_cast<int>(*count));
    if (!lines) return context.fail(kExitFailure, lines.error());
    fmt::print(context.out, "{}", *lines);
    return kExitOk;
  });
}

}  // namespace

void addLogsVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(app, "logs", "Show the last lines of a service of a Swarm",
                       "Of all its tasks, on whatever node they are.\n\n"
                       "Examples:\n"
                       "  slipway logs cloud\n"
                       "  slipway logs cloud proxy --last 20\n\n"
                       "Exit codes: 0 done, 1 it can't be told, 64 wrong usage.");
  const auto options = std::make_shared<LogOptions>();
  addStackOptions(verb, options->stack);
  addOption(verb, "service", options->service, "api, db, cache, proxy, migrate, ...");
  addOption(verb, "--last", options->count, "How many lines of each task");
  runsAs(verb, context, [&context, options] { return show(context, *options); });
}

}  // namespace slipway::ops
