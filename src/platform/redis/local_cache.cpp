#include "platform/redis/local_cache.hpp"

#include <iterator>
#include <utility>

namespace slipway::platform {

namespace {

// A list node, an index node and its bucket, and what the allocator adds to each block.
constexpr std::size_t kNodeBytes = 96;
constexpr std::size_t kLargestPart = 8;  // of the whole that one value may take

std::size_t heapBytes(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 17 : 0;
}

}  // namespace

bool LocalCache::get(std::string_view key, TimePoint now, CacheLookup& lookup) {
  const auto found = index_.find(key);
  if (found == index_.end() || found->second->promise != 0) return false;
  const auto entry = found->second;
  if (now >= entry->expires) {
    erase(entry);
    return false;
  }
  if (entry != entries_.begin()) entries_.splice(entries_.begin(), entries_, entry);
  lookup.state = entry->deleted ? CacheLookup::State::Absent : CacheLookup::State::Hit;
  lookup.version = entry->version;
  lookup.value = entry->value;
  return true;
}

std::uint64_t LocalCache::expect(std::string_view key) {
  const auto found = index_.find(key);
  if (found != index_.end()) return found->second->promise;
  Entry& entry = entries_.emplace_front();
  entry.key = key;
  entry.promise = ++lastPromise_;
  index_.emplace(entry.key, entries_.begin());
  account(entry);
  makeRoom();
  return lastPromise_;
}

void LocalCache::store(std::string_view key, std::uint64_t promise, const CacheLookup& lookup,
                       TimePoint now) {
  const auto found = index_.find(key);
  if (promise == 0 || found == index_.end() || found->second->promise != promise) return;
  Entry& entry = *found->second;
  if (lookup.value.size() > maxBytes_ / kLargestPart) return erase(found->second);
  entry.promise = 0;
  entry.deleted = lookup.state == CacheLookup::State::Absent;
  entry.version = lookup.version;
  entry.value = lookup.value;
  entry.expires = now + life_;
  account(entry);
  makeRoom();
}

void LocalCache::forgo(std::string_view key, std::uint64_t promise) {
  if (promise == 0) return;
  const auto found = index_.find(key);
  if (found != index_.end() && found->second->promise == promise) erase(found->second);
}

void LocalCache::erase(std::string_view key) {
  const auto found = index_.find(key);
  if (found != index_.end()) erase(found->second);
}

void LocalCache::clear() {
  index_.clear();
  entries_.clear();
  bytes_ = 0;
  size_ = 0;
}

void LocalCache::erase(Entries::iterator entry) {
  bytes_.store(bytes() - entry->bytes, std::memory_order_relaxed);
  index_.erase(entry->key);
  entries_.erase(entry);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void LocalCache::account(Entry& entry) {
  const std::size_t before = entry.bytes;
  entry.bytes = sizeof(Entry) + kNodeBytes + heapBytes(entry.key) + heapBytes(entry.value);
  bytes_.store(bytes() - before + entry.bytes, std::memory_order_relaxed);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void LocalCache::makeRoom() {
  while (bytes() > maxBytes_ && !entries_.empty()) {
    if (entries_.back().promise == 0) {
      evictions_.store(evictions() + 1, std::memory_order_relaxed);
    }
    erase(std::prev(entries_.end()));
  }
}

}  // namespace slipway::platform
