// Structured logging: one JSON object a line (contract, section 3). A Logger is shared by all
// threads and thread-safe; where its lines go, and when they are dropped, is LogSink's.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "base/text_buffer.hpp"
#include "base/time.hpp"
#include "platform/log_event.hpp"

namespace slipway::platform {

class LogSink;

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

std::string_view levelName(LogLevel level);

struct LogField {
  std::string_view name;  // empty: the field is left out
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  /// `sink` and `clock` must outlive the logger.
  Logger(LogSink& sink, LogLevel minimum, const base::Clock& clock)
      : sink_(sink), minimum_(minimum), clock_(clock) {}

  bool enabled(LogLevel level) const { return level >= minimum_; }
  void log(LogLevel level, const LogEvent& event, Fields fields = {}) const;
  void debug(const LogEvent& event, Fields fields = {}) const {
    log(LogLevel::Debug, event, fields);
  }
  void info(const LogEvent& event, Fields fields = {}) const { log(LogLevel::Info, event, fields); }
  void warning(const LogEvent& event, Fields fields = {}) const {
    log(LogLevel::Warning, event, fields);
  }
  void error(const LogEvent& event, Fields fields = {}) const {
    log(LogLevel::Error, event, fields);
  }

 private:
  LogSink& sink_;
  const LogLevel minimum_;
  const base::Clock& clock_;
};

/// Appends one line, newline included. What Logger writes; apart for the sink's own notices.
void appendLogLine(base::TextBuffer& out, LogLevel level, base::Timestamp time,
                   const LogEvent& event, Logger::Fields fields);

}  // namespace slipway::platform
