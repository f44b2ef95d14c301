#include "ops/cli/stack_options.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>

#include "base/text.hpp"
#include "ops/backup/create.hpp"
#include "ops/backup/unfinished_restore.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/docker/docker_compose.hpp"
#include "ops/docker/socket_engine.hpp"
#include "ops/http/net_http_client.hpp"
#include "ops/init/stack_environment.hpp"
#include "ops/validate/validate.hpp"

namespace slipway::ops {

namespace {

Result<std::string> backUp(const Stack& stack, Engine& engine, const WaitingClock& clock) {
  auto settings = backupSettings(stack, processVariables());
  if (!settings) return std::unexpected(settings.error());
  return backUpBeforeDeployment(std::move(*settings), engine, clock);
}

Result<std::string> finishRestoreOf(const Stack& stack, Engine& engine, HttpClient& http) {
  const auto settings = backupSettings(stack, processVariables());
  if (!settings) return std::unexpected(settings.error());
  return finishRestore(*settings, engine, http);
}

OtherParts otherParts(Engine& engine, HttpClient& http, const WaitingClock& clock) {
  return {.backUp = [&](const Stack& stack) { return backUp(stack, engine, clock); },
          .finishRestore = [&](const Stack& stack) { return finishRestoreOf(stack, engine, http); },
          .validate =
              [&clock](const std::string& baseUrl, const std::string& token) {
                return validateContainer(baseUrl, token, [&clock] { return clock.interrupted(); });
              }};
}

}  // namespace

/// Not whom sudo makes of them.
std::string whoAsks() {
  const char* const sudoer = std::getenv("SUDO_USER");
  if (sudoer != nullptr && *sudoer != '\0') return base::printable(sudoer);
  const auto* const entry = getpwuid(getuid());
  return entry != nullptr ? entry->pw_name : fmt::format("uid {}", getuid());
}

std::string hostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "?";
  return name.data();
}

void addStackOptions(CLI::App& verb, StackOptions& options) {
  addOption(verb, "environment", options.environment, "staging, production or cloud", true);
  addPlaceOptions(verb, options);
}

void addPlaceOptions(CLI::App& verb, StackOptions& options) {
  addOption(verb, "--directory", options.folder, "Where the Compose files are");
  addOption(verb, "--env-file", options.envFile, "Instead of .env.<environment> in that folder");
  addOption(verb, "--file", options.files, "A Compose file after docker-compose.<environment>.yml");
  options.json = addFlag(verb, "--json", "For programs: JSON, one object a line");
}

CLI::Option* addDryRun(CLI::App& verb) {
  return addFlag(verb, "--dry-run", "Show what there is to do; change nothing");
}

CLI::Option* addBreakLock(CLI::App& verb) {
  return addFlag(verb, "--break-lock", "Even though somebody has the lock");
}

StackRequest requestOf(const StackOptions& options) {
  return {.environment = options.environment,
          .folder = options.folder,
          .envFile = options.envFile,
          .moreFiles = {options.files.begin(), options.files.end()}};
}

Result<StackRequest> stackRequest(const StackOptions& options) {
  if (!findStackEnvironment(options.environment)) {
    return std::unexpected(
        fmt::format("'{}' is not staging or production, and this verb is for no other",
                    base::printable(options.environment)));
  }
  return requestOf(options);
}

ReportForm reportForm(const CommandContext& context, const StackOptions& options) {
  if (isGiven(options.json)) return ReportForm::Json;
  const bool toTerminal = &context.out == &std::cout && isatty(STDOUT_FILENO) == 1;
  return toTerminal ? ReportForm::Terminal : ReportForm::Plain;
}

Result<StackRequest> anyStackRequest(const StackOptions& options) {
  if (findInitEnvironment(options.environment)) return requestOf(options);
  return std::unexpected(fmt::format("'{}' is not staging, production or cloud",
                                     base::printable(options.environment)));
}

/// The deploy step's own line tells of it; it is interrupted as everything else.
Result<std::string> backUpBeforeDeployment(BackupSettings settings, Engine& engine,
                                           const WaitingClock& clock) {
  settings.stopped = [&clock] { return clock.interrupted(); };
  Steps silent(nullptr);
  const auto made = createBackup({.settings = std::move(settings), .reason = "before a deployment"},
                                 engine, clock, silent);
  if (!made) return std::unexpected(made.error());
  const auto& name = made->backup.manifest.name;
  if (made->notCopied.empty()) return name;
  return std::unexpected(fmt::format("{} was made, but not copied: {}", name, made->notCopied));
}

int withOutside(const CommandContext& context, const StackOptions& options,
                const std::function<int(const StackRequest&, Outside&)>& work) {
  return withOutsideOf(stackRequest(options), context, options, work);
}

int withOutsideOf(const Result<StackRequest>& request, const CommandContext& context,
                  const StackOptions& options,
                  const std::function<int(const StackRequest&, Outside&)>& work) {
  if (!request) return context.fail(kExitUsage, request.error());
  const auto socket = engineSocket();
  if (!socket) return context.fail(kExitRefused, socket.error());
  const auto stack = findStack(*request, processVariables());
  if (!stack) return context.fail(kExitRefused, stack.error());
  NetHttpClient http;
  SocketEngine engine(*socket, http);
  DockerCompose compose(stack->files, *socket);
  SystemWaitingClock clock;
  const auto reporter = makeReporter(reportForm(context, options), context.out, context.err);
  const auto others = otherParts(engine, http, clock);
  Outside outside{.engine = engine,
                  .compose = compose,
                  .http = http,
                  .clock = clock,
                  .reporter = *reporter,
                  .others = others,
                  .variables = processVariables(),
                  .who = whoAsks(),
                  .host = hostName(),
                  .pid = getpid()};
  return work(*request, outside);
}

}  // namespace slipway::ops
