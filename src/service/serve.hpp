// Runs the service until it is told to stop.
#pragma once

#include "service/settings.hpp"

namespace slipway::service {

/// Returns the exit code: 0 after a clean drain, 1 when a limit cut it short, 69 when it could not
/// start (the reason is logged and on stderr), 128 + signal when told twice to stop.
int serve(const Settings& settings);

}  // namespace slipway::service
