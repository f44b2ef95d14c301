#include "ops/files/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/text.hpp"

namespace slipway::ops {

Result<base::Secret> readSecretFile(const std::filesystem::path& path) {
  constexpr std::size_t kMostBytes = 8192;
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string text(kMostBytes + 1, '\0');
  const auto count = descriptor < 0 ? -1 : read(descriptor, text.data(), text.size());
  const int reason = errno;
  if (descriptor >= 0) close(descriptor);
  if (count < 0) {
    return std::unexpected(fmt::format("cannot read {}: {}", path.string(), strerror(reason)));
  }
  text.resize(static_cast<std::size_t>(count));
  const std::string line(base::trim(text));
  base::wipe(text);
  if (line.empty()) return std::unexpected(fmt::format("{} is empty", path.string()));
  if (line.size() >= kMostBytes || line.find_first_of("\r\n") != std::string::npos) {
    return std::unexpected(fmt::format("{} is more than one line", path.string()));
  }
  return base::Secret(line);
}

}  // namespace slipway::ops
