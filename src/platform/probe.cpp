#include "platform/probe.hpp"

#include <fmt/core.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;

namespace {

using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, net::Executor>;

std::string textOf(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace

struct Probe::State {
  State(const net::Executor& executor, std::chrono::milliseconds most)
      : limit(executor, most), time(most) {}

  Timer limit;
  asio::cancellation_signal giveUp;
  std::optional<Health> answer;
  const std::chrono::milliseconds time;
};

Probe::Probe(const net::Executor& executor, net::Task<Health> question,
             std::chrono::milliseconds limit)
    : state_(std::make_shared<State>(executor, limit)) {
  auto done = [state = state_](const std::exception_ptr& error, Health health) {
    state->answer = error ? std::unexpected(textOf(error)) : std::move(health);
    state->limit.cancel();
  };
  asio::co_spawn(executor, std::move(question),
                 asio::bind_cancellation_slot(state_->giveUp.slot(), std::move(done)));
}

net::Task<Health> Probe::answer() {
  const auto state = state_;
  if (!state->answer) {
    boost::system::error_code ignored;  // whether it was cancelled: the answer is here
    co_await state->limit.async_wait(asio::redirect_error(net::useTask, ignored));
  }
  if (state->answer) co_return std::move(*state->answer);
  state->giveUp.emit(asio::cancellation_type::terminal);
  co_return std::unexpected(fmt::format("no answer within {} ms", state->time.count()));
}

}  // namespace slipway::platform
