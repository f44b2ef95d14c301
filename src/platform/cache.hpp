// A cache of versioned values in front of a store. It never makes a store's answer wrong, however
// late a reader or writer comes and whatever was evicted meanwhile: a value read from the database
// is taken only while the mark that its miss left is still in place, and a written one only over
// an older value. Failures are misses; nothing here throws. Called on one loop.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "net/task.hpp"
#include "platform/health.hpp"

namespace slipway::platform {

struct CacheLookup {
  enum class State : std::uint8_t { Hit, Absent, Miss };
  State state = State::Miss;
  std::int64_t version = 0;  // Hit
  std::string value;         // Hit
  /// Miss: what fill() must show. While nothing was written since, misses of the same key get the
  /// same mark, so they may share one database read; other keys never have it. 0: don't fill,
  /// don't share.
  std::uint64_t mark = 0;
};

class Cache {
 public:
  virtual ~Cache() = default;
  /// Absent: it is known that the store has no such row. A Miss leaves a mark for fill().
  virtual net::Task<CacheLookup> get(std::string key) = 0;
  /// The same without waiting, when it can be answered from this process's memory; false: call
  /// get().
  virtual bool tryGet(std::string_view key, CacheLookup& lookup) = 0;
  /// Stores what was read from the database after the Miss that gave `mark`.
  virtual net::Task<> fill(std::string key, std::uint64_t mark, std::int64_t version,
                           std::string value) = 0;
  /// Notes that the database has no such row, after the Miss that gave `mark`.
  virtual net::Task<> fillAbsent(std::string key, std::uint64_t mark) = 0;
  /// Nothing will be filled after the Miss that gave `mark`: others need not wait for it.
  virtual void release(std::string_view key, std::uint64_t mark) = 0;

  /// To be called before a change of a row that exists is committed: from now on nobody is given
  /// what was there before. The ticket is what the end of the write must show, in exactly one call
  /// of put(), remove(), suspend() or withdraw(). A new row needs none (0).
  virtual net::Task<std::uint64_t> announce(std::string key) = 0;
  /// Takes what was just written (and committed): it replaces an older value; where none is held,
  /// readers that are under way are kept from filling and the next one fetches it.
  virtual net::Task<> put(std::string key, std::uint64_t ticket, std::int64_t version,
                          std::string value) = 0;
  /// Notes that the row was deleted (and committed) at `version`, one above its last.
  virtual net::Task<> remove(std::string key, std::uint64_t ticket, std::int64_t version) = 0;
  /// For a write whose outcome is unknown: forgets the key and holds nothing of it until the write
  /// must have ended.
  virtual net::Task<> suspend(std::string key, std::uint64_t ticket) = 0;
  /// The write will not be committed.
  virtual void withdraw(std::string_view key, std::uint64_t ticket) = 0;

  /// Forgets all of this service's keys. Error: a text for the log.
  virtual net::Task<std::expected<void, std::string>> clear() = 0;
  /// The body of GET /cache/stats. Error: a text for the log (the cache is unreachable).
  virtual net::Task<std::expected<base::Json, std::string>> stats() = 0;
  /// Of the whole process: an error also while another of its loops is without the cache.
  virtual net::Task<Health> health() = 0;
};

}  // namespace slipway::platform
