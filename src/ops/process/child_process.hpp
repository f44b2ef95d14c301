// Another program that runs beside this one, with pipes to it: by its argument vector, never by way
// of a shell. It is in a process group of its own, so that Ctrl-C at the terminal reaches this
// program alone; whatever of it still runs when this object goes is ended. What it writes is read
// on the way, bounded, so that neither waits for the other. Single-threaded, blocking; every wait
// ends at the time limit, and soon after `stopped` says so.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

struct ChildCommand {
  std::vector<std::string> arguments;  // the program first; looked up in PATH
  /// Added to this program's environment.
  std::vector<std::pair<std::string, std::string>> variables = {};
  bool hasInput = false;  // a pipe to its stdin; else it is empty
  int outputTo = -1;      // a descriptor that gets its stdout; else it is read here
  std::chrono::milliseconds timeout{60'000};  // over its whole life
  std::function<bool()> stopped = {};
};

class ChildProcess {
 public:
  /// Error: it could not be started.
  static Result<ChildProcess> start(ChildCommand command);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// All of it. Error: it reads no more (then wait() tells why), or the time is up.
  Result<> write(std::string_view bytes);
  void closeInput();

  /// What it wrote, at least one byte; empty at the end.
  Result<std::string> read();
  /// Without its end of line; nothing more: an error.
  Result<std::string> readLine();

  /// Closes its stdin and waits for its end: the exit code, 128 + signal when one ended it. What it
  /// wrote to stdout and was not read is lost.
  Result<int> wait();
  /// wait, where anything but 0 is an error with the last that it said.
  Result<> finish();

  /// The end of what it wrote to stderr so far, in one line for people.
  std::string said() const;

 private:
  enum class Wanted : std::uint8_t { Input, Output, End };
  explicit ChildProcess(ChildCommand command);

  /// Waits for something to happen and moves what can be moved.
  Result<> step(Wanted wanted);
  void takeOutput();
  void takeErrors();
  bool hasEnded();

  ChildCommand command_;
  std::chrono::steady_clock::time_point deadline_;
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::string out_;  // read and not taken
  std::string err_;
  int status_ = 0;
};

/// Runs it to its end: what it wrote to stdout, at most `maxBytes`. Error: it failed.
Result<std::string> outputOf(ChildCommand command, std::string_view input = {},
                             std::size_t maxBytes = std::size_t{16} * 1024 * 1024);

}  // namespace slipway::ops
