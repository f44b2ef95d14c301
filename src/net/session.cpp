// A connection's life: one request after the other, and the times that each may take.
#include "net/session.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace slipway::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kFlushBytes = 64 * 1024;
// After so many pipelined answers the connection lets the loop's others have a turn.
constexpr unsigned kPipelinedTurn = 32;
constexpr milliseconds kLingerTime{2000};
constexpr std::size_t kLingerBytes = 4 * 1024 * 1024;
constexpr milliseconds kFirstRequestGrace{2000};

std::optional<Rejection> refusalFor(ConnectionLimits::Verdict verdict) {
  switch (verdict) {
    case ConnectionLimits::Verdict::TooMany:
      return Rejection{503, "Too many connections"};
    case ConnectionLimits::Verdict::TooManyFromAddress:
      return Rejection{429, "Too many connections from this address"};
    case ConnectionLimits::Verdict::Admitted:
      break;
  }
  return std::nullopt;
}

}  // namespace

Session::Session(Socket socket, std::string peerAddress, std::shared_ptr<SessionContext> context,
                 ConnectionLimits::Verdict verdict)
    : socket_(std::move(socket)),
      peerAddress_(std::move(peerAddress)),
      context_(std::move(context)),
      verdict_(verdict),
      place_(context_->sessions.insert(context_->sessions.end(), this)),
      head_(std::min(kFirstHeadBytes, context_->options.maxHeaderBytes)) {
  request_.rejection = refusalFor(verdict);
  enter(Phase::Idle, context_->options.headerTimeout);
}

Session::~Session() {
  context_->bodyBytes -= accountedBody_;
  context_->unsentBytes -= accountedOut_;
  context_->sessions.erase(place_);
  context_->limits.release(peerAddress_, verdict_);
}

Task<> Session::run(std::unique_ptr<Session> session) {
  try {
    co_await session->serve();
  } catch (const std::exception&) {
    // The handler does not throw; what is left is running out of memory or of the loop itself.
    // Either way only this connection ends.
  }
}

// One request after the other goes through this coroutine and, when it has to be waited for,
// through fill(): every further one on the way would be paid by each request.
Task<> Session::serve() {
  while (!close_) {
    while (!request_.rejection && !parseBuffered()) {
      const bool filled = co_await fill();
      if (!filled) co_return;
    }
    beginAnswer();
    {
      const Response response = co_await context_->handler.handle(request_);
      appendAnswer(response);
    }
    const bool turnIsOver = ++pipelined_ >= kPipelinedTurn;
    if (!close_ && (turnIsOver || !tail_.empty() || out_.size() >= kFlushBytes)) {
      const bool flushed = co_await flush();
      if (!flushed) co_return;
    }
    if (!close_ && turnIsOver) co_await asio::post(socket_.get_executor(), useTask);
  }
  const bool flushed = co_await flush();
  if (flushed) co_await linger();
}

void Session::beginAnswer() {
  phase_ = Phase::Handling;
  deadline_ = TimePoint::max();
  prepareRequest();
}

// Reads more of a request, after sending what is ready: false when the connection is at its end.
Task<bool> Session::fill() {
  if (parser_ && parser_->is_header_done() && parser_->expectsContinue() && !continueSent_ &&
      chunkFilled_ == 0 && request_.body.empty()) {
    continueSent_ = true;
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
  }
  if (!sendNow()) {
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
  }
  if (!enterReading()) {
    co_await linger();
    co_return false;
  }
  const auto space = readSpace();
  boost::system::error_code ec;
  const std::size_t count =
      co_await socket_.async_read_some(asio::buffer(space), asio::redirect_error(useTask, ec));
  co_return received(count, ec, space);
}

/// False when no further request is wanted.
bool Session::enterReading() {
  const auto& options = context_->options;
  if (parser_ && parser_->is_header_done()) {
    if (phase_ != Phase::Body) enter(Phase::Body, options.bodyTimeout);
  } else if (headFilled_ > 0) {
    if (phase_ != Phase::Head) enter(Phase::Head, options.headerTimeout);
  } else if (served_ > 0) {
    if (stopped_) return false;
    enter(Phase::Idle, options.idleTimeout);
  }
  return true;
}

bool Session::received(std::size_t count, boost::system::error_code ec,
                       asio::mutable_buffer space) {
  if (expired_ && phase_ != Phase::Idle) return refuse({408, "Request Timeout"});
  // A request that came in the very moment when the idle time was over is still answered.
  if (ec && expired_) count = socket_.read_some(asio::buffer(space), ec);
  if (ec) return false;
  (phase_ == Phase::Body ? chunkFilled_ : headFilled_) += count;
  return true;
}

// RFC 9112 section 9.6: closing at once could reset the connection before the client has read
// the answer.
Task<> Session::linger() {
  boost::system::error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  enter(Phase::Lingering, kLingerTime);
  chunk_.resize(kChunkBytes);
  for (std::size_t discarded = 0; !ec && discarded < kLingerBytes;) {
    discarded +=
        co_await socket_.async_read_some(asio::buffer(chunk_), asio::redirect_error(useTask, ec));
  }
}

void Session::enter(Phase phase, milliseconds limit) {
  phase_ = phase;
  deadline_ = steady_clock::now() + limit;
  expired_ = false;
}

void Session::expireAt(TimePoint now) {
  if (now < deadline_) return;
  deadline_ = TimePoint::max();
  expired_ = true;
  boost::system::error_code ec;
  socket_.cancel(ec);
}

void Session::stop(TimePoint now) {
  stopped_ = true;
  if (phase_ != Phase::Idle) return;
  deadline_ = served_ > 0 ? now : std::min(deadline_, now + kFirstRequestGrace);
}

void Session::abort() {
  boost::system::error_code ec;
  socket_.close(ec);
}

}  // namespace slipway::net
