// The keys of names and addresses: what uniqueness, look-ups and searches by prefix are judged by,
// in columns of their own. Bounded, so that PostgreSQL's indexes (about 2,700 bytes an entry) take
// a name of any length: a longer key is cut and ends in a SHA-256 of the whole. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "users/user_rules.hpp"

namespace slipway::users {

/// Longer ones are cut; what is made of these is always longer, so that the two can't be mixed up.
inline constexpr std::size_t kMaxWholeKeyBytes = 1024;
/// So much of a longer one's start is kept at least. (It is cut between two characters.)
inline constexpr std::size_t kKeptKeyBytes = kMaxWholeKeyBytes - 3;

/// The text itself, or in strict rules its case-folded form (full Unicode folding, so that
/// "STRASSE" and "straße" are the same, then NFC).
std::string userKey(std::string_view text, UserRules rules);

/// The same for an e-mail address: in strict rules of the form that mail goes by, so that two ways
/// to write one domain are one address.
std::string emailKey(std::string_view address, UserRules rules);

/// What to look for when users are searched by how their name or address starts.
struct PrefixKeys {
  std::string username;  // their username's key starts with this
  std::string email;     // or their address's key with this
  /// The prefix is longer than what keys keep: those found must be compared whole as well.
  bool isCut = false;
};

/// In strict rules an address is found by both ways to write its domain, but for a prefix that
/// ends inside a label of Punycode.
PrefixKeys prefixKeys(std::string_view prefix, UserRules rules);

}  // namespace slipway::users
