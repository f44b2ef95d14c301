#include "ops/backup/database_swap.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

// Renaming takes a lock that keeps new sessions out until the transaction ends; whoever came
// between the two statements makes it fail, and it is tried again.
std::string swapScript(std::string_view current, std::string_view fresh, std::string_view kept,
                       bool hasCurrent) {
  std::string script =
      "SET statement_timeout = '20s';\nSET lock_timeout = '10s';\nBEGIN;\n"
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('" +
      fmt::format("{}', '{}') AND pid <> pg_backend_pid();\n", current, fresh);
  if (hasCurrent) script += fmt::format("ALTER DATABASE {} RENAME TO {};\n", current, kept);
  return script + fmt::format("ALTER DATABASE {} RENAME TO {};\nCOMMIT;\n", fresh, current);
}

}  // namespace

Result<> swapDatabases(const DatabaseContainer& container, std::string_view current,
                       std::string_view fresh, std::string_view kept) {
  constexpr int kMostAttempts = 10;
  constexpr std::chrono::milliseconds kPause{200};
  for (const auto name : {current, fresh, kept}) {
    if (!isPlainName(name)) throw std::invalid_argument("no plain name of a database");
  }
  const auto hasCurrent = container.hasDatabase(current);
  if (!hasCurrent) return std::unexpected(hasCurrent.error());
  const auto script = swapScript(current, fresh, kept, *hasCurrent);
  std::string why;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const auto done = container.unstoppable().sql("postgres", script);
    if (done) return {};
    why = done.error();
    // Its connection may have been cut after the commit.
    const auto isThere = container.hasDatabase(fresh);
    if (isThere && !*isThere) return {};
    std::this_thread::sleep_for(kPause);
  }
  return std::unexpected(fmt::format("the databases could not be exchanged: {}", why));
}

Result<std::vector<std::string>> databasesNamed(const DatabaseContainer& container,
                                                std::string_view prefix) {
  if (!isPlainName(prefix)) throw std::invalid_argument("no plain name of a database");
  const auto listed = container.sql(
      "postgres",
      fmt::format("SELECT datname FROM pg_database WHERE starts_with(datname, '{}') ORDER BY 1;\n",
                  prefix));
  if (!listed) return std::unexpected(listed.error());
  std::vector<std::string> names;
  for (const auto name : base::splitList(*listed, '\n')) names.emplace_back(name);
  return names;
}

}  // namespace slipway::ops
