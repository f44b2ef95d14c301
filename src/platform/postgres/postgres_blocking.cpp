#include "platform/postgres/postgres_blocking.hpp"

#include <poll.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <limits>
#include <utility>

#include "platform/postgres/postgres_connector.hpp"
#include "platform/postgres/postgres_errors.hpp"

namespace slipway::platform {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Kind = SqlError::Kind;

PostgresHandle openAndWait(PostgresTarget target, milliseconds limit) {
  net::asio::io_context loop;
  PostgresOpened opened = std::unexpected("interrupted");
  auto work = openPostgres(std::make_shared<const PostgresTarget>(std::move(target)), limit);
  net::asio::co_spawn(loop, std::move(work),
                      [&](const std::exception_ptr& error, PostgresOpened result) {
                        if (error) std::rethrow_exception(error);
                        opened = std::move(result);
                        loop.stop();  // not for a look-up that was given up
                      });
  loop.run();
  if (!opened) throw PostgresFailure(Kind::Unavailable, opened.error());
  return std::move(*opened);
}

}  // namespace

PostgresBlocking::PostgresBlocking(PostgresTarget target, milliseconds connectTimeout)
    : handle_(openAndWait(std::move(target), connectTimeout)) {}

PostgresResult PostgresBlocking::run(const std::string& sql,
                                     const std::vector<std::string>& parameters, Limit limit) {
  PGconn* const connection = handle_.get();
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  const int sent = parameters.empty()
                       ? PQsendQuery(connection, sql.c_str())
                       : PQsendQueryParams(connection, sql.c_str(), static_cast<int>(values.size()),
                                           nullptr, values.data(), nullptr, nullptr, 0);
  if (sent != 1) throw PostgresFailure(Kind::Unavailable, connectionProblem(connection));
  const auto deadline = limit ? Deadline(steady_clock::now() + *limit) : Deadline();
  PostgresResult last;
  PostgresResult failed;
  for (;;) {
    waitForAnswer(deadline);
    PostgresResult result(PQgetResult(connection));
    if (!result) break;
    auto& kept = PQresultStatus(result.get()) == PGRES_FATAL_ERROR ? failed : last;
    kept = std::move(result);
  }
  if (failed) {
    if (sqlStateOf(failed.get()).empty()) {
      throw PostgresFailure(Kind::Unavailable, connectionProblem(connection));
    }
    const auto error = postgresError(failed.get(), "PostgreSQL");
    throw PostgresFailure(error.kind, error.message);
  }
  return last;
}

void PostgresBlocking::waitForAnswer(Deadline deadline) {
  PGconn* const connection = handle_.get();
  int unsent = PQflush(connection);
  while (unsent > 0 || PQisBusy(connection) == 1) {
    waitForSocket(unsent > 0, deadline);
    if (PQconsumeInput(connection) != 1) break;
    unsent = PQflush(connection);
  }
  if (unsent < 0 || PQstatus(connection) == CONNECTION_BAD) {
    throw PostgresFailure(Kind::Unavailable, connectionProblem(connection));
  }
}

void PostgresBlocking::waitForSocket(bool toWrite, Deadline deadline) {
  const short events = toWrite ? POLLIN | POLLOUT : POLLIN;
  pollfd waiting{.fd = PQsocket(handle_.get()), .events = events, .revents = 0};
  int milliseconds = -1;
  if (deadline) {
    using Rounded = std::chrono::duration<std::int64_t, std::milli>;
    const auto left = std::chrono::ceil<Rounded>(*deadline - steady_clock::now()).count();
    milliseconds = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
  }
  if (::poll(&waiting, 1, milliseconds) == 0) {
    throw PostgresFailure(Kind::Timeout, "PostgreSQL does not answer");
  }
}

}  // namespace slipway::platform
