// Figures about this process and its machine, read from /proc (Linux). Errors read as zero: a
// figure that can't be had must not fail a scrape.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <prometheus/collectable.h>

namespace slipway::platform {

struct ProcessFigures {
  double cpuSeconds = 0;  // user and system
  double residentBytes = 0;
  double virtualBytes = 0;
  double startTimeSeconds = 0;  // Unix time
  double openFiles = 0;
  double maxOpenFiles = 0;
  double threads = 0;
};

ProcessFigures readProcessFigures();

/// process_* with the names of Prometheus' client libraries, the limits of CPU time and memory
/// (also without a container: then what the machine has), and build_info.
class ProcessCollector : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

/// Machine-wide, as psutil gives them.
struct MachineFigures {
  double memoryUsedMebibytes = 0;  // total minus available
  double diskUsedPercent = 0;      // of /, as df: of what unprivileged users can have
};

MachineFigures readMachineFigures();

/// Share of the machine's CPU time that was busy since the last reading, in percent; 0 at first.
/// Thread-safe.
class CpuMeter {
 public:
  double percent();

 private:
  std::mutex mutex_;
  double lastBusy_ = 0;  // guarded by mutex_
  double lastAll_ = 0;   // guarded by mutex_
};

std::string hostName();

}  // namespace slipway::platform
