// A real redis-server for tests: on a free port of 127.0.0.1, in memory only, stopped by its own
// process id when this goes away. Not part of the program.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "platform/test_support.hpp"

namespace slipway::testing {

class RedisServer {
 public:
  /// `arguments` are further settings: {"--requirepass", "secret"}. Throws when it does not start.
  explicit RedisServer(std::vector<std::string> arguments = {});
  ~RedisServer() { kill(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// In its working directory.
  std::string file(const std::string& name) const { return folder_.file(name); }

  /// Starts it (again) on its port, and waits until it answers.
  void start();
  void kill();
  void freeze();
  void thaw();

  /// Runs a command over a connection of its own; the reply's text or number, `(nil)`,
  /// `(error) ...`, or `(unreachable)`.
  std::string operator()(std::vector<std::string> words);
  /// With this password from now on.
  void authenticateAs(std::string password) { password_ = std::move(password); }

 private:
  void waitUntilItAnswers();

  const std::vector<std::string> arguments_;
  TemporaryFolder folder_;
  std::string password_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;  // 0: it does not run
};

}  // namespace slipway::testing
