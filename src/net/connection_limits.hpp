// How many connections the process holds, in all and from each address. Shared by all loops;
// thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace slipway::net {

class ConnectionLimits {
 public:
  enum class Verdict { Admitted, TooMany, TooManyFromAddress };

  /// `perAddress` 0: no limit of its own.
  ConnectionLimits(std::size_t total, std::size_t perAddress)
      : total_(total), perAddress_(perAddress) {}

  /// Counts a connection in. Refused ones are counted too, by themselves, so that they keep
  /// nobody out: every admit() is answered by one release() with its verdict.
  Verdict admit(std::string_view address);
  void release(std::string_view address, Verdict verdict);

  /// True while even answering a refusal would be too much: the connection is just closed.
  bool overwhelmed() const { return refused_.load(std::memory_order_relaxed) > kRefusals; }
  /// Admitted and not yet released.
  std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kRefusals = 256;

  Verdict judge(std::string_view address);

  const std::size_t total_;
  const std::size_t perAddress_;
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> refused_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> byAddress_;  // guarded by mutex_
};

}  // namespace slipway::net
