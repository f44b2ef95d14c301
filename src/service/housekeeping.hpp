// What is done in the background: idempotency keys past their time are deleted.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>

#include "base/time.hpp"
#include "platform/log.hpp"
#include "platform/sql.hpp"

namespace slipway::service {

/// What it works with; all of it outlives the loop's run.
struct HousekeepingParts {
  platform::Database& database;  // of the same loop
  const base::Clock& clock;
  const platform::Logger& logger;
  std::chrono::milliseconds interval{60'000};
};

/// Starts the work on `loop`; it ends with the loop. Errors are logged, and tried again.
void startHousekeeping(boost::asio::io_context& loop, HousekeepingParts parts);

}  // namespace slipway::service
