// TLS for net's HTTP client. What is made here is shared by all requests and changed by none; it
// reads its files when it is made.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "net/client_stream.hpp"

namespace slipway::ops {

struct TlsOptions {
  enum class Trust : std::uint8_t {
    System,    // the authorities of this machine
    File,      // those in `authorities` alone
    Anything,  // whoever answers: only where a person said so
  };
  Trust trust = Trust::System;
  std::filesystem::path authorities = {};  // PEM
  std::string serverName =
      {};  // whom the peer must prove to be (SNI too); empty: the request's host
};

/// Error: what is wrong with the authorities. TLS 1.2 or newer.
std::expected<std::shared_ptr<const net::ClientSecurity>, std::string> makeTls(TlsOptions options);

}  // namespace slipway::ops
