#include "service/cli.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"
#include "base/version.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

constexpr std::string_view kExamples =
    "Without a verb: serve. The service is configured by environment variables only;\n"
    "`slipwayd config` shows them.\n\n"
    "Examples:\n"
    "  slipwayd\n"
    "  PORT=9000 DATABASE_URL=sqlite:////var/lib/slipway/users.db slipwayd serve\n"
    "  slipwayd config --json\n"
    "  slipwayd token --scope \"users:read users:write\" --ttl 1h\n\n";

int usageError(const CommandContext& context, const CLI::App& app, std::string message) {
  std::ranges::replace(message, '\n', ' ');
  const auto given = app.get_subcommands();
  const auto verb = given.empty() ? std::string() : " " + given.front()->get_name();
  return context.fail(kExitUsage,
                      fmt::format("{}; see slipwayd{} --help", base::trim(message), verb));
}

void tellAll(std::ostream& err, const std::vector<std::string>& problems) {
  for (const auto& problem : problems) fmt::print(err, "slipwayd: {}\n", problem);
}

}  // namespace

std::optional<Settings> CommandContext::settings() const {
  auto loaded = loadSettings(environment);
  if (loaded) return std::move(*loaded);
  tellAll(err, loaded.error());
  return std::nullopt;
}

int CommandContext::runService() const {
  const auto loaded = settings();
  return loaded ? serve(*loaded) : kExitConfiguration;
}

int CommandContext::fail(int exitCode, std::string_view message) const {
  fmt::print(err, "slipwayd: {}\n", message);
  return exitCode;
}

CLI::App& addVerb(CLI::App& app, const std::string& name, const std::string& description,
                  const std::string& footer) {
  auto* verb = app.add_subcommand(name, description);
  verb->footer(footer);
  return *verb;
}

void runsAs(CLI::App& verb, CommandContext& context, std::function<int()> run) {
  verb.callback([&context, run = std::move(run)] { context.chosen = run; });
}

// CLI11's own way takes a literal as a variable to set, or can't decide.
CLI::Option* addFlag(CLI::App& verb, const std::string& name, const std::string& description) {
  return verb.add_flag(name, description);
}

bool isGiven(const CLI::Option* flag) { return flag->count() > 0; }

void exclude(CLI::Option* flag, CLI::Option* other) { flag->excludes(other); }

void addOption(CLI::App& verb, const std::string& name, std::string& value,
               const std::string& description, bool required) {
  auto* option = verb.add_option(name, value, description);
  if (required) {
    option->required();
  } else {
    option->capture_default_str();
  }
}

int runCommandLine(std::vector<std::string> arguments, CommandContext& context) {
  CLI::App app("The Slipway users service.", "slipwayd");
  app.footer(std::string(kExamples).append(kExitCodesHelp));
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", std::string(base::kVersion), "Print the version and exit");
  addServeVerb(app, context);
  addMigrateVerb(app, context);
  addHealthcheckVerb(app, context);
  addSelfcheckVerb(app, context);
  addConfigVerb(app, context);
  addTokenVerb(app, context);
  addOpenApiVerb(app, context);
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
  return context.chosen ? context.chosen() : context.runService();
}

}  // namespace slipway::service
