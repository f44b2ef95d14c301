// The real Engine, over its Unix socket. Speaks version 1.41 of its API (Engine 20.10), or the
// oldest that a newer Engine still takes.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"

namespace slipway::ops {

/// Of DOCKER_HOST, or where it is by default. Error: DOCKER_HOST names no Unix socket.
Result<std::filesystem::path> engineSocket();

class SocketEngine final : public Engine {
 public:
  /// `http` outlives it.
  SocketEngine(std::filesystem::path socket, HttpClient& http)
      : socket_(std::move(socket)), http_(http) {}

  Result<EngineFacts> facts() override;
  Result<std::vector<Container>> containers(const std::string& project) override;
  Result<std::optional<Container>> container(const std::string& id) override;
  Result<std::string> lastLogLines(const std::string& id, int count) override;
  Result<> remove(const std::string& id, std::chrono::seconds grace) override;
  Result<ExecResult> exec(const std::string& id, const std::vector<std::string>& arguments,
                          std::chrono::milliseconds timeout) override;
  Result<std::optional<Image>> image(const std::string& reference) override;
  Result<> tag(const std::string& id, const std::string& repository,
               const std::string& tag) override;
  Result<bool> removeImage(const std::string& reference) override;

 private:
  struct Ask {
    std::string method = "GET";
    std::string target;
    base::Json body = {};  // null: none
    std::chrono::milliseconds timeout{10'000};
  };
  /// Error only without an answer.
  Result<HttpAnswer> ask(const Ask& ask);
  /// The same of what must be a 2xx.
  Result<HttpAnswer> askWell(const Ask& ask);
  Result<base::Json> askJson(const Ask& ask);
  Result<std::string> prefix();

  const std::filesystem::path socket_;
  HttpClient& http_;
  std::string prefix_;  // "/v1.41"; empty until it is known
};

}  // namespace slipway::ops
