// An HTTP/1.1 server on one event loop. Several of them, one a loop, share a port by SO_REUSEPORT
// and nothing else but the connection limits. Every wait has a time-out, every buffer a bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/request_handler.hpp"
#include "net/task.hpp"

namespace slipway::net {

class ConnectionLimits;

struct ServerOptions {
  std::string host = "0.0.0.0";              // numeric address, or "localhost"
  std::uint16_t port = 8000;                 // 0: any free one
  std::size_t maxHeaderBytes = 16 * 1024;    // request line and fields: beyond, 431
  std::size_t maxTargetBytes = 8 * 1024;     // beyond, 414
  std::uint64_t maxBodyBytes = 1024 * 1024;  // beyond, 413
  /// Of the request bodies of a loop's connections: beyond, 503. As much again of answers that
  /// clients don't take: beyond, such a connection is closed.
  std::size_t maxBufferedBytes = 128 * 1024 * 1024;
  std::chrono::milliseconds headerTimeout{10'000};  // from the first byte to the end of the head
  std::chrono::milliseconds bodyTimeout{30'000};    // from the end of the head to the last byte
  std::chrono::milliseconds idleTimeout{75'000};    // between requests
  std::chrono::milliseconds writeTimeout{30'000};   // without progress
};

class Server {
 public:
  /// Binds and listens; throws std::system_error with the address in its text. `handler` must
  /// outlive the loop's last run and `limits` the loop itself: what is under way when it stops is
  /// destroyed with it.
  Server(asio::io_context& loop, RequestHandler& handler, ServerOptions options,
         ConnectionLimits& limits);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  // The rest runs on the loop.
  void start();
  /// From now on answers say `Connection: close`, so that clients move elsewhere.
  void beginDrain();
  /// Serves what the kernel has accepted, closes the listener and idle connections.
  void stopAccepting();
  /// Closes every connection, whatever it is doing.
  void closeAll();
  std::size_t connections() const;

 private:
  struct Loop;
  std::shared_ptr<Loop> loop_;
};

}  // namespace slipway::net
