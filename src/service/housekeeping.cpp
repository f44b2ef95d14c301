#include "service/housekeeping.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "platform/unit_of_work.hpp"

namespace slipway::service {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kInterval{60};
constexpr std::int64_t kBatch = 500;

// `worker` and `shared` outlive the loop that this runs on.
net::Task<> expireKeys(Worker& worker, SharedParts& shared) {
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, net::Executor>
      timer(worker.loop().get_executor());
  for (;;) {
    timer.expires_after(kInterval);
    boost::system::error_code ec;
    co_await timer.async_wait(asio::redirect_error(net::useTask, ec));
    if (ec) co_return;
    std::int64_t deleted = kBatch;
    while (deleted == kBatch) {
      const auto result =
          co_await platform::expireIdempotencyKeys(worker.database(), shared.clock.now(), kBatch);
      if (!result) {
        shared.logger.warning("Cannot delete old idempotency keys",
                              {{"error", std::string_view(result.error().message)}});
      }
      deleted = result.value_or(0);
    }
  }
}

}  // namespace

void startHousekeeping(Worker& worker, SharedParts& shared) {
  asio::co_spawn(worker.loop(), expireKeys(worker, shared), asio::detached);
}

}  // namespace slipway::service
