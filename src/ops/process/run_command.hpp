// Runs another program by its argument vector, never by way of a shell, and waits for it with a
// limit. It is in a process group of its own, so that Ctrl-C at the terminal reaches this program
// alone, which decides what that means; stdin is empty. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

struct Command {
  std::vector<std::string> arguments;  // the program first; looked up in PATH
  /// Added to this program's environment, or in the place of what is there.
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::chrono::milliseconds timeout{60'000};                  // then the whole group is ended
  std::size_t maxOutputBytes = std::size_t{4} * 1024 * 1024;  // of each stream; the last ones stay
};

struct CommandResult {
  int exitCode = 0;  // 128 + signal when one ended it
  std::string out;
  std::string err;
};

/// Error: it could not be started, or did not end in time.
Result<CommandResult> runCommand(const Command& command);

/// As one line for people, with what needs it in quotes.
std::string inWords(const std::vector<std::string>& arguments);

}  // namespace slipway::ops
