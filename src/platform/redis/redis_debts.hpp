// What this process still owes Redis: keys whose writes it could not announce or finish there,
// because Redis was away. While a key is owed, no loop of the process believes Redis about it.
// Bounded: beyond that everything is owed. Shared by all loops; thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace slipway::platform {

class RedisDebts {
 public:
  enum class Kind : std::uint8_t {
    Open,     // the write may not have ended: it is to be announced
    Written,  // it has ended: what is held is to be forgotten
    Deleted,  // the row is gone: to be marked so
  };
  struct Debt {
    std::uint64_t ticket = 0;  // of the write
    std::string key;
    Kind kind = Kind::Open;
  };

  explicit RedisDebts(std::size_t limit = 65'536) : limit_(limit) {}

  /// Replaces what was owed under the same ticket.
  void add(Debt debt);
  void remove(std::uint64_t ticket);
  bool holds(std::string_view key) const {
    return count_.load(std::memory_order_acquire) != 0 && find(key);
  }

  std::size_t size() const { return count_.load(std::memory_order_acquire); }
  /// Up to `limit` of them.
  std::vector<Debt> some(std::size_t limit) const;
  /// Removes those that are still as they were when they were taken by some().
  void paid(const std::vector<Debt>& debts);

  /// More was owed than can be remembered. The number changes with each time.
  std::uint64_t overflow() const;
  void overflowPaid(std::uint64_t overflow);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  bool find(std::string_view key) const;
  void erase(std::unordered_map<std::uint64_t, Debt>::iterator debt);
  void count();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Debt> debts_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> keys_;
  std::uint64_t overflow_ = 0;  // 0: none
  std::uint64_t overflows_ = 0;
  std::atomic<std::size_t> count_{0};
};

}  // namespace slipway::platform
