// A small HTTP/1.1 client for what Slipway asks of others: its own /health, a trace collector, a
// deployment that is checked, a Docker Engine. TCP or a Unix socket; TLS where the caller brings it
// (net/client_stream.hpp, ops/http/tls.hpp), so that slipwayd links none of it. One time-out over
// everything, a bound on the answer. Runs on the loop that awaits it and keeps no state.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/task.hpp"

namespace slipway::net {

class ClientSecurity;
class ClientStream;

struct ClientHeader {
  std::string name;
  std::string value;
};

/// Gets the body of a 2xx answer piece by piece, which is then bounded by nothing but the time-out
/// and never held as a whole. False ends the exchange (error "receive: stopped").
using BodySink = std::function<bool(std::string_view piece)>;

struct ClientRequest {
  std::string_view method = "GET";  // static text
  std::string host;                 // a numeric address (IPv6 without brackets) or a name
  std::uint16_t port = 80;
  std::string unixSocket = {};  // path; then `host` is only what the Host header says, and no port
  std::string target = "/";
  std::vector<ClientHeader> headers = {};  // take the place of those that are sent anyhow
  std::string contentType = {};            // empty: no header
  std::string body = {};
  std::chrono::milliseconds timeout{5000};  // looking up, connecting, sending and receiving
  std::size_t maxBodyBytes = 1024 * 1024;   // of the answer
  BodySink onBody = {};
  std::shared_ptr<const ClientSecurity> security = {};  // unset: plain
};

/// What was agreed on with a peer that speaks TLS.
struct TlsSession {
  std::string version;                             // "TLSv1.3"
  std::chrono::system_clock::time_point notAfter;  // of the peer's certificate
};

struct ClientResponse {
  unsigned status = 0;
  std::string body;                        // empty when `onBody` had it
  std::vector<ClientHeader> headers = {};  // in the order sent
  std::optional<TlsSession> tls = {};

  /// The first value of a header (names compare without case), or nullptr.
  const std::string* header(std::string_view name) const;
};

using Fetched = std::expected<ClientResponse, std::string>;

/// Sends the request on a connection of its own and reads the whole answer, whatever its status.
/// Redirects are not followed. Error: what failed, for people ("connect: Connection refused").
Task<Fetched> fetch(ClientRequest request);

/// A connection that is kept for the next request where the peer allows it. One request at a time,
/// all to one place (host, port, socket and security of the first); on one loop. After an error,
/// and when the peer closed it, the next request connects anew.
class ClientConnection {
 public:
  ClientConnection();
  ~ClientConnection();
  ClientConnection(ClientConnection&&) noexcept;
  ClientConnection& operator=(ClientConnection&&) noexcept;

  /// As fetch. This object must stay where it is until the task has ended.
  Task<Fetched> request(ClientRequest request);

  /// How often a connection was made.
  std::size_t connects() const { return connects_; }

 private:
  std::unique_ptr<ClientStream> stream_;
  std::size_t connects_ = 0;
};

}  // namespace slipway::net
