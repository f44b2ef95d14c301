#include "ops/deploy/deployment_figures.hpp"

#include <fmt/format.h>

#include "ops/files/figure_file.hpp"

namespace slipway::ops {

Result<> tellDeployment(const std::filesystem::path& folder, const HistoryEntry& entry,
                        base::Timestamp when) {
  if (!entry.isChange()) return {};
  // Neither can hold a quote: a version is a tag of an image, a verb is ours.
  const auto labels = fmt::format(R"({{version="{}",verb="{}"}})", entry.to.version, entry.verb);
  return writeFigure(folder / "deployment.prom",
                     {.name = "slipway_deployment_timestamp_seconds",
                      .help = "When the version that serves was put there.",
                      .labels = labels},
                     when);
}

}  // namespace slipway::ops
