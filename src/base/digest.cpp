#include "base/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace slipway::base {

namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL offers no SHA-1 or no SHA-256 here");
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Digest::Digest(Kind kind) : context_(EVP_MD_CTX_new()) {
  const EVP_MD* const method = kind == Kind::Sha1 ? EVP_sha1() : EVP_sha256();
  require(context_ && EVP_DigestInit_ex(context_.get(), method, nullptr) == 1);
}

void Digest::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int bytes = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &bytes) == 1);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{2} * bytes);
  for (unsigned int i = 0; i < bytes; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

std::string sha256Hex(std::initializer_list<std::string_view> parts) {
  Digest digest;
  for (const auto part : parts) digest.add(part);
  return digest.hex();
}

std::string sha1Hex(std::string_view text) {
  Digest digest(Digest::Kind::Sha1);
  digest.add(text);
  return digest.hex();
}

}  // namespace slipway::base
