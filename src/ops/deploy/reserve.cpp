#include "ops/deploy/reserve.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

namespace slipway::ops {

namespace {

constexpr off_t kReserveBytes = off_t{1024} * 1024;

}  // namespace

Result<> makeReserve(const Stack& stack) {
  const auto path = stack.reserve();
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int failed = descriptor < 0 ? errno : posix_fallocate(descriptor, 0, kReserveBytes);
  if (descriptor >= 0) close(descriptor);
  if (failed == 0) return {};
  releaseReserve(stack);
  return std::unexpected(fmt::format("no room for {} KiB in {}: {}", kReserveBytes / 1024,
                                     stack.state.string(), strerror(failed)));
}

void releaseReserve(const Stack& stack) {
  std::error_code ignored;
  std::filesystem::remove(stack.reserve(), ignored);
}

}  // namespace slipway::ops
