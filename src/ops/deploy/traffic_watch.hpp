// Watches containers of one version: what they answer, by their metrics each second, with probes
// where that is thin; and whether they stay as they were. Used before the switch for the old
// version and after it for the new one, so that both are measured alike.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/deploy/probe.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/traffic.hpp"

namespace slipway::ops {

class TrafficWatch {
 public:
  /// `run` outlives it. Error: there are none, or they can't be asked.
  static Result<TrafficWatch> begin(Run& run, std::vector<Container> containers);

  /// Looks again; to be called a few times a second. Metrics are asked and probes sent once a
  /// second only.
  void look();

  /// Asks the metrics at once, and sends no probes; gives the traffic since the beginning.
  Result<Traffic> measure();

  /// Since the beginning, as last measured.
  Traffic traffic() const { return since(now_, start_); }
  /// Of one of its containers: it died, was started again, became unhealthy, does not answer. Empty
  /// as long as all is well.
  const std::string& incident() const { return incident_; }
  const Probe& probe() const { return *probe_; }
  const std::vector<Container>& containers() const { return containers_; }

 private:
  TrafficWatch(Run& run, std::vector<Container> containers, base::Secret token, std::string proxy);
  void lookAtContainers();
  void lookAtTraffic();

  Run* run_;
  std::vector<Container> containers_;
  base::Secret token_;
  std::optional<Probe> probe_;
  Traffic start_;
  Traffic now_;
  base::Timestamp nextMeasure_;
  std::uint64_t probed_ = 0;  // since the last measure
  int engineFailures_ = 0;
  int metricFailures_ = 0;
  std::string incident_;
};

/// Until `old` has got no request for a second, or `cutShort` (where there is one) gives a reason
/// to stop waiting: what there is to say about it. Fine too when it can't be asked any more. Error:
/// `late`, after 40 s, which is over the longest time that the proxy waits for an answer.
Result<std::string> waitUntilQuiet(
    Run& run, TrafficWatch& old, std::string_view late,
    const std::function<std::optional<std::string>()>& cutShort = {});

/// The run's watch of the new version: begun before it gets requests; after a crash of this
/// program, begun now.
Result<std::shared_ptr<TrafficWatch>> watchNewVersion(Run& run);

}  // namespace slipway::ops
