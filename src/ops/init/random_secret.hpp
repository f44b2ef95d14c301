// Passwords and keys that nobody chose.
#pragma once

#include <cstddef>

#include "base/secret.hpp"

namespace slipway::ops {

/// `bytes` random bytes of the kernel's generator as lower-case hexadecimal: safe in URLs, files
/// and configurations without quoting. Throws std::system_error when the kernel has none to give.
base::Secret randomSecret(std::size_t bytes);

}  // namespace slipway::ops
