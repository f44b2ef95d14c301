// Where Redis is, who we are there, and how long anything may take. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace slipway::platform {

struct RedisOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string user;       // empty: Redis' default user
  base::Secret password;  // empty: no AUTH
  unsigned database = 0;
  std::string clientName = "slipwayd";  // as CLIENT LIST shows it
  /// The longest time for one answer, and for connecting.
  std::chrono::milliseconds timeout{250};
  /// Between two attempts to connect: doubles from the first to the last, and up to a quarter more.
  std::chrono::milliseconds firstBackoff{50};
  std::chrono::milliseconds lastBackoff{500};
  std::size_t maxPending = 16'384;                // commands without an answer yet
  std::size_t maxUnsentBytes = 16 * 1024 * 1024;  // of them, not yet sent
  std::size_t maxReplyBytes = 64 * 1024 * 1024;   // of one answer
  /// What is asked all the time to see whether Redis is there; an error ends the connection.
  std::vector<std::string> heartbeat{"PING"};
  static constexpr std::chrono::milliseconds kLongestConnect{500};
};

/// Reads `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`. Error: what is wrong, without the URL.
std::expected<RedisOptions, std::string> parseRedisUrl(std::string_view url);

}  // namespace slipway::platform
