// Whom the proxy sends requests to. The file that says so is replaced in one step, then the proxy
// is told; what is in flight is answered by whoever has it.
#pragma once

#include <string>

#include "ops/deploy/run.hpp"

namespace slipway::ops {

/// Names of services or containers, one a line. Returns when the proxy's new workers serve. The
/// file before is kept beside it, so that going back takes no room on the disk. Error: the proxy
/// does not take it; then the file is as before.
Result<> sendRequestsTo(Run& run, const std::string& hosts);

/// The way back, tried again and again for a minute: whatever the reason for going back, it may
/// have hit the Engine, too. The file alone is enough for a proxy that can't be told now: it looks
/// each second.
Result<> sendRequestsBack(Run& run, const std::string& hosts);

}  // namespace slipway::ops
