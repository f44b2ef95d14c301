#include "platform/errors.hpp"

#include <string>

#include "base/json.hpp"
#include "base/text.hpp"

namespace slipway::platform {

net::Response errorResponse(unsigned status, std::string_view detail, std::string_view failure) {
  net::Response response(status);
  response.body = "{\"detail\":";
  base::appendJsonString(response.body, detail);
  response.body += '}';
  if (status == 503 || status == 429) response.addHeader("Retry-After", "1");
  if (status >= 500) response.failure = base::oneLine(failure.empty() ? detail : failure);
  return response;
}

net::Response errorResponse(const SqlError& error) {
  const auto failure = "database " + std::string(kindName(error.kind)) + ": " + error.message;
  switch (error.kind) {
    case SqlError::Kind::Unavailable:
    case SqlError::Kind::Timeout:
    case SqlError::Kind::Overloaded:
      return errorResponse(503, "Service Unavailable", failure);
    case SqlError::Kind::Busy:
      return errorResponse(409, "Another request is changing this");
    case SqlError::Kind::InvalidText:
      return errorResponse(400, "Invalid character");
    case SqlError::Kind::UniqueViolation:  // a store that expects it maps it itself
    case SqlError::Kind::Internal:
      break;
  }
  return errorResponse(500, "Internal Server Error", failure);
}

net::Response validationResponse(std::span<const ValidationIssue> issues) {
  net::Response response(validationStatus(issues));
  response.body = validationBody(issues);
  return response;
}

std::string_view kindName(SqlError::Kind kind) {
  switch (kind) {
    case SqlError::Kind::Unavailable:
      return "unavailable";
    case SqlError::Kind::Timeout:
      return "timeout";
    case SqlError::Kind::Overloaded:
      return "overloaded";
    case SqlError::Kind::Busy:
      return "busy";
    case SqlError::Kind::UniqueViolation:
      return "unique_violation";
    case SqlError::Kind::InvalidText:
      return "invalid_text";
    case SqlError::Kind::Internal:
      break;
  }
  return "internal";
}

}  // namespace slipway::platform
