// What the FakeSwarm does when a stack is deployed; it is no test itself.
#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops::testing {

Result<> FakeSwarm::deploy(const StackVariables& variables) {
  if (!trouble.empty()) return std::unexpected(trouble);
  deployed.push_back(variables);
  const auto value = [&](const std::string& name) {
    const auto found =
        std::ranges::find(variables, name, &std::pair<std::string, std::string>::first);
    return found == variables.end() ? std::string() : found->second;
  };
  std::erase_if(allTasks, [](const auto& task) { return !task.hasFailed(); });
  const auto before = serving();
  all.clear();
  addService("db", "17", 1);
  addService("proxy", "1.26", 1);
  all.back().replicas.reset();
  runJob(value("VERSION"));
  runApi(value("API_VERSION"), static_cast<unsigned>(std::stoul(value("API_REPLICAS"))), before);
  return {};
}

void FakeSwarm::addService(const std::string& name, const std::string& version, unsigned tasks) {
  all.push_back({.id = "id-" + name,
                 .name = name,
                 .image = "slipway/" + name + ":" + version,
                 .taskSpec = version,
                 .replicas = tasks,
                 .updateMessage = ""});
  for (unsigned slot = 1; slot <= tasks; ++slot) addTask(all.back(), version, "running");
}

void FakeSwarm::addTask(const SwarmService& service, const std::string& spec,
                        const std::string& state) {
  allTasks.push_back({.id = fmt::format("t{}", ++made_),
                      .service = service.id,
                      .node = "n1",
                      .container = "container-of-" + service.name,
                      .slot = made_,
                      .wanted = state == "running" || state == "starting" ? "running" : "shutdown",
                      .state = state,
                      .error = state == "failed" ? "task: non-zero exit (1)" : "",
                      .image = service.image,
                      .taskSpec = spec,
                      .changed = fmt::format("2026-01-02T03:04:{:02}", made_),
                      .iteration = service.iteration});
}

void FakeSwarm::runJob(const std::string& version) {
  all.push_back({.id = "id-migrate",
                 .name = "migrate",
                 .image = "slipway/slipwayd:" + version,
                 .taskSpec = version,
                 .isJob = true,
                 .iteration = static_cast<std::int64_t>(deployed.size()),
                 .updateMessage = ""});
  const bool fails = versions[version] == Behaviour::MigrationFails;
  addTask(all.back(), version, fails ? "failed" : "complete");
}

void FakeSwarm::runApi(const std::string& version, unsigned replicas, const std::string& before) {
  const auto behaviour = versions[version];
  if (behaviour == Behaviour::RollsBack && version != before && replicas > 0) {
    addService("api", before, replicas);
    addTask(all.back(), version, "failed");
    all.back().update = UpdateState::RolledBack;
    all.back().updateMessage = "update rolled back due to failure of task";
    return;
  }
  const bool isReady = behaviour != Behaviour::NeverReady;
  addService("api", version, isReady ? replicas : 0);
  all.back().replicas = replicas;
  if (!isReady && replicas > 0) addTask(all.back(), version, "starting");
}

}  // namespace slipway::ops::testing
