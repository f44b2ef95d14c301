#include "ops/deploy/preflight.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "ops/files/state_file.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> kWritten{"BLUE_VERSION", "BLUE_REPLICAS", "GREEN_VERSION",
                                              "GREEN_REPLICAS"};
constexpr std::uintmax_t kMebibyte = std::uintmax_t{1024} * 1024;
constexpr std::uintmax_t kEngineRoom = 512 * kMebibyte;
constexpr std::uintmax_t kStateRoom = 16 * kMebibyte;

std::string initHint(const Stack& stack) {
  return fmt::format("slipway init {} makes it", stack.environment);
}

Problems checkEnvFile(const Stack& stack) {
  const auto& path = stack.files.envFile;
  const auto content = readStateFile(path);
  if (!content) return {content.error()};
  if (!*content) {
    return {fmt::format("there is no {}: {}", path.string(), initHint(stack))};
  }
  Problems problems;
  const EnvFile env(**content);
  for (const auto& problem : env.problems()) {
    problems.push_back(fmt::format("{}: {}", path.string(), problem));
  }
  if (const auto desired = readDesiredState(env); !desired) {
    problems.push_back(fmt::format("{}: {}", path.string(), desired.error()));
  }
  return problems;
}

/// Not the content: who deploys need not be able to read it.
std::string troubleWith(const fs::path& file) {
  std::error_code failed;
  const auto status = fs::status(file, failed);
  if (status.type() == fs::file_type::not_found) return fmt::format("{} is missing", file.string());
  if (failed == std::errc::permission_denied) return {};
  if (status.type() != fs::file_type::regular) {
    return fmt::format("{} is no file", file.string());
  }
  if (fs::file_size(file, failed) == 0) return fmt::format("{} is empty", file.string());
  return {};
}

/// The host's folder behind a mount of a service.
fs::path mountedAt(const base::Json& config, std::string_view service, std::string_view target) {
  const auto found = objectIn(objectIn(config, "services"), service);
  for (const auto& volume : arrayIn(found, "volumes")) {
    if (textIn(volume, "target") == target) return textIn(volume, "source");
  }
  return {};
}

void checkRoom(Problems& problems, const fs::path& folder, std::uintmax_t needed) {
  struct statvfs found{};
  if (statvfs(folder.c_str(), &found) != 0) return;  // not to be seen from here: no verdict
  const auto room = std::uintmax_t{found.f_bavail} * found.f_frsize;
  if (room >= needed) return;
  problems.push_back(fmt::format("only {} MiB are free in {}, of {} that it takes: make room",
                                 room / kMebibyte, folder.string(), needed / kMebibyte));
}

}  // namespace

Problems checkFiles(const Stack& stack, const Variables& variables) {
  Problems problems;
  for (const auto& file : stack.files.files) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) {
      problems.push_back(
          fmt::format("there is no {}: --directory names the folder of the Compose "
                      "files",
                      file.string()));
    }
  }
  for (auto& problem : checkEnvFile(stack)) problems.push_back(std::move(problem));
  for (const auto* name : kWritten) {
    if (!variables(name)) continue;
    problems.push_back(fmt::format("{} is set in the environment and would outrank {}: unset it",
                                   name, stack.files.envFile.string()));
  }
  return problems;
}

Problems checkSecrets(const base::Json& config) {
  std::vector<fs::path> files;
  const auto secrets = objectIn(config, "secrets");
  if (secrets.isObject()) {
    for (const auto& [name, secret] : secrets.asObject()) {
      files.emplace_back(textIn(secret, "file"));
    }
  }
  if (const auto tls = mountedAt(config, "proxy", "/etc/nginx/tls"); !tls.empty()) {
    files.push_back(tls / "fullchain.pem");
    files.push_back(tls / "privkey.pem");
  }
  Problems problems;
  for (const auto& file : files) {
    if (file.empty()) continue;
    const auto trouble = troubleWith(file);
    if (!trouble.empty()) problems.push_back(trouble + ": slipway init makes what is missing");
  }
  return problems;
}

Problems checkCompose(Compose& compose) {
  const auto output = compose.run({.arguments = {"config", "--format", "json"}});
  if (!output) return {output.error()};
  const auto config = base::readJson(*output);
  if (!config) return {"docker compose config: its answer is no JSON"};
  return checkSecrets(*config);
}

Problems checkSpace(const Stack& stack, const fs::path& engineFolder) {
  Problems problems;
  checkRoom(problems, engineFolder, kEngineRoom);
  auto folder = stack.state;
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  checkRoom(problems, folder, kStateRoom);
  return problems;
}

Result<std::optional<Operation>> unfinishedOperation(const Stack& stack) {
  const auto content = readStateFile(stack.operation());
  if (!content) return std::unexpected(content.error());
  if (!*content) return std::nullopt;
  const auto json = base::readJson(**content);
  auto operation = json ? readOperation(*json) : std::unexpected(std::string("it is no JSON"));
  if (!operation) {
    return std::unexpected(fmt::format("{}: {}", stack.operation().string(), operation.error()));
  }
  if (operation->phase == Phase::Done) return std::nullopt;
  return std::optional(std::move(*operation));
}

}  // namespace slipway::ops
