// A Swarm that is only played, for tests: `docker stack deploy` is taken, and what comes of a
// version is what the test says of it. Time passes only when somebody waits.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "ops/swarm/cloud_run.hpp"

namespace slipway::ops::testing {

class FakeSwarm final : public Swarm {
 public:
  enum class Behaviour : std::uint8_t { Good, RollsBack, NeverReady, MigrationFails };

  std::vector<SwarmService> all;
  std::vector<SwarmTask> allTasks;
  std::vector<SwarmNode> allNodes{{.id = "n1",
                                   .host = "one",
                                   .address = "10.0.0.1",
                                   .labels = {{"slipway.data", "true"}, {"slipway.proxy", "true"}},
                                   .isManager = true,
                                   .isReady = true,
                                   .isActive = true}};
  std::map<std::string, Behaviour> versions;  // Good without
  std::string trouble;                        // not empty: every call fails with it
  std::vector<StackVariables> deployed;
  std::vector<std::string> labels;  // that were set, "name=value"
  std::vector<std::string> logsOf;  // tasks whose log was asked for

  /// As `docker stack deploy`.
  Result<> deploy(const StackVariables& variables);
  void addService(const std::string& name, const std::string& version, unsigned tasks);
  void addTask(const SwarmService& service, const std::string& spec, const std::string& state);

  /// Of the service api; empty without one.
  std::string serving() const {
    const auto* api = findService(all, "api");
    return api == nullptr ? "" : api->image.substr(api->image.rfind(':') + 1);
  }
  std::string deployedWith(const std::string& name) const {
    for (const auto& [key, value] : deployed.back()) {
      if (key == name) return value;
    }
    return "";
  }

  Result<std::vector<SwarmService>> services(const std::string& /*stack*/) override {
    return answer(all);
  }
  Result<std::vector<SwarmTask>> tasks(const std::string& /*stack*/) override {
    return answer(allTasks);
  }
  Result<std::vector<SwarmNode>> nodes() override { return answer(allNodes); }
  Result<std::string> lastLogLines(const std::string& task, int /*count*/) override {
    logsOf.push_back(task);
    return answer(std::string("why it died\n"));
  }
  Result<std::string> serviceLogLines(const std::string& /*service*/, int /*count*/) override {
    return answer(std::string("a line\n"));
  }
  Result<> scale(const std::string& service, unsigned replicas) override {
    if (!trouble.empty()) return std::unexpected(trouble);
    const auto found = std::ranges::find(all, service, &SwarmService::id);
    if (found == all.end()) return std::unexpected("no such service");
    found->replicas = replicas;
    scaled.push_back(replicas);
    return {};
  }
  std::vector<unsigned> scaled;
  Result<> setLabel(const std::string& /*service*/, const std::string& name,
                    const std::string& value) override {
    if (!trouble.empty()) return std::unexpected(trouble);
    labels.push_back(fmt::format("{}={}", name, value));
    return {};
  }

 private:
  void runJob(const std::string& version);
  void runApi(const std::string& version, unsigned replicas, const std::string& before);

  template <typename T>
  Result<T> answer(T value) const {
    if (!trouble.empty()) return std::unexpected(trouble);
    return value;
  }

  int made_ = 0;
};

}  // namespace slipway::ops::testing
