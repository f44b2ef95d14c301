// How an autoscaler's figures are told: a log line, and Prometheus' text format.
#include <fmt/format.h>

#include "ops/autoscale/scale_loop.hpp"

namespace slipway::ops {

namespace {

using base::Json;

std::string metric(std::string_view name, std::string_view type, std::string_view help,
                   double value) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

}  // namespace

std::string metricsText(const ScaleFigures& figures) {
  const auto& decision = figures.decision;
  auto text =
      metric("slipway_autoscale_replicas", "gauge", "Replicas of the service that are wanted.",
             decision.replicas) +
      metric("slipway_autoscale_replicas_needed", "gauge",
             "Replicas that its load alone would ask for.", decision.needed) +
      metric("slipway_autoscale_replicas_max", "gauge",
             "The most that may be, by the rules and the database's connections.", figures.most) +
      metric("slipway_autoscale_active", "gauge",
             "0 while it holds still: a deployment, or no figures.",
             decision.reason != Reason::Frozen && decision.reason != Reason::NoFigures) +
      metric("slipway_autoscale_failures_total", "counter", "Changes that Swarm did not take.",
             static_cast<double>(figures.failures)) +
      metric("slipway_autoscale_last_look_timestamp_seconds", "gauge", "When it looked last.",
             std::chrono::duration<double>(figures.situation.now.time_since_epoch()).count());
  text += fmt::format(
      "# HELP slipway_autoscale_changes_total Changes of the number of replicas.\n"
      "# TYPE slipway_autoscale_changes_total counter\n"
      "slipway_autoscale_changes_total{{direction=\"up\"}} {}\n"
      "slipway_autoscale_changes_total{{direction=\"down\"}} {}\n",
      figures.ups, figures.downs);
  text += fmt::format(
      "# HELP slipway_autoscale_decision The reason of the last decision.\n"
      "# TYPE slipway_autoscale_decision gauge\n"
      "slipway_autoscale_decision{{reason=\"{}\"}} 1\n",
      nameOf(decision.reason));
  return text;
}

Json logEntry(const ScaleFigures& figures) {
  const auto& situation = figures.situation;
  const auto& decision = figures.decision;
  const bool isChange = decision.replicas != situation.wanted;
  auto entry = Json::object({{"timestamp", base::isoTime(situation.now)},
                             {"level", figures.trouble.empty() ? "INFO" : "WARNING"},
                             {"message", isChange ? "Scaling" : "Holding"},
                             {"reason", nameOf(decision.reason)},
                             {"replicas", std::int64_t{decision.replicas}},
                             {"before", std::int64_t{situation.wanted}},
                             {"running", std::int64_t{situation.running}},
                             {"needed", std::int64_t{decision.needed}},
                             {"signal", decision.signal}});
  if (situation.load) {
    entry.set("cpu", situation.load->cpu);
    entry.set("saturation", situation.load->saturation);
    entry.set("queue_seconds", situation.load->queueSeconds);
    entry.set("p99_seconds", situation.load->p99Seconds);
  }
  if (!figures.trouble.empty()) entry.set("detail", figures.trouble);
  return entry;
}

}  // namespace slipway::ops
