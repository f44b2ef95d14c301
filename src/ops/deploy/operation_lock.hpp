// One operation on a stack at a time. The lock is the kernel's (flock), so that it goes when the
// process does, however that ends; programs that it runs inherit it, so that it stays while one of
// them is still at work. What the file says (who, when, what) is for people. Single-threaded.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "ops/result.hpp"

namespace slipway::ops {

struct LockHolder {
  std::string who;
  std::string host;
  std::string what;   // "deploy production 1.2.0"
  std::string since;  // ISO 8601, UTC
  int pid = 0;
};

/// "deploy production 1.2.0, by ana on host1 since 2026-01-02T03:04:05 (pid 12)"
std::string inWords(const LockHolder& holder);

class OperationLock {
 public:
  ~OperationLock();
  OperationLock(OperationLock&& other) noexcept;
  OperationLock& operator=(OperationLock&&) = delete;

  /// False once somebody broke it: this process is no longer in charge and must change nothing.
  bool isOurs() const;

  /// Error: who has it, and how to break it; or why the file can't be used.
  static Result<OperationLock> take(const std::filesystem::path& path, const LockHolder& holder);
  /// Takes it from whoever has it.
  static Result<OperationLock> seize(const std::filesystem::path& path, const LockHolder& holder);
  /// Whoever has it now. Changes nothing.
  static std::optional<LockHolder> holderOf(const std::filesystem::path& path);

 private:
  OperationLock(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace slipway::ops
