// Tokens that have been verified, so that a client's next request costs a look-up instead of a
// signature. Of fixed size: a token replaces another that falls on its place. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "platform/token.hpp"

namespace slipway::platform {

class TokenCache {
 public:
  TokenCache();

  /// The claims of exactly this token, as long as it has not expired.
  std::optional<Claims> find(std::string_view token, TokenTime now) const;
  /// Keeps what was verified, unless the token is very long.
  void add(std::string_view token, const Claims& claims, TokenTime expiry);

 private:
  static constexpr std::size_t kSlots = 512;
  static constexpr std::size_t kMaxKeptBytes = 2048;

  struct Slot {
    std::mutex mutex;
    std::string token;  // guarded by mutex, as all that follows
    Claims claims;
    TokenTime expiry{};
  };
  Slot& slotOf(std::string_view token) const;

  const std::unique_ptr<std::array<Slot, kSlots>> slots_;
};

}  // namespace slipway::platform
