#include "ops/swarm/cloud_stack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/hmac.hpp"
#include "base/text.hpp"
#include "ops/deploy/observed.hpp"
#include "ops/docker/docker_compose.hpp"
#include "ops/files/secret_file.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kEnding = "_DIGEST";

/// "secret_key" of SECRET_KEY_DIGEST.
std::string nameIn(std::string_view variable) {
  return base::toLowerAscii(variable.substr(0, variable.size() - kEnding.size()));
}

/// "    file: ./config/x" of "  x:" in the Compose file's text; empty when there is none.
std::string_view fileLine(std::string_view text, const std::string& variable) {
  const auto at = text.find("${" + variable);
  if (at == std::string_view::npos) return {};
  constexpr std::string_view kKey = "file:";
  const auto key = text.find(kKey, at);
  if (key == std::string_view::npos) return {};
  const auto begin = key + kKey.size();
  return base::trim(text.substr(begin, text.find('\n', begin) - begin));
}

/// The path, where a variable stands for the folder of secrets.
std::filesystem::path pathOf(std::string_view line, const CloudStack& stack) {
  const auto end = line.find('}');
  if (!line.starts_with("${SECRETS_DIR") || end == std::string_view::npos) {
    return (stack.files.folder / line).lexically_normal();
  }
  return stack.secrets / line.substr(end + 2);
}

/// What is deployed is written by operations alone: a shell's VERSION is somebody else's.
bool isDeployed(std::string_view variable) {
  return variable == "VERSION" || variable == "API_VERSION" || variable == "API_REPLICAS";
}

std::string hex(std::string_view bytes, std::size_t count) {
  std::string text;
  for (const char byte : bytes.substr(0, count)) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

Result<std::string> read(const std::filesystem::path& path) {
  auto content = readStateFile(path);
  if (!content) return std::unexpected(content.error());
  if (*content) return std::move(**content);
  return std::unexpected(
      fmt::format("{} is not there: slipway init cloud makes what is missing", path.string()));
}

}  // namespace

Result<CloudStack> findCloudStack(const StackRequest& request, const Variables& variables) {
  const auto env = readEnvFile(envFileOf(request));
  if (!env) return std::unexpected(env.error());
  if (const auto problems = env->problems(); !problems.empty()) {
    return std::unexpected(fmt::format("{}: {}", envFileOf(request).string(), problems.front()));
  }
  const auto located = locateStack(request, *env, variables);
  const auto value = [&](const std::string& name) {
    auto found = variables(name);
    return found && !found->empty() ? *found : env->find(name).value_or("");
  };
  const auto orElse = [](const std::string& found, const char* byDefault) {
    return found.empty() ? std::string(byDefault) : found;
  };
  CloudStack stack{.files = located.files,
                   .secrets = {},
                   .state = located.state,
                   .name = located.project,
                   .repository = located.repository,
                   .version = env->find("API_VERSION").value_or(""),
                   .httpsPort = orElse(value("HTTPS_PORT"), "443"),
                   .settings = {}};
  stack.secrets =
      (stack.files.folder / orElse(value("SECRETS_DIR"), "./secrets/cloud")).lexically_normal();
  const auto replicas = base::parseUnsigned(env->find("API_REPLICAS").value_or("2"));
  if (!replicas || *replicas > 1000)
    return std::unexpected("API_REPLICAS in .env.cloud: no number");
  stack.replicas = static_cast<unsigned>(*replicas);
  for (const auto& name : variablesIn(stack.files)) {
    auto found = isDeployed(name) ? env->find(name).value_or("") : value(name);
    if (!found.empty()) stack.settings.emplace_back(name, std::move(found));
  }
  return stack;
}

Result<StackVariables> digests(const CloudStack& stack) {
  const auto key = readSecretFile(stack.secrets / "secret_key");
  if (!key) return std::unexpected(key.error());
  const base::HmacSha256 hmac(*key);
  const auto compose = read(stack.files.files.front());
  if (!compose) return std::unexpected(compose.error());
  StackVariables found;
  for (const auto& name : variablesIn(stack.files)) {
    if (!name.ends_with(kEnding)) continue;
    const auto line = fileLine(*compose, name);
    if (line.empty()) continue;
    auto content = read(pathOf(line, stack));
    if (!content) return std::unexpected(content.error());
    constexpr std::size_t kBytes = 6;
    found.emplace_back(name, hex(hmac.sign(nameIn(name) + ":" + *content), kBytes));
    base::wipe(*content);
  }
  return found;
}

Result<> writeSettings(const CloudStack& stack, const StackVariables& lines) {
  auto env = readEnvFile(stack.files.envFile);
  if (!env) return std::unexpected(env.error());
  for (const auto& [name, value] : lines) env->set(name, value);
  return replaceFile(stack.files.envFile, env->text());
}

}  // namespace slipway::ops
