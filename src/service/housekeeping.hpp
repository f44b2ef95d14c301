// What is done in the background: idempotency keys past their time are deleted.
#pragma once

#include "service/worker.hpp"

namespace slipway::service {

/// Starts the work on `worker`'s loop; it ends with the loop. Errors are logged, and tried again.
void startHousekeeping(Worker& worker, SharedParts& shared);

}  // namespace slipway::service
