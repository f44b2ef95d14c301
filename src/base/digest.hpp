// SHA-1 and SHA-256 (OpenSSL's), in lower-case hexadecimal digits. All throw std::runtime_error
// when OpenSSL has them not.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace slipway::base {

/// Of what comes in pieces. Used by one thread at a time.
class Digest {
 public:
  enum class Kind : std::uint8_t { Sha1, Sha256 };
  explicit Digest(Kind kind = Kind::Sha256);

  void add(std::string_view bytes);
  /// Nothing can be added then.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Of the parts one after the other, as 64 digits.
std::string sha256Hex(std::initializer_list<std::string_view> parts);
/// As 40 digits: the name that Redis gives a script. Not for secrets.
std::string sha1Hex(std::string_view text);

}  // namespace slipway::base
