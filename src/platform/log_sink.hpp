// Where log lines go: a bounded buffer that any thread appends to and one thread writes to a file
// descriptor, in batches. Appending never waits for the descriptor: when it can't keep up, lines
// are dropped and counted. Thread-safe. See docs/decisions/logging.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace slipway::platform {

struct LogSinkOptions {
  int descriptor = 1;                           // not owned
  std::size_t capacityBytes = 4 * 1024 * 1024;  // of lines that wait to be written
  /// Makes the line that reports `count` dropped ones, once there is room again. Called on the
  /// writer's thread; must not write to the sink.
  std::function<std::string(std::uint64_t count)> dropNotice = {};
};

class LogSink {
 public:
  explicit LogSink(LogSinkOptions options);
  /// Writes what waits, for at most 2 s. A writer that is stuck then is left behind; it uses
  /// nothing but the descriptor.
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  /// Takes a whole line, its newline included; drops it when the buffer is full.
  void write(std::string_view line);
  std::uint64_t dropped() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace slipway::platform
