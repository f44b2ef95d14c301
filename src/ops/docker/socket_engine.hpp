// The real Engine, over its Unix socket.
#pragma once

#include <filesystem>
#include <string>

#include "ops/docker/engine.hpp"
#include "ops/docker/engine_api.hpp"
#include "ops/http/http_client.hpp"

namespace slipway::ops {

class SocketEngine final : public Engine {
 public:
  /// `http` outlives it.
  SocketEngine(std::filesystem::path socket, HttpClient& http) : api_(std::move(socket), http) {}

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
  EngineApi api_;
};

}  // namespace slipway::ops
