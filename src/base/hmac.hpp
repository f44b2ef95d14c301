// HMAC-SHA256 with one key, prepared once. Immutable after construction; any thread may use it.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace slipway::base {

class HmacSha256 {
 public:
  /// Throws std::runtime_error when OpenSSL has no HMAC-SHA256, std::invalid_argument when the key
  /// is empty.
  explicit HmacSha256(const Secret& key);

  /// 32 bytes. Throws std::runtime_error when OpenSSL fails (out of memory).
  std::string sign(std::string_view message) const;

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_MAC_CTX, Free>;

  Context keyed_;  // never updated, only copied
};

}  // namespace slipway::base
