// The command line of slipwayd: `serve` (the default) and the verbs around it, each in a file of
// its own, verb_<name>.cpp. What a verb touches of the process comes in through CommandContext, so
// that tests need no process. Used on the main thread only.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "service/settings.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace slipway::service {

struct CommandContext {
  Environment environment;
  std::ostream& out;
  std::ostream& err;
  const base::Clock& clock;
  std::function<int(const Settings&)> serve;

  /// Set by the verb that the arguments name; returns the exit code.
  std::function<int()> chosen = {};

  /// The settings in force, or nothing after every problem with them was told on `err`.
  std::optional<Settings> settings() const;
  /// Tells `message` on `err`, in one line; returns `exitCode`.
  int fail(int exitCode, std::string_view message) const;
  /// What `serve` does, and no verb at all.
  int runService() const;
};

/// Runs the verb that `arguments` (without the program's name) ask for and returns the exit code
/// (see exit_codes.hpp).
int runCommandLine(std::vector<std::string> arguments, CommandContext& context);

// What verbs need of CLI11. Only cli.cpp includes it: it costs each file that does 20 s to compile.

CLI::App& addVerb(CLI::App& app, const std::string& name, const std::string& description,
                  const std::string& footer);
/// `run` carries the verb out and gives the exit code; it may ask isGiven.
void runsAs(CLI::App& verb, CommandContext& context, std::function<int()> run);
/// A flag without a value; isGiven says, when the verb runs, whether it was there.
CLI::Option* addFlag(CLI::App& verb, const std::string& name, const std::string& description);
bool isGiven(const CLI::Option* flag);
void exclude(CLI::Option* flag, CLI::Option* other);
/// An option whose value goes to `value`, which must live until the verb has run; --help shows
/// what `value` holds before, unless it is `required`.
void addOption(CLI::App& verb, const std::string& name, std::string& value,
               const std::string& description, bool required = false);

// Each adds its verb to the command line; `app` and `context` outlive the parsing.
void addServeVerb(CLI::App& app, CommandContext& context);
void addMigrateVerb(CLI::App& app, CommandContext& context);
void addHealthcheckVerb(CLI::App& app, CommandContext& context);
void addSelfcheckVerb(CLI::App& app, CommandContext& context);
void addConfigVerb(CLI::App& app, CommandContext& context);
void addTokenVerb(CLI::App& app, CommandContext& context);
void addOpenApiVerb(CLI::App& app, CommandContext& context);
void addVersionVerb(CLI::App& app, CommandContext& context);

}  // namespace slipway::service
