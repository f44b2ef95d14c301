#include "platform/postgres/postgres_call.hpp"

#include "platform/postgres/postgres_values.hpp"

namespace slipway::platform {

void failAll(PostgresCalls calls, const SqlError& error) {
  for (auto& call : calls) {
    if (call.done) call.done(std::unexpected(error));
  }
}

const SqlError* problemWith(const PostgresCall& call) {
  static const SqlError nul{SqlError::Kind::InvalidText, "a text holds NUL"};
  static const SqlError tooMany{SqlError::Kind::Internal, "too many parameters"};
  if (call.parameters.size() > PostgresParameters::kMost) return &tooMany;
  return holdsNul(call.parameters) ? &nul : nullptr;
}

}  // namespace slipway::platform
