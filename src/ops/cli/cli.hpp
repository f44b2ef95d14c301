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

/// A flag without a value. CLI11's own way takes a literal as a variable to set, or can't decide.
CLI::Option* addFlag(CLI::App& verb, const std::string& name, const std::string& description);

// Each adds its verb to the command line; `app` and `context` outlive the parsing.
void addInitVerb(CLI::App& app, CommandContext& context);
void addVersionVerb(CLI::App& app, CommandContext& context);

}  // namespace slipway::ops
