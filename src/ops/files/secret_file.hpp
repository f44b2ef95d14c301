// A secret from a file: a token, a password.
#pragma once

#include <filesystem>

#include "base/secret.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Its one line, without the end of line. Error: it can't be read, is empty, or is no single line
/// of at most 8 KiB.
Result<base::Secret> readSecretFile(const std::filesystem::path& path);

}  // namespace slipway::ops
