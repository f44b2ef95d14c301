#include "ops/deploy/stack.hpp"

#include <cstdlib>

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

fs::path absolute(const fs::path& folder, const fs::path& path) {
  return (fs::absolute(folder) / path).lexically_normal();
}

}  // namespace

Variables processVariables() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

fs::path envFileOf(const StackRequest& request) {
  if (!request.envFile.empty()) return absolute(fs::current_path(), request.envFile);
  return absolute(request.folder, ".env." + request.environment);
}

Stack locateStack(const StackRequest& request, const EnvFile& env, const Variables& variables) {
  const auto value = [&](const std::string& name, const std::string& byDefault) {
    auto found = variables(name);
    if (!found || found->empty()) found = env.find(name);
    return found && !found->empty() ? *found : byDefault;
  };
  const auto folder = absolute(request.folder, "");
  Stack stack{.environment = request.environment,
              .files = {},
              .state = {},
              .project = {},
              .repository = value("SLIPWAYD_IMAGE", "slipway/slipwayd")};
  stack.files.folder = folder.has_filename() ? folder : folder.parent_path();
  stack.files.files = {stack.files.folder / ("docker-compose." + request.environment + ".yml")};
  for (const auto& more : request.moreFiles) {
    stack.files.files.push_back(absolute(fs::current_path(), more));
  }
  stack.files.envFile = envFileOf(request);
  stack.state = absolute(stack.files.folder, value("STATE_DIR", "./state/" + request.environment));
  stack.project = value("STACK_NAME", "slipway-" + request.environment);
  return stack;
}

}  // namespace slipway::ops
