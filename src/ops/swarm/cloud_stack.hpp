// The stack of a Swarm as its files say: docker-compose.cloud.yml, .env.cloud, secrets/cloud. Only
// reads.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "ops/deploy/env_file.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

using StackVariables = std::vector<std::pair<std::string, std::string>>;

struct CloudStack {
  ComposeFiles files = {};
  std::filesystem::path secrets = {};
  std::filesystem::path state = {};
  std::string name = {};        // of the stack: slipway-cloud
  std::string repository = {};  // of the service's images
  std::string version = {};     // that serves, as .env.cloud says; empty: none was deployed yet
  unsigned replicas = 2;        // the same
  std::string httpsPort = {};
  StackVariables settings =
      {};  // what the Compose files ask for and the env file or the process has

  std::filesystem::path lock() const { return state / "lock"; }
  std::filesystem::path history() const { return state / "history.jsonl"; }
  std::string image(const std::string& tag) const { return repository + ":" + tag; }
};

/// Error: a file can't be read, or a line of .env.cloud is none.
Result<CloudStack> findCloudStack(const StackRequest& request, const Variables& variables);

/// The variables <NAME>_DIGEST that are parts of the names of secrets and configs. They change when
/// the files do and tell nothing of them: HMACs with the service's key. Error: a file is missing.
Result<StackVariables> digests(const CloudStack& stack);

/// Puts lines of .env.cloud in the place of what they were.
Result<> writeSettings(const CloudStack& stack, const StackVariables& lines);

}  // namespace slipway::ops
