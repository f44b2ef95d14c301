#include "ops/files/sha256.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace slipway::ops {

namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL has no SHA-256");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(EVP_DigestFinal_ex(context_, digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Result<> readInPieces(const std::filesystem::path& path,
                      const std::function<bool(std::string_view)>& take) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::vector<char> buffer(std::size_t{256} * 1024);
  int reason = file < 0 ? errno : 0;
  while (reason == 0) {
    const auto count = read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) reason = errno;
    if (count <= 0 || !take({buffer.data(), static_cast<std::size_t>(count)})) break;
  }
  if (file >= 0) close(file);
  if (reason == 0) return {};
  return std::unexpected(fmt::format("cannot read {}: {}", path.string(), strerror(reason)));
}

Result<std::string> sha256OfFile(const std::filesystem::path& path,
                                 const std::function<bool()>& stopped) {
  Sha256 digest;
  bool ended = false;
  const auto read = readInPieces(path, [&](std::string_view piece) {
    digest.add(piece);
    ended = stopped && stopped();
    return !ended;
  });
  if (!read) return std::unexpected(read.error());
  if (ended) return std::unexpected("interrupted");
  return digest.hex();
}

}  // namespace slipway::ops
