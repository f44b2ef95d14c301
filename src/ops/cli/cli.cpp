#include "ops/cli/cli.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"
#include "base/version.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kExamples =
    "Examples:\n"
    "  slipway init production --host users.example.com\n"
    "  slipway deploy production 1.2.0\n"
    "  slipway rollback production\n"
    "  slipway status production --json\n\n";

int usageError(const CommandContext& context, const CLI::App& app, std::string message) {
  std::ranges::replace(message, '\n', ' ');
  const auto given = app.get_subcommands();
  const auto verb = given.empty() ? std::string() : " " + given.front()->get_name();
  return context.fail(kExitUsage,
                      fmt::format("{}; see slipway{} --help", base::trim(message), verb));
}

}  // namespace

int CommandContext::fail(int exitCode, std::string_view message) const {
  fmt::print(err, "slipway: {}\n", message);
  return exitCode;
}

CLI::App& addVerb(CLI::App& app, const std::string& name, const std::string& description,
                  const std::string& footer) {
  auto* verb = app.add_subcommand(name, description);
  verb->footer(footer);
  return *verb;
}

CLI::App& addVerbGroup(CLI::App& app, const std::string& name, const std::string& description) {
  auto* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return *group;
}

void runsAs(CLI::App& verb, CommandContext& context, std::function<int()> run) {
  verb.callback([&context, run = std::move(run)] { context.chosen = run; });
}

CLI::Option* addFlag(CLI::App& verb, const std::string& name, const std::string& description) {
  return verb.add_flag(name, description);
}

bool isGiven(const CLI::Option* option) { return option->count() > 0; }

std::string firstGiven(const std::vector<CLI::Option*>& options) {
  const auto found = std::ranges::find_if(options, isGiven);
  return found == options.end() ? "" : (*found)->get_name();
}

CLI::Option* addOption(CLI::App& verb, const std::string& name, std::string& value,
                       const std::string& description, bool required) {
  auto* option = verb.add_option(name, value, description);
  if (required) {
    option->required();
  } else if (!value.empty()) {
    option->capture_default_str();
  }
  return option;
}

void addOption(CLI::App& verb, const std::string& name, std::vector<std::string>& values,
               const std::string& description) {
  verb.add_option(name, values, description)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addNumber(CLI::App& verb, const std::string& name, double& value,
               const std::string& description, double low, double high) {
  verb.add_option(name, value, description)->check(CLI::Range(low, high))->capture_default_str();
}

int runCommandLine(std::vector<std::string> arguments, CommandContext& context) {
  CLI::App app("Operates Slipway on a Docker host or a Swarm.", "slipway");
  app.footer(std::string(kExamples).append(kExitCodesHelp));
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(base::kVersion), "Print the version and exit");
  addInitVerb(app, context);
  addDeployVerb(app, context);
  addRollbackVerb(app, context);
  addFinishVerb(app, context);
  addRecoverVerb(app, context);
  addStatusVerb(app, context);
  addHistoryVerb(app, context);
  addValidateVerb(app, context);
  addBackupVerb(app, context);
  addRestoreVerb(app, context);
  addScaleVerb(app, context);
  addLogsVerb(app, context);
  addAutoscaleVerb(app, context);
  addVersionVerb(app, context);
  std::ranges::reverse(arguments);  // as CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success& wanted) {  // --help, --version
    app.exit(wanted, context.out, context.err);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return usageError(context, app, error.what());
  }
  return context.chosen();
}

}  // namespace slipway::ops
