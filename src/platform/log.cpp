#include "platform/log.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/json.hpp"
#include "platform/log_sink.hpp"

namespace slipway::platform {

namespace {

struct ValueAppender {
  std::string& out;

  void operator()(std::string_view text) const { base::appendJsonString(out, text); }
  void operator()(std::int64_t number) const {
    const fmt::format_int text(number);
    out.append(text.data(), text.size());
  }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
      out.append("null");
    }
  }
  void operator()(bool value) const { out.append(value ? "true" : "false"); }
};

/// `pipeline` of `/work/src/platform/pipeline.cpp`.
std::string_view moduleName(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
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

std::string_view shortFunctionName(std::string_view signature) {
  // clang writes "(anonymous namespace)::".
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  if (const auto anonymous = signature.rfind(kAnonymous); anonymous != std::string_view::npos) {
    signature.remove_prefix(anonymous + kAnonymous.size());
  }
  auto name = signature.substr(0, signature.find('('));
  const auto start = name.find_last_of(" :&*");
  if (start != std::string_view::npos) name.remove_prefix(start + 1);
  return name;
}

void appendLogLine(std::string& out, LogLevel level, base::Timestamp time, const LogEvent& event,
                   Logger::Fields fields) {
  out.append(R"({"timestamp":")");
  base::appendIsoTime(out, time);
  out.append(R"(Z","level":")").append(levelName(level)).append(R"(","message":)");
  base::appendJsonString(out, event.message);
  out.append(R"(,"module":")").append(moduleName(event.location.file_name()));
  out.append(R"(","function":")").append(shortFunctionName(event.location.function_name()));
  out.append(R"(","line":)");
  ValueAppender{out}(static_cast<std::int64_t>(event.location.line()));
  for (const auto& field : fields) {
    if (field.name.empty()) continue;
    out.append(",\"").append(field.name).append("\":");
    std::visit(ValueAppender{out}, field.value);
  }
  out.append("}\n");
}

void Logger::log(LogLevel level, const LogEvent& event, Fields fields) const {
  if (!enabled(level)) return;
  thread_local std::string line;
  line.clear();
  appendLogLine(line, level, clock_.now(), event, fields);
  sink_.write(line);
}

}  // namespace slipway::platform
