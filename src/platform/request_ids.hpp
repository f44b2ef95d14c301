// Request ids: the client's when it sent a usable one, otherwise a new UUIDv4 (RFC 9562). One
// source a loop.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace slipway::platform {

/// 1..128 visible ASCII characters.
bool isUsableRequestId(std::string_view id);

class RequestIds {
 public:
  using Text = std::array<char, 36>;

  /// A new id. Throws std::system_error when the system has no randomness.
  Text next();

 private:
  std::array<std::uint8_t, 4096> random_{};
  std::size_t used_ = random_.size();
};

}  // namespace slipway::platform
