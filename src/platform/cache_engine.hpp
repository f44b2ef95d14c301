// The cache of the whole process: gives each event loop its Cache, and says how they are doing.
// Made before the loops and outlives them; figures() is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "net/task.hpp"
#include "platform/cache.hpp"

namespace slipway::platform {

/// Since the start, over all loops.
struct CacheFigures {
  struct Tier {
    std::string_view name;  // static text
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t bypasses = 0;  // not asked: it could not be reached, or not be trusted
  };
  /// What only a shared cache has.
  struct Remote {
    std::uint64_t connections = 0;  // event loops whose connection is up
    std::uint64_t debts = 0;        // keys that it is owed since it was away
    std::uint64_t leaseWaits = 0;   // look-ups that waited for another replica's read
    std::uint64_t invalidations = 0;
  };
  std::vector<Tier> tiers;
  std::uint64_t evictions = 0;  // from this process's memory, as what follows
  std::size_t entries = 0;
  std::size_t bytes = 0;
  std::optional<Remote> remote;
};

class CacheEngine {
 public:
  virtual ~CacheEngine() = default;
  /// The cache of one loop, before that loop runs. It must be gone before the engine is, and may be
  /// destroyed only when what was pending on the loop is gone.
  virtual std::shared_ptr<Cache> open(net::asio::io_context& loop) = 0;
  virtual CacheFigures figures() const = 0;
};

}  // namespace slipway::platform
