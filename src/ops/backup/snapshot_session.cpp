#include "ops/backup/snapshot_session.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kEnd = "-- end of answer";

// The server's limits are for the service; this session is idle while pg_dump works.
constexpr std::string_view kBegin = R"(
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SELECT set_config('transaction_timeout', '0', false)
  WHERE current_setting('server_version_num')::int >= 170000 \g /dev/null
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot(), current_setting('server_version_num'),
  pg_database_size(current_database()), current_setting('server_version');
)";

}  // namespace

Result<SnapshotSession> SnapshotSession::open(const DatabaseContainer& container,
                                              std::string_view database) {
  auto psql = ChildProcess::start(container.psql(database));
  if (!psql) return std::unexpected(psql.error());
  SnapshotSession session(std::move(*psql));
  if (const auto begun = session.begin(); !begun) return std::unexpected(begun.error());
  return session;
}

Result<> SnapshotSession::begin() {
  const auto lines = ask(kBegin);
  if (!lines) return std::unexpected(lines.error());
  const auto fields =
      lines->empty() ? std::vector<std::string_view>{} : base::splitList(lines->back(), '|');
  const auto version = fields.size() == 4 ? base::parseUnsigned(fields[1]) : std::nullopt;
  const auto bytes = fields.size() == 4 ? base::parseUnsigned(fields[2]) : std::nullopt;
  if (!version || !bytes) return std::unexpected("the database gives no snapshot");
  snapshot_ = fields[0];
  serverVersion_ = static_cast<int>(*version);
  databaseBytes_ = *bytes;
  server_ = fields[3].substr(0, fields[3].find(' '));
  return {};
}

Result<std::vector<std::string>> SnapshotSession::ask(std::string_view script) {
  const auto sent = psql_.write(fmt::format("{}\nSELECT '{}';\n", script, kEnd));
  std::vector<std::string> lines;
  while (true) {
    auto line = psql_.readLine();
    if (!line) return std::unexpected(line.error());
    if (*line == kEnd) break;
    lines.push_back(std::move(*line));
  }
  if (!sent) return std::unexpected(sent.error());
  return lines;
}

Result<TableSums> SnapshotSession::tableSums() {
  const auto lines = ask(tableSumsQuery());
  if (!lines) return std::unexpected(lines.error());
  TableSums sums;
  for (const auto& line : *lines) {
    auto sum = readTableSum(line);
    if (!sum) return std::unexpected(sum.error());
    sums.push_back(std::move(*sum));
  }
  return sums;
}

Result<std::vector<std::string>> SnapshotSession::roles() {
  return ask(
      "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY 1;");
}

Result<> SnapshotSession::close() {
  const auto done = ask("COMMIT;");
  if (!done) return std::unexpected(done.error());
  return psql_.finish();
}

}  // namespace slipway::ops
