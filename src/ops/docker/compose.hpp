// What operations ask of the docker command line, always by argument vectors: `docker compose` with
// the files of one stack, and `docker pull`, which knows registries' credentials. DockerCompose
// runs it; FakeCompose is for tests. Errors: one line with what it said last. Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

struct ComposeCall {
  std::vector<std::string> arguments;  // after the files: {"up", "--detach", "api-blue"}
  /// Outrank the env file.
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::chrono::seconds timeout{120};
};

class Compose {
 public:
  virtual ~Compose() = default;
  /// Its stdout.
  virtual Result<std::string> run(const ComposeCall& call) = 0;
  virtual Result<> pull(const std::string& image) = 0;
};

/// The files that make one stack.
struct ComposeFiles {
  std::filesystem::path folder;              // absolute: the project directory
  std::vector<std::filesystem::path> files;  // absolute
  std::filesystem::path envFile;             // absolute
};

}  // namespace slipway::ops
