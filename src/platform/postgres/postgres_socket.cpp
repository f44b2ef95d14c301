#include "platform/postgres/postgres_socket.hpp"

#include <boost/asio/redirect_error.hpp>

namespace slipway::platform {

namespace asio = net::asio;

PostgresOpeningSocket::PostgresOpeningSocket(const net::Executor& executor,
                                             std::chrono::milliseconds limit)
    : state_(std::make_shared<State>(executor)), timer_(executor, limit) {
  timer_.async_wait([weak = std::weak_ptr(state_)](const boost::system::error_code& stopped) {
    const auto state = weak.lock();
    if (stopped || !state) return;
    state->timedOut = true;
    boost::system::error_code ignored;
    state->descriptor.cancel(ignored);
  });
}

void PostgresOpeningSocket::State::letGo() {
  if (descriptor.is_open()) descriptor.release();
}

net::Task<bool> PostgresOpeningSocket::wait(int socket, PostgresDescriptor::wait_type type) {
  if (socket < 0 || state_->timedOut) co_return false;
  boost::system::error_code ec;
  state_->descriptor.assign(socket, ec);
  if (ec) co_return false;
  co_await state_->descriptor.async_wait(type, asio::redirect_error(net::useTask, ec));
  state_->letGo();
  co_return !state_->timedOut;
}

}  // namespace slipway::platform
