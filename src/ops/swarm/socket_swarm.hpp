// The real Swarm, by way of a manager's Engine.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ops/docker/engine_api.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

class SocketSwarm final : public Swarm {
 public:
  /// `http` outlives it.
  SocketSwarm(std::filesystem::path socket, HttpClient& http) : api_(std::move(socket), http) {}

  Result<std::vector<SwarmService>> services(const std::string& stack) override;
  Result<std::vector<SwarmTask>> tasks(const std::string& stack) override;
  Result<std::vector<SwarmNode>> nodes() override;
  Result<std::string> lastLogLines(const std::string& task, int count) override;
  Result<std::string> serviceLogLines(const std::string& service, int count) override;
  Result<> scale(const std::string& service, unsigned replicas) override;
  Result<> setLabel(const std::string& service, const std::string& name,
                    const std::string& value) override;

 private:
  /// Error: explained.
  Result<base::Json> read(std::string target);
  /// `of`: /tasks/<id> or /services/<id>.
  Result<std::string> logLines(const std::string& of, int count);
  /// Puts `changed(spec)` in the place of the service's spec.
  Result<> change(const std::string& service,
                  const std::function<base::Json(base::Json spec)>& changed);

  EngineApi api_;
};

}  // namespace slipway::ops
