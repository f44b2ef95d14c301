#include "platform/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "platform/log_sink.hpp"

namespace slipway::platform {

namespace {

struct ValueAppender {
  base::TextBuffer& out;

  void operator()(std::string_view text) const { base::appendJsonString(out, text); }
  void operator()(std::int64_t number) const { out.appendNumber(number); }
  void operator()(double number) const {
    out.append(std::isfinite(number) ? fmt::format("{}", number) : "null");
  }
  void operator()(bool value) const { out.append(value ? "true" : "false"); }
};

/// `,"name":` in one piece.
void appendName(base::TextBuffer& out, std::string_view name) {
  char* at = out.extend(name.size() + 4);
  *at++ = ',';
  *at++ = '"';
  at = std::copy(name.begin(), name.end(), at);
  *at++ = '"';
  *at = ':';
}

}  // namespace

std::string_view levelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "DEBUG";
    case LogLevel::Info:
      return "INFO";
    case LogLevel::Warning:
      return "WARNING";
    case LogLevel::Error:
      return "ERROR";
  }
  return "INFO";
}

void appendLogLine(base::TextBuffer& out, LogLevel level, base::Timestamp time,
                   const LogEvent& event, Logger::Fields fields) {
  thread_local base::IsoTimes times;
  out.append(R"({"timestamp":")");
  times.append(out, time);
  out.append(R"(Z","level":")").append(levelName(level)).append(R"(","message":)");
  base::appendJsonString(out, event.message);
  out.append(R"(,"module":")").append(event.module);
  out.append(R"(","function":")").append(event.function);
  out.append(R"(","line":)").appendNumber(event.line);
  for (const auto& field : fields) {
    if (field.name.empty()) continue;
    appendName(out, field.name);
    std::visit(ValueAppender{out}, field.value);
  }
  out.append("}\n");
}

void Logger::log(LogLevel level, const LogEvent& event, Fields fields) const {
  if (!enabled(level)) return;
  thread_local base::TextBuffer line;
  line.clear();
  appendLogLine(line, level, clock_.now(), event, fields);
  sink_.write(line.view());
}

}  // namespace slipway::platform
