// Where the process is in its life: written by the life cycle, read by every loop. Thread-safe.
#pragma once

#include <atomic>

namespace slipway::platform {

struct ServiceState {
  std::atomic<bool> started{false};   // start-up is over
  std::atomic<bool> draining{false};  // SIGTERM has come: no new traffic wanted
};

}  // namespace slipway::platform
