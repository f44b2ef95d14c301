// What a log call says and where it stands in the source: worked out by the compiler, so that a
// line costs no search in file and function names.
#pragma once

#include <cstdint>
#include <source_location>
#include <string_view>

namespace slipway::platform {

/// `handle` of `slipway::net::Task<...> slipway::platform::Pipeline::handle(Request&)`.
constexpr std::string_view shortFunctionName(std::string_view signature) {
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

/// `pipeline` of `/slipway/src/platform/pipeline.cpp`.
constexpr std::string_view moduleName(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

/// A message, which is a literal, and the place in the source that logs it.
struct LogEvent {
  // Implicit, so that a call reads `log.info("Listening", ...)`.
  consteval LogEvent(const char* text, std::source_location where = std::source_location::current())
      : message(text),
        module(moduleName(where.file_name())),
        function(shortFunctionName(where.function_name())),
        line(where.line()) {}

  std::string_view message;
  std::string_view module;
  std::string_view function;
  std::uint32_t line;
};

}  // namespace slipway::platform
