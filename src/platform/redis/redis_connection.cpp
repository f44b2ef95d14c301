#include "platform/redis/redis_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kKeptBytes = 256 * 1024;  // of the memory for what is sent

/// "$<size>\r\n", behind the end of what went before.
void appendSize(std::string& out, std::size_t size) {
  std::array<char, 28> line{'\r', '\n', '$'};
  char* const end = std::to_chars(line.data() + 3, line.data() + line.size() - 2, size).ptr;
  end[0] = '\r';
  end[1] = '\n';
  out.append(line.data(), end + 2);
}

milliseconds beatIntervalFor(milliseconds timeout) {
  return std::clamp(timeout / 3, milliseconds(10), milliseconds(500));
}

/// On a connection that subscribes, published messages come between the replies.
bool isMessage(const RedisReply& reply) {
  return reply.size() == 3 && reply.first().text() == "message";
}

}  // namespace

void appendRedisCommand(std::string& out, RedisConnection::Arguments arguments) {
  out.push_back('*');
  out.append(std::to_string(arguments.size()));
  for (const auto argument : arguments) {
    appendSize(out, argument.size());
    out.append(argument);
  }
  out.append("\r\n");
}

RedisConnection::RedisConnection(RedisSocket socket, const RedisOptions& options)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      options_(options),
      beatInterval_(beatIntervalFor(options.timeout)),
      reader_(options.maxReplyBytes) {}

RedisConnection::~RedisConnection() {
  if (!closed_ && onClosed_) onClosed_({});
}

void RedisConnection::start(std::function<void(std::string_view)> onClosed,
                            std::function<void(const RedisReply&)> onMessage) {
  onClosed_ = std::move(onClosed);
  onMessage_ = std::move(onMessage);
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  beatAt_ = steady_clock::now();  // the first has time: a password may have to come before it
  read();
  watch();
}

void RedisConnection::send(Arguments arguments, Callback done) {
  const bool full =
      pending_.size() >= options_.maxPending || out_.size() >= options_.maxUnsentBytes;
  if (closed_ || full) {
    asio::post(socket_.get_executor(), [done = std::move(done), full]() mutable {
      done(RedisReply::lost(full ? "too many commands are waiting" : "the connection is closed"));
    });
    return;
  }
  scheduleFlush();
  appendRedisCommand(out_, arguments);
  pending_.push_back({std::move(done), turn_ + options_.timeout});
}

net::Task<const RedisReply*> RedisConnection::command(Arguments arguments) {
  return asio::async_initiate<const asio::use_awaitable_t<net::Executor>, void(const RedisReply*)>(
      // Not `self`: what waits in a connection must not keep it alive.
      [this](auto handler, Arguments given) {
        send(given, [handler = std::move(handler)](const RedisReply& reply) mutable {
          std::move(handler)(&reply);
        });
      },
      net::useTask, arguments);
}

void RedisConnection::scheduleFlush() {
  if (flushing_) return;
  flushing_ = true;
  turn_ = steady_clock::now();
  // After all that is ready on the loop now: its commands share the write.
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void RedisConnection::flush() {
  if (closed_) return;
  error_code ec;
  while (sent_ < out_.size() && !ec) {
    sent_ += socket_.write_some(asio::buffer(out_.data() + sent_, out_.size() - sent_), ec);
  }
  if (ec == asio::error::would_block) {
    socket_.async_wait(RedisSocket::wait_write, [self = shared_from_this()](error_code failed) {
      if (!failed) self->flush();
    });
    turn_ = steady_clock::now();
    return;
  }
  if (ec) return close(ec.message());
  if (out_.capacity() > kKeptBytes) out_ = {};
  out_.clear();
  sent_ = 0;
  flushing_ = false;
}

void RedisConnection::read() {
  socket_.async_read_some(asio::buffer(in_),
                          [self = shared_from_this()](error_code ec, std::size_t bytes) {
                            if (self->closed_) return;
                            if (ec == asio::error::eof) return self->close("Redis closed it");
                            if (ec) return self->close(ec.message());
                            self->take({self->in_.data(), bytes});
                            if (!self->closed_) self->read();
                          });
}

// The read that waits in read() finds nothing then, and goes on waiting.
void RedisConnection::drain() {
  std::array<char, 4096> bytes;
  const auto self = shared_from_this();
  while (!closed_) {
    error_code ec;
    const auto count = socket_.read_some(asio::buffer(bytes), ec);
    if (ec == asio::error::would_block) return;
    if (ec) return close(ec == asio::error::eof ? "Redis closed it" : ec.message());
    take({bytes.data(), count});
    if (count < bytes.size()) return;
  }
}

void RedisConnection::take(std::string_view bytes) {
  reader_.feed(bytes);
  while (!closed_) {
    const RedisReply* reply = reader_.next();
    if (reply == nullptr) break;
    deliver(*reply);
  }
  if (reader_.broken() && !closed_) close("what came is not Redis' protocol");
}

void RedisConnection::deliver(const RedisReply& reply) {
  if (onMessage_ && isMessage(reply)) return onMessage_(reply);
  if (pending_.empty()) {
    // Redis says so before it closes a connection of too many, or of a protected server.
    return close(reply.is(RedisReply::Type::Error) ? reply.text() : "an answer to no command");
  }
  Callback done = std::move(pending_.front().done);
  pending_.pop_front();
  done(reply);
}

void RedisConnection::close(std::string_view reason) {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();
  const std::string why(reason);  // it may lie in what goes away here
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  if (onClosed_) onClosed_(why);
  // Not from here: whoever closes it may be one of those that wait, or in the middle of its work.
  asio::post(socket_.get_executor(), [self, why] {
    while (!self->pending_.empty()) {
      Callback done = std::move(self->pending_.front().done);
      self->pending_.pop_front();
      done(RedisReply::lost(why));
    }
  });
}

/// One timer for all: the oldest deadline, or the next heartbeat, which comes before any later one.
void RedisConnection::watch() {
  auto next = beatAt_ + beatInterval_;
  if (!pending_.empty()) next = std::min(next, pending_.front().deadline);
  timer_.expires_at(next);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec && !self->closed_) self->check();
  });
}

void RedisConnection::check() {
  const auto overdue = [this] {
    return !pending_.empty() && pending_.front().deadline <= steady_clock::now();
  };
  // It may be us who were late.
  if (overdue()) drain();
  if (!closed_ && overdue()) {
    close(fmt::format("no answer within {} ms", options_.timeout.count()));
  }
  if (closed_) return;
  if (steady_clock::now() >= beatAt_ + beatInterval_) beat();
  watch();
}

void RedisConnection::beat() {
  beatAt_ = steady_clock::now();
  const std::vector<std::string_view> words(options_.heartbeat.begin(), options_.heartbeat.end());
  // This connection owns the callback and so outlives it.
  send(words, [this, sentAt = beatAt_](const RedisReply& reply) {
    if (!reply.failed()) {
      provenAt_ = sentAt;
    } else if (reply.is(RedisReply::Type::Error)) {
      close(reply.text());
    }
  });
}

}  // namespace slipway::platform
