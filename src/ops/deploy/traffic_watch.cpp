#include "ops/deploy/traffic_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ops/deploy/kept_logs.hpp"
#include "ops/deploy/replica.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::seconds kMeasureInterval{1};
// In a row. The Engine is asked four times a second, metrics once.
constexpr int kMaxEngineFailures = 20;
constexpr int kMaxMetricFailures = 3;

std::string troubleSince(const Container& before, const std::optional<Container>& now) {
  if (!now) return fmt::format("{} is gone", before.name);
  const bool startedAgain =
      now->restartCount > before.restartCount || now->startedAt != before.startedAt;
  if (now->isRunning() && !startedAgain && now->health != Health::Unhealthy) return {};
  auto text = fmt::format("{} {}", now->name, describeTrouble(*now));
  if (now->isRunning() && now->restartCount == before.restartCount && startedAgain) {
    text += ", started again";
  }
  return text;
}

}  // namespace

TrafficWatch::TrafficWatch(Run& run, std::vector<Container> containers, base::Secret token,
                           std::string proxy)
    : run_(&run), containers_(std::move(containers)), token_(std::move(token)) {
  probe_.emplace(run, std::move(proxy), token_);
}

Result<TrafficWatch> TrafficWatch::begin(Run& run, std::vector<Container> containers) {
  if (containers.empty()) return std::unexpected("no container of it runs");
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  auto token = makeToken(run, containers.front(), "users:read ops");
  if (!token) return std::unexpected(token.error());
  const auto proxies = found->of("proxy");
  TrafficWatch watch(run, std::move(containers), std::move(*token),
                     proxies.empty() ? "" : addressIn(proxies.front(), run.stack.frontend()));
  const auto start = trafficOf(run, watch.containers_, watch.token_);
  if (!start) return std::unexpected(start.error());
  watch.start_ = watch.now_ = *start;
  watch.nextMeasure_ = run.clock.now() + kMeasureInterval;
  return watch;
}

void TrafficWatch::look() {
  lookAtContainers();
  if (!incident_.empty() || run_->clock.now() < nextMeasure_) return;
  lookAtTraffic();
  nextMeasure_ = std::max(nextMeasure_ + kMeasureInterval, run_->clock.now());
}

void TrafficWatch::lookAtContainers() {
  for (const auto& container : containers_) {
    const auto now = run_->engine.container(container.id);
    if (!now) {
      if (++engineFailures_ >= kMaxEngineFailures) incident_ = now.error();
      return;
    }
    engineFailures_ = 0;
    incident_ = troubleSince(container, *now);
    if (!incident_.empty()) return;
  }
}

Result<Traffic> TrafficWatch::measure() {
  const auto measured = trafficOf(*run_, containers_, token_);
  if (!measured) return std::unexpected(measured.error());
  now_ = *measured;
  return traffic();
}

void TrafficWatch::lookAtTraffic() {
  const auto before = now_.requests;
  const auto probed = std::exchange(probed_, 0);
  if (const auto measured = measure(); !measured) {
    if (++metricFailures_ >= kMaxMetricFailures) incident_ = measured.error();
    return;
  }
  metricFailures_ = 0;
  const auto sent = probe_->sent();
  // Those of others: our own of the last second are among what was answered since.
  probe_->fillUp(now_.requests - std::min(before + probed, now_.requests));
  probed_ = probe_->sent() - sent;
}

Result<std::string> waitUntilQuiet(Run& run, TrafficWatch& old, std::string_view late,
                                   const std::function<std::optional<std::string>()>& cutShort) {
  constexpr std::chrono::seconds kLimit{40};
  constexpr std::chrono::seconds kQuiet{1};
  auto quietSince = run.clock.now();
  std::uint64_t last = 0;
  const auto looked = [&]() -> Result<std::optional<std::string>> {
    if (auto reason = cutShort ? cutShort() : std::nullopt) return reason;
    const auto now = old.measure();
    if (!now) return fmt::format("nothing to wait for: {}", now.error());
    if (now->requests != last) {
      last = now->requests;
      quietSince = run.clock.now();
      run.reporter.progress(fmt::format("{} more requests answered by the old version", last));
    }
    if (run.clock.now() - quietSince < kQuiet) return std::nullopt;
    return fmt::format("{} more requests were answered by the old version", last);
  };
  return waitUntil(run, late, kLimit, looked);
}

Result<std::shared_ptr<TrafficWatch>> watchNewVersion(Run& run) {
  if (!run.newVersion) {
    const auto found = run.look();
    if (!found) return std::unexpected(found.error());
    auto watch = TrafficWatch::begin(run, newContainers(run, *found));
    if (!watch) return std::unexpected(watch.error());
    run.newVersion = std::make_shared<TrafficWatch>(std::move(*watch));
  }
  return run.newVersion;
}

}  // namespace slipway::ops
