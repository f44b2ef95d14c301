// The Docker Engine as operations see it: looking, and the little that Compose is not asked for.
// SocketEngine asks the real one; FakeEngine is for tests. Every call has a time limit of its own.
// Errors: one line with what failed. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

enum class Health : std::uint8_t { None, Starting, Healthy, Unhealthy };

struct Container {
  std::string id;
  std::string name;
  std::string service;    // of Compose
  bool isOneOff = false;  // of `compose run`
  std::string image;      // its id: sha256:...
  std::string imageName;  // as it was asked for: slipway/slipwayd:1.2.0
  std::string status;     // created, running, restarting, exited, ...
  Health health = Health::None;
  int exitCode = 0;
  bool oomKilled = false;
  int restartCount = 0;
  std::string startedAt;                              // ISO 8601, as the Engine gives it
  std::map<std::string, std::string> addresses = {};  // by the network's name

  bool isRunning() const { return status == "running"; }
  /// Running, and healthy where its image says how to find out.
  bool isWell() const {
    return isRunning() && (health == Health::Healthy || health == Health::None);
  }
};

struct Image {
  std::string id;
  std::vector<std::string> tags;  // slipway/slipwayd:1.2.0, ...
  std::map<std::string, std::string> labels;
};

struct EngineFacts {
  std::string version;
  std::filesystem::path rootFolder;  // where images and volumes are
};

struct ExecResult {
  int exitCode = 0;
  std::string out;
  std::string err;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<EngineFacts> facts() = 0;
  /// All of a Compose project, running or not, in the order of their names.
  virtual Result<std::vector<Container>> containers(const std::string& project) = 0;
  /// Nothing when there is none of that id or name.
  virtual Result<std::optional<Container>> container(const std::string& id) = 0;
  /// The last lines of both streams.
  virtual Result<std::string> lastLogLines(const std::string& id, int count) = 0;
  /// Stops it as its service says, at the latest after `grace`, and removes it; fine when it is
  /// gone already.
  virtual Result<> remove(const std::string& id, std::chrono::seconds grace) = 0;
  virtual Result<ExecResult> exec(const std::string& id, const std::vector<std::string>& arguments,
                                  std::chrono::milliseconds timeout) = 0;

  /// By tag or id; nothing when it is not here.
  virtual Result<std::optional<Image>> image(const std::string& reference) = 0;
  virtual Result<> tag(const std::string& id, const std::string& repository,
                       const std::string& tag) = 0;
  /// Takes the tag away, and the image with the last one. False when a container needs it.
  virtual Result<bool> removeImage(const std::string& reference) = 0;
};

/// The address in the network of that name (`slipway-production_frontend`); empty when it has none.
std::string addressIn(const Container& container, const std::string& network);

}  // namespace slipway::ops
