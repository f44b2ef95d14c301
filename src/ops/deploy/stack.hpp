// One stack on this host: its files, its state folder, its names, as the env file and the process's
// environment (which outranks it, as for Compose) say. Plain values; nothing is changed.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ops/deploy/env_file.hpp"
#include "ops/docker/compose.hpp"

namespace slipway::ops {

struct StackRequest {
  std::string environment;                            // staging or production
  std::filesystem::path folder = ".";                 // of the Compose files
  std::filesystem::path envFile = {};                 // empty: .env.<environment> in that folder
  std::vector<std::filesystem::path> moreFiles = {};  // Compose files after the stack's own
};

struct Stack {
  std::string environment;
  ComposeFiles files;
  std::filesystem::path state;  // state/<environment>
  std::string project;          // of Compose: slipway-<environment>
  std::string repository;       // of the service's images: slipway/slipwayd

  std::string frontend() const { return project + "_frontend"; }
  std::filesystem::path lock() const { return state / "lock"; }
  std::filesystem::path operation() const { return state / "deploy.json"; }
  std::filesystem::path history() const { return state / "history.jsonl"; }
  /// A restore whose cache is still to be cleared.
  std::filesystem::path unfinishedRestore() const { return state / "restore.json"; }
  std::filesystem::path logs() const { return state / "logs"; }
  std::filesystem::path reserve() const { return state / "reserve"; }
  /// Figures for monitoring, in Prometheus' text format.
  std::filesystem::path metrics() const { return state / "metrics"; }
  /// Names of who gets requests, one a line; the proxy reads it.
  std::filesystem::path hosts() const { return state / "proxy" / "hosts"; }
  std::filesystem::path hostsBefore() const { return state / "proxy" / "hosts.before"; }
  std::string image(const std::string& version) const { return repository + ":" + version; }
};

/// Of the process: std::getenv, or a test's.
using Variables = std::function<std::optional<std::string>(const std::string&)>;
Variables processVariables();

Stack locateStack(const StackRequest& request, const EnvFile& env, const Variables& variables);

/// Where the request says that the env file is.
std::filesystem::path envFileOf(const StackRequest& request);

}  // namespace slipway::ops
