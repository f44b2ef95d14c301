// What the HTTP client reads from and writes to: a plain socket, or one that a ClientSecurity made
// secure. On one loop; every operation ends at the deadline at the latest.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/client.hpp"
#include "net/task.hpp"

namespace slipway::net {

/// TCP or a Unix socket.
using ClientSocket = boost::beast::basic_stream<asio::generic::stream_protocol, Executor>;

class ClientStream {
 public:
  ClientStream() = default;
  virtual ~ClientStream() = default;
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  /// For all that follows.
  virtual void expireAt(std::chrono::steady_clock::time_point deadline) = 0;
  /// At least one byte; asio::error::eof when the peer has ended.
  virtual Task<std::size_t> readSome(asio::mutable_buffer into,
                                     boost::system::error_code& error) = 0;
  virtual Task<> writeAll(asio::const_buffer from, boost::system::error_code& error) = 0;
  virtual std::optional<TlsSession> tls() const { return std::nullopt; }
};

using Secured = std::expected<std::unique_ptr<ClientStream>, std::string>;

/// Makes connections secure; shared by all requests, changed by none.
class ClientSecurity {
 public:
  virtual ~ClientSecurity() = default;
  /// `host` is whom the peer must prove to be. This object and `host` outlive the task.
  virtual Task<Secured> secure(ClientSocket socket, const std::string& host) const = 0;
};

/// "<step>: <what went wrong>", as fetch reports it.
std::string clientFailure(std::string_view step, const boost::system::error_code& error);

/// Connects to where the request goes, before the deadline. `request` outlives the task.
Task<Secured> openClientStream(const ClientRequest& request,
                               std::chrono::steady_clock::time_point deadline);

}  // namespace slipway::net
