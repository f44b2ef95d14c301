// One loop's own copies of what Redis holds (L1): values and deletions, bounded in bytes, the least
// recently used goes first. It is kept right from outside, by erase() for every key that changed.
// A copy is taken in two steps: expect() before Redis is asked, store() with its answer; an erase()
// in between voids it, so that an invalidation that overtakes an answer is not lost. One thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/cache.hpp"

namespace slipway::platform {

class LocalCache {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  LocalCache(std::size_t maxBytes, std::chrono::milliseconds life)
      : maxBytes_(maxBytes), life_(life) {}
  LocalCache(const LocalCache&) = delete;
  LocalCache& operator=(const LocalCache&) = delete;

  /// Fills `lookup` and is true when there is a copy.
  bool get(std::string_view key, TimePoint now, CacheLookup& lookup);

  /// A promise that store() must show; those for the same key at the same time are the same.
  std::uint64_t expect(std::string_view key);
  /// Stores what `lookup` found (Hit or Absent for good), unless the promise is void by now.
  void store(std::string_view key, std::uint64_t promise, const CacheLookup& lookup, TimePoint now);
  /// There is nothing to store: gives the promise back.
  void forgo(std::string_view key, std::uint64_t promise);

  void erase(std::string_view key);
  void clear();

  std::uint64_t evictions() const { return evictions_.load(std::memory_order_relaxed); }
  std::size_t entries() const { return size_.load(std::memory_order_relaxed); }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    std::string key;
    std::uint64_t promise = 0;  // 0: there is a copy
    bool deleted = false;
    std::int64_t version = 0;
    std::string value;
    TimePoint expires;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);
  void account(Entry& entry);
  void makeRoom();

  const std::size_t maxBytes_;
  const std::chrono::milliseconds life_;
  Entries entries_;                                                // the most recently used first
  std::unordered_map<std::string_view, Entries::iterator> index_;  // views of the entries' keys
  std::uint64_t lastPromise_ = 0;
  // Read by the metrics from other threads.
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> evictions_{0};
};

}  // namespace slipway::platform
