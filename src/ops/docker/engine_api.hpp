// The Engine's API over its Unix socket, as requests and answers: version 1.41 (Engine 20.10), or
// the oldest that a newer Engine still takes. For SocketEngine and SocketSwarm. Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Of DOCKER_HOST, or where it is by default. Error: DOCKER_HOST names no Unix socket.
Result<std::filesystem::path> engineSocket();

/// A query parameter's value: all but what is unreserved is escaped.
std::string queryValue(std::string_view text);

class EngineApi {
 public:
  struct Ask {
    std::string method = "GET";
    std::string target;
    base::Json body = {};  // null: none
    std::chrono::milliseconds timeout{10'000};
  };

  /// `http` outlives it.
  EngineApi(std::filesystem::path socket, HttpClient& http)
      : socket_(std::move(socket)), http_(http) {}

  /// What must be a 2xx; 304, 404 and 409 are the caller's business.
  Result<HttpAnswer> askWell(const Ask& wanted);
  /// The same, where those are errors too.
  Result<base::Json> askJson(const Ask& wanted);

 private:
  /// Error only without an answer.
  Result<HttpAnswer> ask(const Ask& ask);
  Result<std::string> prefix();

  const std::filesystem::path socket_;
  HttpClient& http_;
  std::string prefix_;  // "/v1.41"; empty until it is known
};

}  // namespace slipway::ops
