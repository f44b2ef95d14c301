// Validates a running deployment from outside, by what it answers; safe on a live system: it makes
// one user of a unique name and deletes it again, whatever happens short of SIGKILL.
// Blocking; runs a loop of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "ops/result.hpp"
#include "ops/validate/load.hpp"
#include "ops/validate/report.hpp"
#include "ops/validate/service_client.hpp"

namespace slipway::ops {

struct ValidationRequest {
  ServiceAccess access;
  LoadPlan load;  // its path is chosen here; no requests: no load
  Thresholds thresholds;
  std::chrono::days certificateDays{14};  // that the certificate must be good for
};

Report validate(const ValidationRequest& request);

/// For a deployment: one container, asked over plain HTTP at its own address
/// (http://172.21.0.5:8000), with all checks and a load of 50 requests. What was tried in one line;
/// error: what failed, in one line.
Result<std::string> validateContainer(const std::string& baseUrl, const std::string& token,
                                      std::function<bool()> stopped);

}  // namespace slipway::ops
