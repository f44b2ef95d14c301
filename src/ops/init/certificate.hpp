// Self-signed certificates: for TLS before there is a real one, and between the service and its
// database, where the certificate is its own authority. ECDSA P-256, PEM.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace slipway::ops {

struct CertificateRequest {
  std::vector<std::string> hosts;  // DNS names and IP addresses; the first is the common name
  base::Timestamp from;
  std::chrono::days lifetime{};
};

struct CertificateAndKey {
  std::string certificate;
  base::Secret key;
};

/// Throws std::runtime_error with OpenSSL's reason, for a host that can't be put in, for instance.
CertificateAndKey makeSelfSigned(const CertificateRequest& request);

}  // namespace slipway::ops
