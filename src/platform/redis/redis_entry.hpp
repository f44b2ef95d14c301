// What is kept in Redis under a key: one string whose first byte says what it is. All of the
// service's versions that share a Redis must agree on it. Pure functions.
//
//   V<version>\n<value>            a value
//   T                              the row was deleted: final, since ids are never given twice
//   A                              there is no such row (a look-up's result, short-lived)
//   L<token>                       a lease: its holder reads the database and may fill
//   W<floor>{ <token>=<ends>}      writes are under way (their announcements, and until when, in ms
//                                  of Redis' clock); no version below the floor is current
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::platform {

struct RedisEntry {
  enum class Kind : std::uint8_t { Value, Deleted, Absent, Lease, Writing, Unknown };
  Kind kind = Kind::Unknown;
  std::int64_t version = 0;    // Value
  std::string_view text = {};  // Value: the value; Lease: its token
};

RedisEntry parseRedisEntry(std::string_view text);

std::string redisValueEntry(std::int64_t version, std::string_view value);

}  // namespace slipway::platform
