// What monitoring knows of deployments: deployment.prom in the folder metrics of the stack's state,
// which node-exporter reads, replaced as a whole.
#pragma once

#include <filesystem>

#include "base/time.hpp"
#include "ops/deploy/history.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// slipway_deployment_timestamp_seconds{version,verb}: since when the version serves that `entry`
/// put there. Nothing when `entry` changed nothing.
Result<> tellDeployment(const std::filesystem::path& folder, const HistoryEntry& entry,
                        base::Timestamp when);

}  // namespace slipway::ops
