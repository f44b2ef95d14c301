// What several checks ask of an answer.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "net/client.hpp"
#include "ops/validate/findings.hpp"
#include "ops/validate/service_client.hpp"

namespace slipway::ops {

inline bool isOneOf(const net::Fetched& answer, unsigned status) {
  return answer && answer->status == status;
}

/// "GET /users: 500: Internal Server Error", or why there is no answer.
inline std::string told(std::string_view question, const net::Fetched& answer) {
  if (!answer) return fmt::format("{}: {}", question, answer.error());
  return fmt::format("{}: {}: {}", question, answer->status, detailOf(*answer));
}

/// Whether it is the proxy that refuses (it asks nobody for the scope that the service names).
inline bool isAskedFromOutside(const net::ClientResponse& answer) {
  return answer.status == 403 && detailOf(answer) == "Forbidden";
}

}  // namespace slipway::ops
