// The command line of slipway, the operations tool: each verb is in a file of its own,
// verb_<name>.cpp. What a verb touches of the process comes in through CommandContext, so that
// tests need no process. Used on the main thread only.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace slipway::ops {

struct CommandContext {
  std::ostream& out;
  std::ostream& err;
  const base::Clock& clock;

  /// Set by the verb that the arguments name; returns the exit code.
  std::function<int()> chosen = {};

  /// Tells `message` on `err`, in one line; returns `exitCode`.
  int fail(int exitCode, std::string_view message) const;
};

/// Runs the verb that `arguments` (without the program's name) ask for and returns the exit code
/// (see exit_codes.hpp).
int runCommandLine(std::vector<std::string> arguments, CommandContext& context);

// What verbs need of CLI11: each file that includes it takes 20 s more to compile.

CLI::App& addVerb(CLI::App& app, const std::string& name, const std::string& description,
                  const std::string& footer);
/// A verb that is only the beginning of others, which are added to it.
CLI::App& addVerbGroup(CLI::App& app, const std::string& name, const std::string& description);
/// `run` carries the verb out and gives the exit code.
void runsAs(CLI::App& verb, CommandContext& context, std::function<int()> run);
/// A flag without a value. CLI11's own way takes a literal as a variable to set, or can't decide.
CLI::Option* addFlag(CLI::App& verb, const std::string& name, const std::string& description);
bool isGiven(const CLI::Option* option);
/// "--finish" of the first that is given; empty when none is.
std::string firstGiven(const std::vector<CLI::Option*>& options);
/// An option whose value goes to `value`, which must live until the verb has run; --help shows what
/// `value` holds before, unless it is `required`.
CLI::Option* addOption(CLI::App& verb, const std::string& name, std::string& value,
                       const std::string& description, bool required = false);
/// The same of a number from `low` to `high`.
void addNumber(CLI::App& verb, const std::string& name, double& value,
               const std::string& description, double low, double high);
/// One that may be given again and again, with one value each time.
void addOption(CLI::App& verb, const std::string& name, std::vector<std::string>& values,
               const std::string& description);

// Each adds its verb to the command line; `app` and `context` outlive the parsing.
void addInitVerb(CLI::App& app, CommandContext& context);
void addDeployVerb(CLI::App& app, CommandContext& context);
void addRollbackVerb(CLI::App& app, CommandContext& context);
void addFinishVerb(CLI::App& app, CommandContext& context);
void addRecoverVerb(CLI::App& app, CommandContext& context);
void addStatusVerb(CLI::App& app, CommandContext& context);
void addHistoryVerb(CLI::App& app, CommandContext& context);
void addValidateVerb(CLI::App& app, CommandContext& context);
void addBackupVerb(CLI::App& app, CommandContext& context);
void addRestoreVerb(CLI::App& app, CommandContext& context);
void addScaleVerb(CLI::App& app, CommandContext& context);
void addLogsVerb(CLI::App& app, CommandContext& context);
void addAutoscaleVerb(CLI::App& app, CommandContext& context);
void addVersionVerb(CLI::App& app, CommandContext& context);

}  // namespace slipway::ops
