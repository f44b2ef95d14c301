// Whether the process's loops reach the database: told in the log once when it is lost, with the
// reason, and once when it is back; and to health checks on any of them. Thread-safe; counts what
// pools have, for the metrics.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "platform/health.hpp"

namespace slipway::platform {

class Logger;

class PostgresStatus {
 public:
  explicit PostgresStatus(const Logger* logger) : logger_(logger) {}

  /// A loop lost its connection, or can't get one; until it calls back().
  void lost(std::string_view reason);
  void back();

  /// A loop answers everything Unavailable at once; until it calls up(). Not each loss leads there:
  /// calls wait while a connection is opened again.
  void down(std::string_view reason);
  void up();
  /// What the loops know without asking anybody: an error while any of them is down.
  Health health() const;

 private:
  const Logger* const logger_;  // null: nothing is told
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::size_t lostLoops_ = 0;
  std::chrono::steady_clock::time_point since_{};
  std::size_t downLoops_ = 0;
  std::string downReason_;  // of the last that went down
};

/// One loop's connections, written there and read by whoever collects metrics.
struct PostgresFigures {
  std::atomic<std::size_t> pipelineOpen{0};
  std::atomic<std::size_t> pipelinePending{0};
  std::atomic<std::size_t> poolOpen{0};
  std::atomic<std::size_t> poolBusy{0};
  std::atomic<std::size_t> poolWaiting{0};
};

}  // namespace slipway::platform
