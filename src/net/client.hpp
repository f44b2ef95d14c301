// A small HTTP/1.1 client for what the service asks of others: its own /health, a trace collector.
// One request a connection, plain TCP, one time-out over everything, a bound on the answer. Runs
// on the loop that awaits it and keeps no state.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "net/task.hpp"

namespace slipway::net {

struct ClientRequest {
  std::string_view method = "GET";  // static text: GET or POST
  std::string host;                 // a numeric address (IPv6 without brackets) or a name
  std::uint16_t port = 80;
  std::string target = "/";
  std::string contentType = {};  // empty: no header
  std::string body = {};
  std::chrono::milliseconds timeout{5000};  // looking up, connecting, sending and receiving
  std::size_t maxBodyBytes = 1024 * 1024;   // of the answer
};

struct ClientResponse {
  unsigned status = 0;
  std::string body;
};

/// Sends the request and reads the whole answer, whatever its status. Redirects are not followed.
/// Error: what failed, for people ("connect: Connection refused").
Task<std::expected<ClientResponse, std::string>> fetch(ClientRequest request);

}  // namespace slipway::net
