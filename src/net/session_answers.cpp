// How answers become a connection's bytes, and what a client that does not take them may cost.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

#include "net/session.hpp"

namespace slipway::net {

namespace {

constexpr std::size_t kCopiedBytes = 16 * 1024;  // larger static bodies are sent from their place

}  // namespace

void Session::appendAnswer(const Response& response) {
  close_ =
      request_.rejection || stopped_ || context_->draining || !parser_ || !parser_->keep_alive();
  const Framing framing{
      .version = request_.version, .close = close_, .headersOnly = request_.methodName == "HEAD"};
  const auto date = context_->date.at(std::chrono::system_clock::now());
  if (appendHead(out_, response, framing, date)) {
    if (response.staticBody.size() > kCopiedBytes) {
      tail_ = response.staticBody;
    } else {
      out_.append(response.bodyView());
    }
  }
  resetRequest();
  ++served_;
}

/// Most answers fit into the socket's buffer: true when nothing is left for flush().
bool Session::sendNow() {
  boost::system::error_code ec;
  if (!isAllSent()) sendSome(ec);
  if (!isAllSent()) return false;
  forgetSent();
  return true;
}

Task<bool> Session::flush() {
  const auto phase = phase_;
  const auto deadline = deadline_;
  while (!isAllSent()) {
    boost::system::error_code ec;
    sendSome(ec);
    if (ec == asio::error::would_block) {
      accountUnsent(out_.capacity());
      // Too much waits for slow clients: this one is the next that would add to it.
      if (context_->unsentBytes > context_->options.maxBufferedBytes) co_return false;
      enter(Phase::Writing, context_->options.writeTimeout);
      co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(useTask, ec));
    }
    if (ec) co_return false;
  }
  phase_ = phase;
  deadline_ = deadline;
  forgetSent();
  co_return true;
}

void Session::sendSome(boost::system::error_code& ec) {
  const auto done = std::min(sent_, out_.size());
  const auto tail = tail_.substr(sent_ - done);
  const auto head = asio::buffer(out_.data() + done, out_.size() - done);
  if (tail.empty()) {
    sent_ += socket_.write_some(head, ec);
    return;
  }
  const std::array<asio::const_buffer, 2> parts = {head, asio::buffer(tail.data(), tail.size())};
  sent_ += socket_.write_some(parts, ec);
}

void Session::forgetSent() {
  pipelined_ = 0;
  accountUnsent(0);
  sent_ = 0;
  out_.clear();
  tail_ = {};
  if (out_.capacity() > kKeptBytes) out_ = {};
}

void Session::accountUnsent(std::size_t bytes) {
  context_->unsentBytes += bytes;
  context_->unsentBytes -= accountedOut_;
  accountedOut_ = bytes;
}

}  // namespace slipway::net
