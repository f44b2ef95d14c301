#include "platform/redis/redis_entry.hpp"

#include <array>
#include <charconv>

namespace slipway::platform {

namespace {

using Kind = RedisEntry::Kind;

RedisEntry parseValue(std::string_view text) {
  RedisEntry entry;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + 1, end, entry.version);
  if (error != std::errc() || rest == end || *rest != '\n') return {};
  entry.kind = Kind::Value;
  entry.text = {rest + 1, end};
  return entry;
}

}  // namespace

RedisEntry parseRedisEntry(std::string_view text) {
  if (text.empty()) return {};
  switch (text.front()) {
    case 'V':
      return parseValue(text);
    case 'T':
      return {.kind = Kind::Deleted};
    case 'A':
      return {.kind = Kind::Absent};
    case 'L':
      return {.kind = Kind::Lease, .text = text.substr(1)};
    case 'W':
      return {.kind = Kind::Writing};
    default:
      return {};
  }
}

std::string redisValueEntry(std::int64_t version, std::string_view value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), version).ptr;
  std::string entry;
  entry.reserve(value.size() + 24);
  entry.push_back('V');
  entry.append(digits.data(), end).push_back('\n');
  return entry.append(value);
}

}  // namespace slipway::platform
