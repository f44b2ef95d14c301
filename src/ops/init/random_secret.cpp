#include "ops/init/random_secret.hpp"

#include <sys/random.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace slipway::ops {

base::Secret randomSecret(std::size_t bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string random(bytes, '\0');
  std::size_t filled = 0;
  while (filled < bytes) {
    const auto got = getrandom(random.data() + filled, bytes - filled, 0);
    if (got < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  std::string text;
  text.reserve(2 * bytes);  // no copy left behind by growing
  for (const char c : random) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  base::wipe(random);
  return base::Secret(std::move(text));
}

}  // namespace slipway::ops
