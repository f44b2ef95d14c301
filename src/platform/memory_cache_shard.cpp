#include "platform/memory_cache_shard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace slipway::platform {

namespace {

// A list node, an index node and its bucket, and what the allocator adds to each block.
constexpr std::size_t kNodeBytes = 96;
constexpr std::size_t kLargestPart = 8;  // of a shard that one value may take

std::size_t heapBytes(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 17 : 0;
}

}  // namespace

void MemoryCache::Shard::configure(const MemoryCacheOptions& options, std::size_t index) {
  options_ = &options;
  maxBytes_ = options.maxBytes / options.shards;
  lastMark_ = index;
  random_.seed(std::random_device{}());
}

void MemoryCache::Shard::get(std::string_view key, base::Timestamp now, CacheLookup& lookup) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findLive(key, now);
  if (entry != nullptr && (entry->kind == Kind::Value || entry->kind == Kind::Absent)) {
    ++counters_.hits;
    const bool hit = entry->kind == Kind::Value;
    lookup.state = hit ? CacheLookup::State::Hit : CacheLookup::State::Absent;
    lookup.version = entry->version;
    lookup.value = entry->value;
    return;
  }
  ++counters_.misses;
  lookup.state = CacheLookup::State::Miss;
  if (entry == nullptr && now >= noMarksBefore_) {
    entry = &insert(std::string(key));
    entry->mark = lastMark_ += options_->shards;
    set(*entry, Kind::Mark, 0, {}, now + options_->markTtl);
    lookup.mark = lastMark_;
    makeRoom();
  } else {
    lookup.mark = entry != nullptr && entry->kind == Kind::Mark ? entry->mark : 0;
  }
}

void MemoryCache::Shard::fill(std::string_view key, std::uint64_t mark, std::int64_t version,
                              std::string value, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findMarked(key, mark, now);
  if (entry != nullptr) setValue(*entry, version, std::move(value), now);
}

void MemoryCache::Shard::fillAbsent(std::string_view key, std::uint64_t mark, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findMarked(key, mark, now);
  if (entry != nullptr) set(*entry, Kind::Absent, 0, {}, now + options_->absentTtl);
}

// Where no value is held, this one may itself be old: a newer one may have been here and evicted.
void MemoryCache::Shard::put(std::string_view key, std::int64_t version, std::string value,
                             base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findLive(key, now);
  if (entry == nullptr || entry->kind == Kind::Suspended) return;
  if (entry->kind == Kind::Value) {
    if (version > entry->version) setValue(*entry, version, std::move(value), now);
  } else if (entry->kind == Kind::Mark || version > entry->version) {
    erase(index_.find(key)->second);
  }
}

void MemoryCache::Shard::remove(std::string key, std::int64_t version, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findLive(key, now);
  if (entry == nullptr) entry = &insert(std::move(key));
  if (entry->kind == Kind::Suspended) return;
  if (entry->kind != Kind::Mark && entry->version > version) return;
  set(*entry, Kind::Absent, version, {}, now + options_->absentTtl);
  makeRoom();
}

void MemoryCache::Shard::suspend(std::string key, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  Entry* entry = findLive(key, now);
  if (entry == nullptr) entry = &insert(std::move(key));
  set(*entry, Kind::Suspended, 0, {}, now + options_->suspendTtl);
  makeRoom();
}

void MemoryCache::Shard::clear() {
  const std::lock_guard lock(mutex_);
  ++counters_.commands;
  while (!entries_.empty()) erase(entries_.begin());
}

void MemoryCache::Shard::addTo(MemoryCacheCounters& sum) const {
  const std::lock_guard lock(mutex_);
  sum.hits += counters_.hits;
  sum.misses += counters_.misses;
  sum.commands += counters_.commands;
  sum.evictions += counters_.evictions;
  sum.expired += counters_.expired;
  sum.entries += entries_.size();
  sum.bytes += bytes_;
}

/// The key's entry as the most recently used one; null when there is none or it has expired.
MemoryCache::Shard::Entry* MemoryCache::Shard::findLive(std::string_view key, base::Timestamp now) {
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  const auto entry = found->second;
  if (now >= entry->expires) {
    ++counters_.expired;
    erase(entry);
    return nullptr;
  }
  if (entry != entries_.begin()) entries_.splice(entries_.begin(), entries_, entry);
  return &*entry;
}

MemoryCache::Shard::Entry* MemoryCache::Shard::findMarked(std::string_view key, std::uint64_t mark,
                                                          base::Timestamp now) {
  Entry* entry = findLive(key, now);
  const bool marked = entry != nullptr && entry->kind == Kind::Mark && entry->mark == mark;
  return marked ? entry : nullptr;
}

MemoryCache::Shard::Entry& MemoryCache::Shard::insert(std::string key) {
  Entry& entry = entries_.emplace_front();
  entry.key = std::move(key);
  index_.emplace(entry.key, entries_.begin());
  return entry;
}

void MemoryCache::Shard::set(Entry& entry, Kind kind, std::int64_t version, std::string value,
                             base::Timestamp expires) {
  entry.kind = kind;
  entry.version = version;
  entry.value = std::move(value);
  entry.expires = expires;
  const std::size_t bytes =
      sizeof(Entry) + kNodeBytes + heapBytes(entry.key) + heapBytes(entry.value);
  bytes_ += bytes - entry.bytes;
  entry.bytes = bytes;
}

void MemoryCache::Shard::setValue(Entry& entry, std::int64_t version, std::string value,
                                  base::Timestamp now) {
  if (value.size() > maxBytes_ / kLargestPart) {  // would push out too many others
    erase(index_.find(entry.key)->second);
    return;
  }
  set(entry, Kind::Value, version, std::move(value), jittered(now));
  makeRoom();
}

void MemoryCache::Shard::erase(Entries::iterator entry) {
  // Without its entry, the promise to hold nothing of a suspended key falls to the whole shard.
  if (entry->kind == Kind::Suspended) noMarksBefore_ = std::max(noMarksBefore_, entry->expires);
  bytes_ -= entry->bytes;
  index_.erase(entry->key);
  entries_.erase(entry);
}

/// What was just set is at the front and goes last: only when it alone is more than the bound.
void MemoryCache::Shard::makeRoom() {
  while (bytes_ > maxBytes_ && !entries_.empty()) {
    ++counters_.evictions;
    erase(std::prev(entries_.end()));
  }
}

/// Values that were filled together must not expire together.
base::Timestamp MemoryCache::Shard::jittered(base::Timestamp now) {
  const std::chrono::microseconds ttl = options_->ttl;
  const auto spread = static_cast<std::int64_t>(random_() % 2001) - 1000;  // of 10,000
  return now + ttl + ttl * spread / 10'000;
}

}  // namespace slipway::platform
