#include "platform/postgres/postgres_call.hpp"

#include "platform/postgres/postgres_values.hpp"

namespace slipway::platform {

void failAll(PostgresCalls calls, const SqlError& error) {
  for (auto& call : calls) {
    if (call.done) call.done(std::unexpected(error));
  }
}

bool mayShare(const PostgresCall& call) {
  return call.statement->byKey && call.mayRepeat && !call.alone;
}

namespace {

const SqlError* problemWith(const SqlParameters& parameters) {
  static const SqlError nul{SqlError::Kind::InvalidText, "a text holds NUL", {}};
  static const SqlError tooMany{SqlError::Kind::Internal, "too many parameters", {}};
  if (parameters.size() > PostgresParameters::kMost) return &tooMany;
  return holdsNul(parameters) ? &nul : nullptr;
}

}  // namespace

const SqlError* problemWith(const PostgresCall& call) {
  static const SqlError tooLong{SqlError::Kind::Internal, "too many statements at once", {}};
  if (call.before.size() > Transaction::kMostLast) return &tooLong;
  const SqlError* problem = problemWith(call.parameters);
  for (const auto& earlier : call.before) {
    if (problem == nullptr) problem = problemWith(earlier.parameters);
  }
  return problem;
}

}  // namespace slipway::platform
