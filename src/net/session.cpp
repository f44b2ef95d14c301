#include "net/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cstring>

#include "net/url.hpp"

namespace slipway::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kFirstHeadBytes = 2048;
constexpr std::size_t kChunkBytes = 16 * 1024;
constexpr std::size_t kFlushBytes = 64 * 1024;
constexpr std::size_t kKeptBytes = 8 * 1024;     // of a buffer, while its connection is idle
constexpr std::size_t kCopiedBytes = 16 * 1024;  // larger static bodies are sent from their place
// After so many pipelined answers the connection lets the loop's others have a turn.
constexpr unsigned kPipelinedTurn = 32;
constexpr milliseconds kLingerTime{2000};
constexpr std::size_t kLingerBytes = 4 * 1024 * 1024;
constexpr milliseconds kFirstRequestGrace{2000};

Method methodOf(std::string_view name) {
  if (name == "GET") return Method::Get;
  if (name == "POST") return Method::Post;
  if (name == "PUT") return Method::Put;
  if (name == "PATCH") return Method::Patch;
  if (name == "DELETE") return Method::Delete;
  if (name == "HEAD") return Method::Head;
  if (name == "OPTIONS") return Method::Options;
  return Method::Other;
}

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

asio::mutable_buffer Session::readSpace() {
  if (phase_ == Phase::Body) {
    if (chunk_.empty()) chunk_.resize(kChunkBytes);
    return asio::buffer(chunk_) + chunkFilled_;
  }
  if (headFilled_ == head_.size()) {
    head_.resize(std::min(head_.size() * 2, context_->options.maxHeaderBytes));
  }
  return asio::buffer(head_) + headFilled_;
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

// True when there is a request to answer, good or refused.
bool Session::parseBuffered() {
  if (!parser_) {
    if (headFilled_ == 0) return false;
    parser_.emplace(fields_, request_.body, context_->options.maxBodyBytes);
    request_.received = steady_clock::now();
  }
  if (!parser_->is_header_done()) return parseHead();
  return parseBody();
}

bool Session::parseHead() {
  const auto& options = context_->options;
  headUsed_ += parser_->feed(head_.data(), head_.data() + headUsed_, headFilled_ - headUsed_);
  if (parser_->target().length > options.maxTargetBytes) return refuse({414, "URI Too Long"});
  if (parser_->rejection() || parser_->is_header_done()) return finishParsing();
  if (headFilled_ < options.maxHeaderBytes) return false;
  if (!parser_->hasStartLine()) return refuse({414, "URI Too Long"});
  return refuse({431, "Request Header Fields Too Large"});
}

bool Session::finishParsing() {
  accountBody();
  if (request_.rejection) return true;
  if (parser_->rejection()) return refuse(*parser_->rejection());
  if (parser_->is_done()) return true;
  if (headUsed_ == headFilled_) return false;
  // The start of a body piece that is not whole yet: the rest is read behind it.
  const auto rest = headFilled_ - headUsed_;
  chunk_.resize(std::max(kChunkBytes, rest));
  std::memcpy(chunk_.data(), head_.data() + headUsed_, rest);
  chunkFilled_ = rest;
  headFilled_ = headUsed_;
  return false;
}

bool Session::parseBody() {
  if (chunkFilled_ == 0) return false;
  const auto used = parser_->feed(head_.data(), chunk_.data(), chunkFilled_);
  accountBody();
  if (request_.rejection) return true;
  if (parser_->rejection()) return refuse(*parser_->rejection());
  std::memmove(chunk_.data(), chunk_.data() + used, chunkFilled_ - used);
  chunkFilled_ -= used;
  if (parser_->is_done()) return true;
  // A chunk's size line or the trailers fill the whole buffer.
  if (chunkFilled_ == chunk_.size()) return refuse({400, "Bad Request"});
  return false;
}

void Session::accountBody() {
  const auto grown = request_.body.size() - accountedBody_;
  context_->bodyBytes += grown;
  accountedBody_ += grown;
  if (grown != 0 && context_->bodyBytes > context_->options.maxBufferedBytes) {
    refuse({503, "Service Unavailable"});
  }
}

bool Session::refuse(Rejection rejection) {
  request_.rejection = rejection;
  return true;
}

void Session::prepareRequest() {
  request_.peerAddress = peerAddress_;
  if (request_.received == TimePoint{}) request_.received = steady_clock::now();
  if (!parser_ || !parser_->hasStartLine()) return;
  const char* const base = head_.data();
  request_.methodName = parser_->method().in(base);
  request_.method = methodOf(request_.methodName);
  request_.target = parser_->target().in(base);
  request_.version = parser_->httpVersion();
  for (const auto& field : fields_) {
    request_.headers.push_back({field.name.in(base), field.value.in(base)});
  }
  Target parts;
  if (!splitTarget(request_.target, parts)) {
    if (!request_.rejection) refuse({400, "Bad Request"});
    return;
  }
  request_.path = parts.path;
  request_.query = parts.query;
  if (parts.path.find('%') != std::string_view::npos) {
    percentDecode(parts.path, decodedPath_);
    request_.path = decodedPath_;
  }
}

// Keeps the bytes of the next request, which may have come with this one.
void Session::resetRequest() {
  if (chunkFilled_ > 0) {
    head_.resize(std::max(head_.size(), chunkFilled_));
    std::memcpy(head_.data(), chunk_.data(), chunkFilled_);
    headFilled_ = chunkFilled_;
  } else {
    std::memmove(head_.data(), head_.data() + headUsed_, headFilled_ - headUsed_);
    headFilled_ -= headUsed_;
    if (headFilled_ == 0 && head_.size() > kFirstHeadBytes) {
      head_ = std::vector<char>(kFirstHeadBytes);
    }
  }
  headUsed_ = 0;
  chunkFilled_ = 0;
  if (!chunk_.empty()) chunk_ = {};
  context_->bodyBytes -= accountedBody_;
  accountedBody_ = 0;
  parser_.reset();
  continueSent_ = false;
  auto headers = std::move(request_.headers);
  auto body = std::move(request_.body);
  headers.clear();
  body.clear();
  if (body.capacity() > kKeptBytes) body = {};
  request_ = Request{};
  request_.headers = std::move(headers);
  request_.body = std::move(body);
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
