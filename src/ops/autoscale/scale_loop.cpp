#include "ops/autoscale/scale_loop.hpp"

#include <ostream>

#include "ops/swarm/cloud_run.hpp"

namespace slipway::ops {

namespace {

class ScaleLoop {
 public:
  explicit ScaleLoop(ScaleLoopParts parts) : parts_(std::move(parts)) {
    figures_.most = mostReplicas(parts_.rules);
  }

  void run() {
    while (!parts_.clock.interrupted()) {
      look();
      tell();
      parts_.clock.wait(parts_.interval);
    }
  }

 private:
  void look() {
    figures_.trouble.clear();
    figures_.situation.now = parts_.clock.now();
    const auto service = observe();
    if (!service) {
      figures_.trouble = service.error();
      // Nothing is known: as if Prometheus were away.
      figures_.situation.load.reset();
      figures_.decision = {.replicas = figures_.situation.wanted, .reason = Reason::NoFigures};
      memory_ = remember(std::move(memory_), parts_.rules, figures_.situation, figures_.decision);
      return;
    }
    figures_.decision = decide(parts_.rules, figures_.situation, memory_);
    const bool failed = !carryOut(*service);
    memory_ =
        remember(std::move(memory_), parts_.rules, figures_.situation, figures_.decision, failed);
  }

  /// The situation; gives the service's id.
  Result<std::string> observe() {
    const auto services = parts_.swarm.services(parts_.stack);
    if (!services) return std::unexpected(services.error());
    const auto tasks = parts_.swarm.tasks(parts_.stack);
    if (!tasks) return std::unexpected(tasks.error());
    const auto* api = findService(*services, "api");
    if (api == nullptr || !api->replicas || *api->replicas == 0) {
      return std::unexpected("no service api runs in the stack " + parts_.stack);
    }
    auto& situation = figures_.situation;
    situation.wanted = *api->replicas;
    situation.running = static_cast<unsigned>(runningTasks(*api, *tasks));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(situation.now);
    situation.isFrozen = frozenUntil(*api) > seconds.time_since_epoch().count() ||
                         api->update == UpdateState::Updating ||
                         api->update == UpdateState::RollingBack;
    situation.load.reset();
    if (auto load = parts_.askLoad()) {
      situation.load = *load;
    } else {
      figures_.trouble = load.error();
    }
    return api->id;
  }

  bool carryOut(const std::string& service) {
    const auto wanted = figures_.situation.wanted;
    if (figures_.decision.replicas == wanted || parts_.isDryRun) return true;
    const auto scaled = parts_.swarm.scale(service, figures_.decision.replicas);
    if (!scaled) {
      figures_.trouble = scaled.error();
      ++figures_.failures;
      return false;
    }
    ++(figures_.decision.replicas > wanted ? figures_.ups : figures_.downs);
    return true;
  }

  void tell() {
    const auto& decision = figures_.decision;
    const bool isNews = !told_ || decision.reason != told_->reason ||
                        decision.replicas != figures_.situation.wanted ||
                        figures_.trouble != toldTrouble_;
    if (isNews) parts_.out << logEntry(figures_).dump() << '\n' << std::flush;
    told_ = decision;
    toldTrouble_ = figures_.trouble;
    if (parts_.publish) parts_.publish(metricsText(figures_));
  }

  ScaleLoopParts parts_;
  ScaleMemory memory_;
  ScaleFigures figures_;
  std::optional<ScaleDecision> told_;
  std::string toldTrouble_;
};

}  // namespace

void runScaleLoop(ScaleLoopParts parts) { ScaleLoop(std::move(parts)).run(); }

}  // namespace slipway::ops
