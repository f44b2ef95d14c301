// One connection to Redis. Commands are pipelined by themselves: those of one turn of the loop
// leave in one write, and replies are matched in order. Whatever is wrong (a time-out, what is not
// the protocol, the other side's end) closes it for good and fails at once all that waits on it.
// Belongs to one loop, and is kept alive by its own operations alone: until it is closed, or the
// loop drops what is pending on it; then what waits here goes with it.
#pragma once

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/task.hpp"
#include "platform/redis/redis_options.hpp"
#include "platform/redis/redis_reply.hpp"

namespace slipway::platform {

using RedisSocket = net::asio::basic_stream_socket<net::asio::ip::tcp, net::Executor>;
using RedisTimer = net::asio::basic_waitable_timer<
    std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Callback = std::move_only_function<void(const RedisReply&)>;
  using Arguments = std::span<const std::string_view>;

  /// `socket` is connected; call start() next.
  RedisConnection(RedisSocket socket, const RedisOptions& options);
  ~RedisConnection();

  /// `onClosed` is told why, once, before the commands that waited are failed (an empty reason: the
  /// loop has dropped it); `onMessage` gets what was published to a subscriber.
  void start(std::function<void(std::string_view)> onClosed,
             std::function<void(const RedisReply&)> onMessage = {});

  /// Sends a command. `done` is called once, on the loop and never from inside this call, with the
  /// reply, an Error or Lost.
  void send(Arguments arguments, Callback done);

  /// The same as a coroutine. Never null; the reply is valid until the caller suspends. The task
  /// must be awaited at once: it refers to `arguments`.
  net::Task<const RedisReply*> command(Arguments arguments);

  void close(std::string_view reason);
  /// Closes it without telling onClosed, which may be gone from now on.
  void abandon() {
    onClosed_ = nullptr;
    onMessage_ = nullptr;
    close("no longer needed");
  }
  bool closed() const { return closed_; }

  /// Takes in what has arrived, without waiting: its callbacks run inside this call.
  void drain();
  int nativeHandle() { return socket_.native_handle(); }
  std::chrono::milliseconds timeout() const { return options_.timeout; }

  /// Sends a heartbeat now, unless one was sent less than a time-out ago. As replies keep their
  /// order, what is asked next has an answer only when the heartbeat was answered well.
  void prove(TimePoint now) {
    if (now >= beatAt_ + options_.timeout) beat();
  }
  /// When the newest heartbeat that was answered well had been sent.
  TimePoint provenAt() const { return provenAt_; }

 private:
  struct Pending {
    Callback done;
    TimePoint deadline;
  };

  void read();
  void take(std::string_view bytes);
  void deliver(const RedisReply& reply);
  void scheduleFlush();
  void flush();
  void watch();
  void check();
  void beat();

  RedisSocket socket_;
  RedisTimer timer_;
  const RedisOptions options_;
  const std::chrono::milliseconds beatInterval_;
  RedisReplyReader reader_;
  std::array<char, 16 * 1024> in_;
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  std::deque<Pending> pending_;
  std::function<void(std::string_view)> onClosed_;
  std::function<void(const RedisReply&)> onMessage_;
  TimePoint turn_;    // about now: when the waiting flush was scheduled
  TimePoint beatAt_;  // the last one was sent
  TimePoint provenAt_{};
  bool flushing_ = false;
  bool closed_ = false;
};

/// Appends a command as RESP has it.
void appendRedisCommand(std::string& out, RedisConnection::Arguments arguments);

}  // namespace slipway::platform
