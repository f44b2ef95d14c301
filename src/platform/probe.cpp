#include "platform/probe.hpp"

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

}  // namespace

struct Probe::State {
  explicit State(const net::Executor& executor) : limit(executor) {}

  Timer limit;
  asio::cancellation_signal giveUp;
  std::optional<bool> answer;
};

Probe::Probe(const net::Executor& executor, net::Task<bool> question,
             std::chrono::milliseconds limit)
    : state_(std::make_shared<State>(executor)) {
  state_->limit.expires_after(limit);
  auto done = [state = state_](const std::exception_ptr& error, bool yes) {
    state->answer = !error && yes;
    state->limit.cancel();
  };
  asio::co_spawn(executor, std::move(question),
                 asio::bind_cancellation_slot(state_->giveUp.slot(), std::move(done)));
}

net::Task<bool> Probe::answer() {
  const auto state = state_;
  if (!state->answer) {
    boost::system::error_code ignored;  // whether it was cancelled: the answer is here
    co_await state->limit.async_wait(asio::redirect_error(net::useTask, ignored));
  }
  if (!state->answer) state->giveUp.emit(asio::cancellation_type::terminal);
  co_return state->answer.value_or(false);
}

}  // namespace slipway::platform
