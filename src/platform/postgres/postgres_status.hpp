// Whether the process's loops reach the database: told in the log once when it is lost, with the
// reason, and once when it is back. Thread-safe; counts what pools have, for the metrics.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>

#include "platform/sql_engine.hpp"

namespace slipway::platform {

class Logger;

class PostgresStatus {
 public:
  explicit PostgresStatus(const Logger* logger) : logger_(logger) {}

  /// A loop lost its connection, or can't get one; until it calls back().
  void lost(std::string_view reason);
  void back();

 private:
  const Logger* const logger_;  // null: nothing is told
  std::mutex mutex_;
  std::size_t lostLoops_ = 0;                      // guarded
  std::chrono::steady_clock::time_point since_{};  // guarded
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
