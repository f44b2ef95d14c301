#include "platform/request_ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace slipway::platform {

bool isUsableRequestId(std::string_view id) {
  constexpr std::size_t kMaxLength = 128;
  return !id.empty() && id.size() <= kMaxLength &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

RequestIds::Text RequestIds::next() {
  constexpr std::size_t kBytes = 16;
  if (used_ + kBytes > random_.size()) {
    // More than 256 bytes may come in parts (getrandom(2)).
    for (std::size_t filled = 0; filled < random_.size();) {
      const auto got = getrandom(random_.data() + filled, random_.size() - filled, 0);
      if (got >= 0) {
        filled += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
      }
    }
    used_ = 0;
  }
  std::uint8_t* const bytes = random_.data() + used_;
  used_ += kBytes;
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  Text out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
    out[at++] = kHex[bytes[i] >> 4];
    out[at++] = kHex[bytes[i] & 0x0f];
  }
  return out;
}

}  // namespace slipway::platform
