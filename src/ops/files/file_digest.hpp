// Files of any size, read in pieces, and their SHA-256. Blocking.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "ops/result.hpp"

namespace slipway::ops {

/// Reads a file from its beginning in pieces; `take` returns false to stop. Error: it can't be
/// read.
Result<> readInPieces(const std::filesystem::path& path,
                      const std::function<bool(std::string_view)>& take);

/// Error: it can't be read, or `stopped` came true.
Result<std::string> sha256OfFile(const std::filesystem::path& path,
                                 const std::function<bool()>& stopped);

}  // namespace slipway::ops
