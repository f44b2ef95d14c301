// A Docker Swarm as operations see it: services, tasks and nodes of one stack, and the few changes
// that a whole `docker stack deploy` would be too much for. SocketSwarm asks the Engine of a
// manager; FakeSwarm is for tests. Every call has a time limit. Errors: one line. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

enum class UpdateState : std::uint8_t {
  None,
  Updating,
  Completed,
  Paused,
  RollingBack,
  RolledBack
};

struct SwarmService {
  std::string id = {};
  std::string name = {};  // within the stack: api
  std::string image = {};
  std::string taskSpec = {};              // what its tasks should be, to compare with theirs
  std::optional<unsigned> replicas = {};  // wanted; nothing for one on each node
  bool isJob = false;
  std::int64_t iteration = 0;  // of a job
  UpdateState update = UpdateState::None;
  std::string updateMessage = {};
  std::map<std::string, std::string> labels = {};
};

struct SwarmTask {
  std::string id = {};
  std::string service = {};    // its id
  std::string node = {};       // its id
  std::string container = {};  // its id on that node; empty before there is one
  int slot = 0;
  std::string wanted = {};  // running, shutdown, complete, ...
  std::string state = {};   // new, pending, ..., starting, running, complete, failed, rejected, ...
  std::string error = {};
  std::string image = {};
  std::string taskSpec = {};
  std::string changed = {};  // ISO 8601
  std::int64_t iteration = 0;

  bool isWanted() const { return wanted == "running" || wanted == "ready"; }
  bool hasFailed() const { return state == "failed" || state == "rejected"; }
  bool hasEnded() const;
};

struct SwarmNode {
  std::string id = {};
  std::string host = {};
  std::string address = {};
  std::map<std::string, std::string> labels = {};
  bool isManager = false;
  bool isReady = false;
  bool isActive = false;  // takes tasks
};

class Swarm {
 public:
  virtual ~Swarm() = default;

  /// In the order of their names. Error also when this Engine is no manager of a Swarm.
  virtual Result<std::vector<SwarmService>> services(const std::string& stack) = 0;
  virtual Result<std::vector<SwarmTask>> tasks(const std::string& stack) = 0;
  virtual Result<std::vector<SwarmNode>> nodes() = 0;
  virtual Result<std::string> lastLogLines(const std::string& task, int count) = 0;
  /// The same of all tasks of a service.
  virtual Result<std::string> serviceLogLines(const std::string& service, int count) = 0;
  virtual Result<> scale(const std::string& service, unsigned replicas) = 0;
  /// Of the service itself: its tasks stay as they are.
  virtual Result<> setLabel(const std::string& service, const std::string& name,
                            const std::string& value) = 0;
};

/// The one of that name, or nullptr.
const SwarmService* findService(const std::vector<SwarmService>& services, const std::string& name);

/// What an Engine says of its Swarm; where that has no leader, what to do about it.
std::string explained(const std::string& error);

}  // namespace slipway::ops
