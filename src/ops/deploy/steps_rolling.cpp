// Rolling: the containers of the serving colour are replaced one at a time, each new one before an
// old one goes. Which is which their images tell, so that a step that was cut short goes on from
// what it finds.
#include <fmt/format.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/colours.hpp"
#include "ops/deploy/kept_logs.hpp"
#include "ops/deploy/proxy_hosts.hpp"
#include "ops/deploy/proxy_switch.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/deploy/traffic_watch.hpp"

namespace slipway::ops {

namespace {

// That of the service, in the Compose file, and a little.
constexpr std::chrono::seconds kGrace{45};

std::string namesOf(const std::vector<Container>& containers) {
  std::string names;
  for (const auto& container : containers) names += container.name + "\n";
  return names;
}

std::vector<Container> both(std::vector<Container> some, const std::vector<Container>& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

/// As many containers of that version as `count` beside those that there are.
Result<> scale(Run& run, const Release& release, unsigned count) {
  const auto colour = run.operation.toColour;
  const auto written = setColour(run, colour, {release.version, count});
  if (!written) return written;
  return bringUp(run, colour, {"--no-recreate"});
}

/// Until there are `newOnes` of the new version.
Result<std::string> addOne(Run& run, unsigned newOnes) {
  const auto& operation = run.operation;
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto oldOnes = static_cast<unsigned>(oldContainers(run, *found).size());
  const auto up = scale(run, operation.to, oldOnes + newOnes);
  if (!up) return std::unexpected(up.error());
  return waitReady(run,
                   {.colour = operation.toColour, .count = newOnes, .image = operation.to.image});
}

/// Requests to the old containers, the new ones away; old ones that are gone are started again
/// first.
Result<std::string> bringOldBack(Run& run) {
  const auto& operation = run.operation;
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto newOnes = found->of(operation.toColour).size() - oldContainers(run, *found).size();
  if (oldContainers(run, *found).size() < operation.replicas) {
    const auto up =
        scale(run, *operation.from, operation.replicas + static_cast<unsigned>(newOnes));
    if (!up) return std::unexpected(up.error());
    const auto ready = waitReady(run, {.colour = operation.fromColour,
                                       .count = operation.replicas,
                                       .image = operation.from->image,
                                       .isNew = false});
    if (!ready) return std::unexpected(ready.error());
  }
  const auto now = run.look();
  if (!now) return std::unexpected(now.error());
  const auto back = sendRequestsBack(run, namesOf(oldContainers(run, *now)));
  if (!back) return std::unexpected(back.error());
  if (run.newVersion && !run.clock.interrupted()) keepLogs(run, run.newVersion->containers());
  for (const auto& container : now->of(operation.toColour)) {
    if (container.image == operation.from->image) continue;
    const auto gone = run.engine.remove(container.id, kGrace);
    if (!gone) return std::unexpected(gone.error());
  }
  const auto written =
      setColour(run, operation.toColour, {operation.from->version, operation.replicas});
  if (!written) return std::unexpected(written.error());
  return fmt::format("{} serves alone", operation.from->version);
}

Result<std::string> aim(Run& run) {
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto aimed = sendRequestsTo(run, namesOf(oldContainers(run, *found)));
  if (!aimed) return std::unexpected(aimed.error());
  return "";
}

Result<std::string> undoAim(Run& run) {
  const auto back = sendRequestsBack(run, hostsOf(run.operation.fromColour));
  if (!back) return std::unexpected(back.error());
  return "";
}

Result<std::string> admit(Run& run) {
  if (const auto watch = watchNewVersion(run); !watch) return std::unexpected(watch.error());
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto newOnes = newContainers(run, *found);
  const auto told = sendRequestsTo(run, namesOf(both(oldContainers(run, *found), newOnes)));
  if (!told) return std::unexpected(told.error());
  return fmt::format("{} gets its share of requests", newOnes.front().name);
}

Result<> drainOne(Run& run, const Container& container) {
  auto watch = TrafficWatch::begin(run, {container});
  if (!watch) return {};  // it does not answer: nothing to wait for
  const auto quiet = waitUntilQuiet(run, *watch, container.name + " still gets requests");
  if (!quiet) return std::unexpected(quiet.error());
  return {};
}

/// Takes one old container out of the requests, and away.
Result<std::string> replaceOne(Run& run, const Observed& found) {
  auto old = oldContainers(run, found);
  const auto newOnes = newContainers(run, found);
  const auto victim = old.back();
  old.pop_back();
  const auto told = sendRequestsTo(run, namesOf(both(old, newOnes)));
  if (!told) return std::unexpected(told.error());
  if (const auto quiet = drainOne(run, victim); !quiet) return std::unexpected(quiet.error());
  if (const auto gone = run.engine.remove(victim.id, kGrace); !gone) {
    return std::unexpected(gone.error());
  }
  return victim.name;
}

Result<std::string> replace(Run& run) {
  const auto& operation = run.operation;
  while (true) {
    if (const auto reason = run.reasonToStop()) return std::unexpected(*reason);
    const auto found = run.look();
    if (!found) return std::unexpected(found.error());
    const auto newOnes = static_cast<unsigned>(newContainers(run, *found).size());
    const auto oldOnes = static_cast<unsigned>(oldContainers(run, *found).size());
    if (oldOnes == 0 && newOnes >= operation.replicas) break;
    run.reporter.progress(fmt::format("{} of {} replaced", newOnes, operation.replicas));
    const bool isRoom = newOnes < operation.replicas && newOnes + oldOnes <= operation.replicas;
    const auto changed = isRoom ? addOne(run, newOnes + 1) : replaceOne(run, *found);
    if (!changed) return std::unexpected(changed.error());
  }
  const auto written =
      setColour(run, operation.toColour, {operation.to.version, operation.replicas});
  if (!written) return std::unexpected(written.error());
  const auto told = sendRequestsTo(run, hostsOf(operation.toColour));
  if (!told) return std::unexpected(told.error());
  return fmt::format("{} of {} replaced", operation.replicas, operation.replicas);
}

}  // namespace

Step aimStep(const Operation& operation) {
  return {.name = "aim",
          .does = fmt::format("send requests to the {} containers of {} by their names",
                              operation.replicas, serviceOf(operation.fromColour)),
          .exitCode = kExitSwitch,
          .run = aim,
          .undo = undoAim};
}

Step canaryStep(const Stack& stack, const Operation& operation) {
  return {.name = "canary",
          .does = fmt::format("start one of {} beside them and wait until it is ready: docker "
                              "compose up --detach --no-deps --no-recreate {}",
                              stack.image(operation.to.version), serviceOf(operation.toColour)),
          .exitCode = kExitStart,
          .run = [](Run& run) { return addOne(run, 1); },
          .undo = bringOldBack};
}

Step admitStep(const Operation& operation) {
  return {.name = "admit",
          .does = fmt::format("send the new one its share of requests: docker exec proxy "
                              "switch-upstream ({} old ones stay)",
                              operation.replicas),
          .exitCode = kExitSwitch,
          .run = admit,
          .undo = bringOldBack};
}

Step replaceStep(const Operation& operation) {
  return {.name = "replace",
          .does = fmt::format("replace the other {} one at a time: no requests for an old one, "
                              "wait, remove it, start a new one",
                              operation.replicas),
          .exitCode = kExitStart,
          .run = replace,
          .undo = bringOldBack};
}

}  // namespace slipway::ops
