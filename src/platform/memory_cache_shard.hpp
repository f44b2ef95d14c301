// One part of the MemoryCache: a lock and the entries whose keys fall to it. Thread-safe.
// A key's entry is a value; or one of three stand-ins: Absent (no such row; a deletion is one with
// its version), Mark (a read is under way), Suspended (a write's outcome is unknown).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/memory_cache.hpp"

namespace slipway::platform {

class MemoryCache::Shard {
 public:
  /// `options` must outlive the shard; `index` is its number among options.shards.
  void configure(const MemoryCacheOptions& options, std::size_t index);

  void get(std::string_view key, base::Timestamp now, CacheLookup& lookup);
  void fill(std::string_view key, std::uint64_t mark, std::int64_t version, std::string value,
            base::Timestamp now);
  void fillAbsent(std::string_view key, std::uint64_t mark, base::Timestamp now);
  void put(std::string_view key, std::int64_t version, std::string value, base::Timestamp now);
  void remove(std::string key, std::int64_t version, base::Timestamp now);
  void suspend(std::string key, base::Timestamp now);
  void clear();
  void addTo(MemoryCacheCounters& sum) const;

 private:
  enum class Kind : std::uint8_t { Value, Absent, Mark, Suspended };
  struct Entry {
    std::string key;
    Kind kind = Kind::Mark;
    std::int64_t version = 0;  // Value, Absent (0: not known)
    std::uint64_t mark = 0;    // Mark
    std::string value;
    base::Timestamp expires;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  Entry* findLive(std::string_view key, base::Timestamp now);
  Entry* findMarked(std::string_view key, std::uint64_t mark, base::Timestamp now);
  Entry& insert(std::string key);
  void set(Entry& entry, Kind kind, std::int64_t version, std::string value,
           base::Timestamp expires);
  void setValue(Entry& entry, std::int64_t version, std::string value, base::Timestamp now);
  void erase(Entries::iterator entry);
  void makeRoom();
  base::Timestamp jittered(base::Timestamp now);

  mutable std::mutex mutex_;
  const MemoryCacheOptions* options_ = nullptr;
  std::size_t maxBytes_ = 0;
  Entries entries_;                                                // the most recently used first
  std::unordered_map<std::string_view, Entries::iterator> index_;  // views of the entries' keys
  std::size_t bytes_ = 0;
  std::uint64_t lastMark_ = 0;       // grows by the number of shards: no two give the same
  base::Timestamp noMarksBefore_{};  // until then misses get no mark
  std::minstd_rand random_;          // for jitter only
  MemoryCacheCounters counters_;
};

}  // namespace slipway::platform
