// What a system call on a file has to say, in one line.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace slipway::ops {

/// "cannot write /var/x: No space left on device", by errno.
inline std::unexpected<std::string> fileFailure(std::string_view what,
                                                const std::filesystem::path& path) {
  return std::unexpected(fmt::format("cannot {} {}: {}", what, path.string(), strerror(errno)));
}

}  // namespace slipway::ops
