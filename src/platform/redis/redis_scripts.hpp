// The steps of the coherence protocol that must be atomic (docs/decisions/redis-cache.md), in Lua,
// and how to run them. Where Redis is full (OOM), a step removes what it can't replace, which is
// always safe. Constants; runRedisScript() may be called on any loop.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "platform/redis/redis_connection.hpp"

namespace slipway::platform {

struct RedisScript {
  explicit RedisScript(std::string_view source);
  std::string_view source;
  std::string sha1;  // in hex, as EVALSHA takes it
};

struct RedisScripts {
  /// KEYS: one or more; ARGV: life of the announcements in ms, then a token a key.
  /// Announces writes. Returns 0 when a mark could not be set for want of memory.
  static const RedisScript& announce();
  /// KEYS[1]; ARGV: token, version, entry, life of a value in ms.
  /// The write has been committed. Returns 1 when its announcement was no longer there.
  static const RedisScript& finish();
  /// KEYS: one or more; ARGV: 0, 1 or the life of a tombstone in ms, then a token a key.
  /// The writes are over: takes their announcements back (0); removes what else may be old, too
  /// (1); or notes that the rows are gone.
  static const RedisScript& forget();
  /// KEYS[1]; ARGV: token, entry (empty: none), its life in ms. Replaces the lease.
  static const RedisScript& fill();
  /// KEYS: one or more. Removes all but announcements.
  static const RedisScript& clear();
  /// KEYS[1]: any of ours. Fails unless all that the others need may be done.
  static const RedisScript& probe();
};

/// Runs a script by its digest, or by its source where Redis does not have it. `parts` are the keys
/// and then the other arguments; they must outlive the task, which must be awaited at once.
/// The reply is valid until the caller suspends.
net::Task<const RedisReply*> runRedisScript(RedisConnection& connection, const RedisScript& script,
                                            std::size_t keys,
                                            std::span<const std::string_view> parts);

}  // namespace slipway::platform
