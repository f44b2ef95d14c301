#include "users/user_keys.hpp"

#include <unicase.h>
#include <uninorm.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/digest.hpp"
#include "base/utf8.hpp"
#include "platform/email.hpp"
#include "platform/email_prefix.hpp"

namespace slipway::users {

namespace {

/// libunistring gives what free() takes.
struct Freed {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};

std::string fold(std::string_view text) {
  std::string key(text);
  if (base::asciiPrefix(text) == text.size()) {
    std::ranges::transform(key, key.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return key;
  }
  std::size_t length = 0;
  const std::unique_ptr<std::uint8_t, Freed> folded(
      u8_casefold(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), nullptr,
                  UNINORM_NFC, nullptr, &length));
  // It refuses only what is not UTF-8, which has no case.
  if (folded != nullptr) key.assign(reinterpret_cast<const char*>(folded.get()), length);
  return key;
}

/// At most `bytes` of the start, not ending within a character.
std::string_view startOf(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto continues = [&text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t end = bytes;
  while (end > 0 && bytes - end < 3 && continues(end)) --end;
  return text.substr(0, end);
}

std::string bounded(std::string whole) {
  if (whole.size() <= kMaxWholeKeyBytes) return whole;
  return std::string(startOf(whole, kMaxWholeKeyBytes)) + base::sha256Hex({whole});
}

}  // namespace

std::string userKey(std::string_view text, UserRules rules) {
  return bounded(rules == UserRules::Reference ? std::string(text) : fold(text));
}

std::string emailKey(std::string_view address, UserRules rules) {
  if (rules == UserRules::Reference) return bounded(std::string(address));
  const auto checked = platform::checkEmail(address);
  return bounded(fold(checked ? checked->normalized : address));
}

PrefixKeys prefixKeys(std::string_view prefix, UserRules rules) {
  PrefixKeys keys{.username = std::string(prefix), .email = std::string(prefix)};
  if (rules == UserRules::Strict) {
    keys.username = fold(prefix);
    keys.email = fold(platform::normalizedEmailPrefix(prefix));
  }
  for (std::string* const key : {&keys.username, &keys.email}) {
    if (key->size() <= kKeptKeyBytes) continue;
    keys.isCut = true;
    key->resize(startOf(*key, kKeptKeyBytes).size());
  }
  return keys;
}

}  // namespace slipway::users
