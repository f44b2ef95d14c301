#include "base/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

namespace slipway::base {

namespace {

constexpr std::size_t kDigestBytes = 32;

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void HmacSha256::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

HmacSha256::HmacSha256(const Secret& key) {
  if (key.empty()) throw std::invalid_argument("the key is empty");
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  keyed_.reset(EVP_MAC_CTX_new(mac));  // holds a reference of its own
  EVP_MAC_free(mac);
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const auto secret = key.reveal();
  if (!keyed_ ||
      EVP_MAC_init(keyed_.get(), bytesOf(secret), secret.size(), parameters.data()) != 1) {
    throw std::runtime_error("OpenSSL does not provide HMAC-SHA256");
  }
}

std::string HmacSha256::sign(std::string_view message) const {
  const Context context(EVP_MAC_CTX_dup(keyed_.get()));
  std::string digest(kDigestBytes, '\0');
  std::size_t size = 0;
  if (!context || EVP_MAC_update(context.get(), bytesOf(message), message.size()) != 1 ||
      EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                    digest.size()) != 1 ||
      size != digest.size()) {
    throw std::runtime_error("HMAC-SHA256 failed");
  }
  return digest;
}

}  // namespace slipway::base
