#include "platform/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace slipway::platform {

namespace {

/// Of the parts one after the other, in lower-case hexadecimal digits.
std::string hexDigest(const EVP_MD* kind, std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool ok = context && EVP_DigestInit_ex(context.get(), kind, nullptr) == 1;
  for (const auto part : parts) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int bytes = 0;
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.data(), &bytes) == 1;
  if (!ok) throw std::runtime_error("OpenSSL offers no SHA-1 or no SHA-256 here");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{2} * bytes);
  for (unsigned int i = 0; i < bytes; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

}  // namespace

std::string sha256Hex(std::initializer_list<std::string_view> parts) {
  return hexDigest(EVP_sha256(), parts);
}

std::string sha1Hex(std::string_view text) { return hexDigest(EVP_sha1(), {text}); }

}  // namespace slipway::platform
