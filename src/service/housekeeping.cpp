#include "service/housekeeping.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "platform/unit_of_work.hpp"

namespace slipway::service {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t kBatch = 500;

net::Task<> expireKeys(HousekeepingParts parts) {
  std::int64_t deleted = kBatch;
  while (deleted == kBatch) {
    const auto result =
        co_await platform::expireIdempotencyKeys(parts.database, parts.clock.now(), kBatch);
    if (!result) {
      parts.logger.warning("Cannot delete old idempotency keys",
                           {{"error", std::string_view(result.error().message)}});
    }
    deleted = result.value_or(0);
  }
}

net::Task<> keepHouse(HousekeepingParts parts) {
  const auto executor = co_await asio::this_coro::executor;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, net::Executor>
      timer(executor);
  for (;;) {
    timer.expires_after(parts.interval);
    boost::system::error_code ec;
    co_await timer.async_wait(asio::redirect_error(net::useTask, ec));
    if (ec) co_return;
    co_await expireKeys(parts);
  }
}

}  // namespace

void startHousekeeping(asio::io_context& loop, HousekeepingParts parts) {
  asio::co_spawn(loop, keepHouse(parts), asio::detached);
}

}  // namespace slipway::service
