// The prepared statements of one connection. Lives on its loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "platform/sql.hpp"

namespace slipway::platform {

struct PostgresPrepared {
  enum class State : std::uint8_t {
    Absent,     // has to be prepared before it is used, under a new name
    Preparing,  // asked for; not usable yet, since it may fail
    Ready,
  };
  std::string sql;
  std::string name;
  State state = State::Absent;
};

class PostgresStatements {
 public:
  /// The one for `statement` with parameters of these types; null when there are too many. Stays
  /// valid as long as this object.
  PostgresPrepared* find(const Statement& statement, std::uint64_t signature);
  /// Gives it a name that was not used before.
  void rename(PostgresPrepared& prepared);

 private:
  // By the address of the SQL: statements are constants. The text is compared all the same, since
  // another one may come to stand where a temporary one stood.
  struct Key {
    const char* sql;
    std::size_t size;
    std::uint64_t signature;
    bool holds;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      const auto address = reinterpret_cast<std::uintptr_t>(key.sql);
      return (address ^ key.signature * 0x9E3779B97F4A7C15U) + key.size + (key.holds ? 1 : 0);
    }
  };

  std::unordered_map<Key, PostgresPrepared, Hash> prepared_;
  std::uint64_t names_ = 0;
};

}  // namespace slipway::platform
