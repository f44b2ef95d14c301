#include "platform/sqlite/sqlite_options.hpp"

namespace slipway::platform {

std::expected<std::string, std::string> sqlitePath(std::string_view databaseUrl) {
  constexpr std::string_view kScheme = "sqlite://";
  if (!databaseUrl.starts_with(kScheme)) return std::unexpected("it must start with sqlite:///");
  auto rest = databaseUrl.substr(kScheme.size());
  if (rest.empty()) return std::string();
  if (rest.front() != '/') {
    return std::unexpected("it must be sqlite:///path or sqlite:////absolute/path");
  }
  rest.remove_prefix(1);
  if (rest.empty() || rest == ":memory:") return std::string();
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return std::unexpected("options after ? or # are not supported");
  }
  if (rest.find('\0') != std::string_view::npos) return std::unexpected("it holds a NUL character");
  if (rest.ends_with('/')) return std::unexpected("it names a folder, not a file");
  return std::string(rest);
}

}  // namespace slipway::platform
