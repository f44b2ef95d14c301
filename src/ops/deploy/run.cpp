#include "ops/deploy/run.hpp"

#include <fmt/format.h>

#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::milliseconds kPollInterval{250};

}  // namespace

std::optional<std::string> Run::reasonToStop() const {
  if (lock != nullptr && !lock->isOurs()) {
    return "somebody broke the lock and is in charge now: nothing more was changed";
  }
  if (!isUndoing && clock.interrupted()) return "interrupted";
  return std::nullopt;
}

Result<> Run::keepOperation() const {
  return replaceFile(stack.operation(), toJson(operation).dump() + "\n");
}

Result<std::string> waitUntil(Run& run, std::string_view what, std::chrono::seconds limit,
                              const Poll& done) {
  const auto deadline = run.clock.now() + limit;
  while (true) {
    if (const auto reason = run.reasonToStop()) return std::unexpected(*reason);
    auto answer = done();
    if (!answer) return std::unexpected(answer.error());
    if (*answer) return std::move(**answer);
    if (run.clock.now() >= deadline) {
      return std::unexpected(fmt::format("{} within {} s", what, limit.count()));
    }
    run.clock.wait(kPollInterval);
  }
}

}  // namespace slipway::ops
