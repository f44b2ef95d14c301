#include "ops/docker/docker_compose.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLookLimit{20};
constexpr std::chrono::minutes kPullLimit{15};
constexpr std::size_t kMessageBytes = 300;

void append(std::vector<std::string>& to, std::initializer_list<std::string> some) {
  to.insert(to.end(), some);
}

/// As who may use the socket, and with nothing that Compose does not need.
void appendRun(std::vector<std::string>& command, const ComposeFiles& files,
               const fs::path& socket) {
  struct stat found{};
  const auto group = stat(socket.c_str(), &found) == 0 ? found.st_gid : getgid();
  append(command, {"docker", "run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp",
                   "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user",
                   fmt::format("{}:{}", getuid(), group)});
  std::vector<std::string> folders{files.folder.string(), files.envFile.parent_path().string()};
  for (const auto& file : files.files) folders.push_back(file.parent_path().string());
  std::ranges::sort(folders);
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
  // Where the client in there looks for it, wherever it is here.
  append(command, {"--volume", fmt::format("{}:/var/run/docker.sock", socket.string())});
  for (const auto& folder : folders) append(command, {"--volume", fmt::format("{0}:{0}", folder)});
  append(command, {"--workdir", files.folder.string()});
}

/// The last line that says something: Compose tells its progress before.
std::string lastLine(std::string_view text) {
  const auto lines = base::splitList(text, '\n');
  return lines.empty() ? "it says nothing" : base::printable(lines.back(), kMessageBytes);
}

}  // namespace

Command composeCommand(const ComposeFiles& files, const ComposeCall& call, const fs::path& socket,
                       const std::string& image, const std::vector<std::string>& known) {
  Command command{.arguments = {}, .variables = call.variables, .timeout = call.timeout};
  auto& arguments = command.arguments;
  if (!image.empty()) {
    appendRun(arguments, files, socket);
    for (const auto& name : known) append(arguments, {"--env", name});
    for (const auto& [name, value] : call.variables) append(arguments, {"--env", name});
    arguments.push_back(image);
  }
  append(arguments,
         {"docker", "compose", "--ansi", "never", "--project-directory", files.folder.string()});
  for (const auto& file : files.files) append(arguments, {"--file", file.string()});
  append(arguments, {"--env-file", files.envFile.string()});
  arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
  return command;
}

std::vector<std::string> variablesIn(const ComposeFiles& files) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(files.folder, ignored)) {
    if (!entry.path().filename().string().starts_with("docker-compose")) continue;
    const auto content = readStateFile(entry.path());
    if (!content || !*content) continue;
    const std::string_view text = **content;
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 1)) {
      const auto name = text.substr(at + 2, text.find_first_of(":-?+}", at + 2) - at - 2);
      names.emplace_back(name);
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const std::string& DockerCompose::opsImage() {
  if (opsImage_) return *opsImage_;
  const auto own =
      runCommand({.arguments = {"docker", "compose", "version"}, .timeout = kLookLimit});
  const char* const named = std::getenv("OPS_IMAGE");
  const bool isThere = own && own->exitCode == 0;
  opsImage_ = isThere ? "" : named != nullptr ? named : "slipway/ops:latest";
  return *opsImage_;
}

Result<std::string> DockerCompose::run(const ComposeCall& call) {
  std::vector<std::string> known;
  for (auto& name : variablesIn(files_)) {
    if (std::getenv(name.c_str()) != nullptr) known.push_back(std::move(name));
  }
  const auto command = composeCommand(files_, call, socket_, opsImage(), known);
  auto result = runCommand(command);
  if (!result) return std::unexpected(result.error());
  if (result->exitCode == 0) return std::move(result->out);
  return std::unexpected(fmt::format("docker compose {} failed ({}): {}", inWords(call.arguments),
                                     result->exitCode, lastLine(result->err)));
}

Result<> DockerCompose::pull(const std::string& image) {
  const auto result =
      runCommand({.arguments = {"docker", "pull", "--quiet", image}, .timeout = kPullLimit});
  if (!result) return std::unexpected(result.error());
  if (result->exitCode == 0) return {};
  return std::unexpected(lastLine(result->err));
}

}  // namespace slipway::ops
