// SHA-256 of what comes in pieces, and of files. Single-threaded. Throws std::runtime_error when
// OpenSSL has it not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ops/result.hpp"

struct evp_md_ctx_st;

namespace slipway::ops {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// 64 hexadecimal digits; nothing can be added then.
  std::string hex();

 private:
  evp_md_ctx_st* context_;
};

/// Reads a file from its beginning in pieces; `take` returns false to stop. Error: it can't be
/// read.
Result<> readInPieces(const std::filesystem::path& path,
                      const std::function<bool(std::string_view)>& take);

/// Error: it can't be read, or `stopped` came true.
Result<std::string> sha256OfFile(const std::filesystem::path& path,
                                 const std::function<bool()>& stopped);

}  // namespace slipway::ops
