// Requests go from one version to the other, and back when that was a mistake.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/guard_decision.hpp"
#include "ops/deploy/kept_logs.hpp"
#include "ops/deploy/proxy_hosts.hpp"
#include "ops/deploy/proxy_switch.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/deploy/traffic_watch.hpp"

namespace slipway::ops {

namespace {

using std::chrono::seconds;

constexpr seconds kLeastBaseline{3};
constexpr seconds kMostBaseline{15};
constexpr seconds kDecisionSlack{40};

Result<TrafficWatch> watchOldVersion(Run& run) {
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  return TrafficWatch::begin(run, oldContainers(run, *found));
}

Result<std::string> measureBaseline(Run& run) {
  auto watch = watchOldVersion(run);
  // A version that can't be asked is no standard, and may be why there is a deployment at all.
  if (!watch) return fmt::format("nothing to compare with: {}", watch.error());
  const auto start = run.clock.now();
  const auto looked = [&]() -> Result<std::optional<std::string>> {
    watch->look();
    const auto requests = watch->traffic().requests;
    const auto passed = run.clock.now() - start;
    run.reporter.progress(fmt::format("{} requests", requests));
    const bool enough = requests >= run.operation.options.guardSamples && passed >= kLeastBaseline;
    if (!enough && passed < kMostBaseline && watch->incident().empty()) return std::nullopt;
    run.operation.baseline = watch->traffic();
    return fmt::format("{} requests, {} of them 5xx, p99 within {:.0f} ms", requests,
                       run.operation.baseline->errors,
                       1000 * boundOf(*run.operation.baseline, 0.99));
  };
  return waitUntil(run, "the running version can't be measured", kMostBaseline * 2, looked);
}

/// Whether the old version gets requests that the new one can't be reached for, as long as that is
/// on trial. What is rolled back is not good enough for that.
bool standsBy(const Operation& operation) {
  return operation.from && operation.verb == Verb::Deploy &&
         operation.options.strategy == Strategy::BlueGreen;
}

Result<std::string> doSwitch(Run& run) {
  if (const auto watch = watchNewVersion(run); !watch) return std::unexpected(watch.error());
  const auto& operation = run.operation;
  const auto colour = operation.toColour;
  const auto hosts = standsBy(operation) ? hostsWithStandby(colour) : hostsOf(colour);
  if (const auto done = sendRequestsTo(run, hosts); !done) return std::unexpected(done.error());
  return fmt::format("requests go to {} {}", serviceOf(colour), operation.to.version);
}

Result<std::string> undoSwitch(Run& run) {
  const auto colour = run.operation.fromColour;
  if (const auto done = sendRequestsBack(run, hostsOf(colour)); !done) {
    return std::unexpected(done.error());
  }
  // Only now: first of all, the old version serves again.
  if (run.newVersion && !run.clock.interrupted()) keepLogs(run, run.newVersion->containers());
  return fmt::format("requests go to {}{} alone", serviceOf(colour),
                     run.operation.from ? " " + run.operation.from->version : "");
}

Result<std::string> drain(Run& run) {
  const auto newVersion = watchNewVersion(run);
  if (!newVersion) return std::unexpected(newVersion.error());
  auto old = watchOldVersion(run);
  if (!old) return fmt::format("nothing to wait for: {}", old.error());
  const auto cutShort = [&]() -> std::optional<std::string> {
    (*newVersion)->look();
    if ((*newVersion)->incident().empty()) return std::nullopt;
    return "cut short: the new version has failed";
  };
  return waitUntilQuiet(run, *old, "the proxy has not stopped sending requests to the old version",
                        cutShort);
}

/// Requests that the new version could not be reached for since `old` was begun.
std::uint64_t takenOver(Result<TrafficWatch>& old) {
  // Without an answer from the old version as many as before: it is not what is judged.
  if (old) static_cast<void>(old->measure());
  return old ? old->traffic().requests : 0;
}

Decision judge(const Run& run, const TrafficWatch& watch, std::uint64_t takenOver, bool isOver) {
  GuardEvidence evidence{.before = run.operation.baseline,
                         .after = watch.traffic(),
                         .takenOver = takenOver,
                         .probes = watch.probe().sent(),
                         .failedProbes = watch.probe().failed(),
                         .incident = watch.incident(),
                         .isOver = isOver};
  if (!evidence.before && run.operation.from) evidence.before = Traffic{};
  return decide(evidence, {.samples = run.operation.options.guardSamples});
}

Result<std::string> guard(Run& run) {
  const auto watched = watchNewVersion(run);
  if (!watched) return std::unexpected(watched.error());
  auto& watch = **watched;
  auto old = standsBy(run.operation) ? watchOldVersion(run)
                                     : std::unexpected<std::string>("nobody stands by");
  const auto end = run.clock.now() + run.operation.options.guardWindow;
  const auto looked = [&]() -> Result<std::optional<std::string>> {
    watch.look();
    const auto left = std::chrono::ceil<seconds>(end - run.clock.now());
    run.reporter.progress(fmt::format("{} s left, {} requests, {} of them 5xx",
                                      std::max<std::int64_t>(0, left.count()),
                                      watch.traffic().requests, watch.traffic().errors));
    const auto decision = judge(run, watch, takenOver(old), run.clock.now() >= end);
    switch (decision.verdict) {
      case Verdict::Watching:
        return std::nullopt;
      case Verdict::Pass:
        return decision.reason;
      case Verdict::Worse:
        return std::unexpected("worse: " + decision.reason);
      case Verdict::Undecided:
        run.undecided = decision.reason;
        return "undecided: " + decision.reason;
    }
    return std::nullopt;
  };
  return waitUntil(run, "no decision", run.operation.options.guardWindow + kDecisionSlack, looked);
}

}  // namespace

Step baselineStep(const Operation& operation) {
  return {.name = "baseline",
          .does = fmt::format("measure how {} does, with probes when traffic is thin",
                              serviceOf(operation.fromColour)),
          .exitCode = kExitSwitch,
          .run = measureBaseline};
}

Step switchStep(const Operation& operation) {
  const auto old = standsBy(operation)
                       ? fmt::format(" ({} stands by)", serviceOf(operation.fromColour))
                       : std::string();
  return {.name = "switch",
          .does = fmt::format("send all requests to {}{}: docker exec proxy switch-upstream",
                              serviceOf(operation.toColour), old),
          .exitCode = kExitSwitch,
          .run = doSwitch,
          .undo = undoSwitch};
}

Step drainStep(const Operation& operation) {
  return {
      .name = "drain",
      .does = fmt::format("wait until {} gets no more requests", serviceOf(operation.fromColour)),
      .exitCode = kExitSwitch,
      .run = drain};
}

Step guardStep(const Operation& operation) {
  return {.name = "guard",
          .does = fmt::format("compare errors and p99 with before for {} s, and switch back if "
                              "they are worse",
                              operation.options.guardWindow.count()),
          .exitCode = kExitGuard,
          .run = guard};
}

}  // namespace slipway::ops
