// slipway deploy: a version takes the place of the one that serves.
#pragma once

#include <string>

#include "ops/deploy/preparation.hpp"

namespace slipway::ops {

struct DeployRequest {
  StackRequest stack;
  std::string version = "latest";
  OperationOptions options;  // `backsUp` as wanted
  bool isDryRun = false;
  bool breaksLock = false;
};

/// Gives the exit code.
int deploy(const DeployRequest& request, Outside& outside);

/// The tag by which an image is deployed. A release's own (`1.2.0`, `v1.2.0`) is believed to stay;
/// any other (`latest`) may be moved to another image at any time, so that the deployment gets one
/// of its own with the image's id in it, and Compose by hand does not start another version.
std::string pinnedVersion(const std::string& version, const std::string& imageId);

}  // namespace slipway::ops
