// Options of all verbs that are about one stack, and the real ways to the outside for them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ops/cli/cli.hpp"
#include "ops/deploy/preparation.hpp"

namespace slipway::ops {

struct BackupSettings;

struct StackOptions {
  std::string environment;
  std::string folder = ".";
  std::string envFile;
  std::vector<std::string> files;
  CLI::Option* json = nullptr;
};

/// environment, --directory, --env-file, --file and --json.
void addStackOptions(CLI::App& verb, StackOptions& options);

/// The same without the environment, which the verb itself knows.
void addPlaceOptions(CLI::App& verb, StackOptions& options);

/// Who sits at the terminal, and where.
std::string whoAsks();
std::string hostName();

/// Flags of what changes a stack.
CLI::Option* addDryRun(CLI::App& verb);
CLI::Option* addBreakLock(CLI::App& verb);

/// What they ask for, whether or not the environment is one.
StackRequest requestOf(const StackOptions& options);

/// The same. Error: the environment is not of one host.
Result<StackRequest> stackRequest(const StackOptions& options);

/// The same, of a Swarm's too.
Result<StackRequest> anyStackRequest(const StackOptions& options);

/// --json, or what `out` is.
ReportForm reportForm(const CommandContext& context, const StackOptions& options);

/// Gives `work` the real Engine, Compose, clock and so on of that stack, and its exit code back.
int withOutside(const CommandContext& context, const StackOptions& options,
                const std::function<int(const StackRequest&, Outside&)>& work);
/// The same of a stack of any kind, whose request that is.
int withOutsideOf(const Result<StackRequest>& request, const CommandContext& context,
                  const StackOptions& options,
                  const std::function<int(const StackRequest&, Outside&)>& work);

/// Gives the backup's name. Error: there is none, or no copy where one is wanted.
Result<std::string> backUpBeforeDeployment(BackupSettings settings, Engine& engine,
                                           const WaitingClock& clock);

}  // namespace slipway::ops
