#include <fmt/ostream.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/cli/stack_options.hpp"
#include "ops/cli/told_status.hpp"
#include "ops/deploy/status.hpp"

namespace slipway::ops {

namespace {

struct HistoryOptions {
  StackOptions stack;
  std::string count = "20";
};

int showStatus(const CommandContext& context, const StackOptions& options) {
  if (isCloud(options)) return showCloudStatus(context, options);
  return withOutside(context, options, [&](const StackRequest& request, Outside& outside) {
    const auto stack = findStack(request, outside.variables);
    if (!stack) return context.fail(kExitFailure, stack.error());
    return tellStatus(context, options, readStatus(*stack, outside.engine));
  });
}

int showHistory(const CommandContext& context, const HistoryOptions& options) {
  const auto request = anyStackRequest(options.stack);
  if (!request) return context.fail(kExitUsage, request.error());
  const auto count = base::parseUnsigned(options.count);
  if (!count) return context.fail(kExitUsage, "--last: it is no number");
  const auto stack = findStack(*request, processVariables());
  if (!stack) return context.fail(kExitFailure, stack.error());
  const auto history = readHistory(stack->history());
  if (!history) return context.fail(kExitFailure, history.error());
  if (!isGiven(options.stack.json)) {
    fmt::print(context.out, "{}", inLines(*history, *count));
    return kExitOk;
  }
  const auto& entries = history->entries;
  const auto from = entries.size() - std::min<std::size_t>(entries.size(), *count);
  for (auto at = from; at < entries.size(); ++at) {
    fmt::print(context.out, "{}\n", toJson(entries[at]).dump());
  }
  return kExitOk;
}

}  // namespace

void addStatusVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(app, "status", "Show what is deployed and how it does",
                       "Colours, versions, containers, their health and since when.\n\n"
                       "Examples:\n"
                       "  slipway status production\n"
                       "  slipway status production --json\n"
                       "  slipway status cloud\n\n"
                       "Exit codes: 0 all is well, 1 it can't be told, 3 not all is well, 64 wrong "
                       "usage.");
  const auto options = std::make_shared<StackOptions>();
  addStackOptions(verb, *options);
  runsAs(verb, context, [&context, options] { return showStatus(context, *options); });
}

void addHistoryVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(app, "history", "Show who deployed what and what became of it",
                       "The newest first; with --json one object a line, the newest last.\n\n"
                       "Example:\n"
                       "  slipway history production --last 5\n\n"
                       "Exit codes: 0 done, 1 it can't be read, 64 wrong usage.");
  const auto options = std::make_shared<HistoryOptions>();
  addStackOptions(verb, options->stack);
  addOption(verb, "--last", options->count, "How many");
  runsAs(verb, context, [&context, options] { return showHistory(context, *options); });
}

}  // namespace slipway::ops
