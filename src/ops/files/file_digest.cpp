#include "ops/files/file_digest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/digest.hpp"

namespace slipway::ops {

Result<> readInPieces(const std::filesystem::path& path,
                      const std::function<bool(std::string_view)>& take) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::vector<char> buffer(std::size_t{256} * 1024);
  int reason = file < 0 ? errno : 0;
  while (reason == 0) {
    const auto count = read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) reason = errno;
    if (count <= 0 || !take({buffer.data(), static_cast<std::size_t>(count)})) break;
  }
  if (file >= 0) close(file);
  if (reason == 0) return {};
  return std::unexpected(fmt::format("cannot read {}: {}", path.string(), strerror(reason)));
}

Result<std::string> sha256OfFile(const std::filesystem::path& path,
                                 const std::function<bool()>& stopped) {
  base::Digest digest;
  bool ended = false;
  const auto read = readInPieces(path, [&](std::string_view piece) {
    digest.add(piece);
    ended = stopped && stopped();
    return !ended;
  });
  if (!read) return std::unexpected(read.error());
  if (ended) return std::unexpected("interrupted");
  return digest.hex();
}

}  // namespace slipway::ops
