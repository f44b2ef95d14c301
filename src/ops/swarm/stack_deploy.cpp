#include "ops/swarm/stack_deploy.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

Command stackDeployCommand(const CloudStack& stack, const StackVariables& variables,
                           const std::filesystem::path& socket) {
  constexpr std::chrono::seconds kLimit{120};
  Command command{.arguments = {"docker", "--host", "unix://" + socket.string(), "stack", "deploy",
                                // Secrets of before go with `docker secret rm`: a task that is on
                                // its way out may need them still.
                                "--with-registry-auth", "--resolve-image", "changed"},
                  .variables = variables,
                  .timeout = kLimit};
  for (const auto& file : stack.files.files) {
    command.arguments.insert(command.arguments.end(), {"--compose-file", file.string()});
  }
  command.arguments.push_back(stack.name);
  return command;
}

std::string deployError(int exitCode, std::string_view err) {
  // Advice and warnings come first.
  const auto said = base::trim(err);
  const auto last = said.substr(said.rfind('\n') + 1);
  return fmt::format("docker stack deploy failed ({}): {}", exitCode,
                     explained(base::oneLine(last)));
}

Result<> deployStack(const CloudStack& stack, const StackVariables& variables,
                     const std::filesystem::path& socket) {
  auto all = variables;
  // Whose group may use the socket: the autoscaler's, then.
  struct stat found{};
  if (stat(socket.c_str(), &found) == 0) {
    all.emplace_back("DOCKER_GID", fmt::format("{}", found.st_gid));
  }
  const auto result = runCommand(stackDeployCommand(stack, all, socket));
  if (!result) return std::unexpected(result.error());
  if (result->exitCode == 0) return {};
  return std::unexpected(deployError(result->exitCode, result->err));
}

}  // namespace slipway::ops
