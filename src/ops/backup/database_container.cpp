#include "ops/backup/database_container.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

/// Its sessions' name, by which they are found again.
constexpr std::string_view kApplication = "slipway-backup";

// {0}: the new one; {1}: the one that it is to be like.
constexpr std::string_view kMakeDatabase = R"(
SET statement_timeout = 0;
CREATE DATABASE {0} OWNER slipway_owner TEMPLATE template0 ENCODING 'UTF8'
  LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE {0} FROM PUBLIC;
GRANT CONNECT ON DATABASE {0} TO slipway_app;
SELECT format('GRANT %s ON DATABASE {0} TO %s', a.privilege_type,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
FROM pg_database d, aclexplode(d.datacl) a
WHERE d.datname = '{1}' AND a.grantee <> d.datdba \gexec
SELECT format('ALTER %s SET %I TO %s',
    CASE s.setrole WHEN 0 THEN 'DATABASE {0}'
      ELSE format('ROLE %I IN DATABASE {0}', pg_get_userbyid(s.setrole)) END, name,
    -- Lists of names are kept quoted.
    CASE WHEN name IN ('search_path', 'temp_tablespaces') THEN value ELSE quote_literal(value) END)
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) setting,
  LATERAL (SELECT split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)) AS pair (name, value)
WHERE d.datname = '{1}' \gexec
)";

/// As SQL takes a text, whatever is in it.
std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

std::string plain(std::string_view name) {
  if (!isPlainName(name)) throw std::invalid_argument(fmt::format("'{}' is no plain name", name));
  return std::string(name);
}

}  // namespace

bool isPlainName(std::string_view name) {
  return !name.empty() && name.size() <= 63 && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

DatabaseContainer::DatabaseContainer(std::string id, std::chrono::milliseconds limit,
                                     std::function<bool()> stopped)
    : id_(std::move(id)), limit_(limit), stopped_(std::move(stopped)) {}

DatabaseContainer DatabaseContainer::unstoppable() const { return {id_, limit_, {}}; }

ChildCommand DatabaseContainer::inside(std::vector<std::string> arguments) const {
  std::vector<std::string> all{
      "docker", "exec", "--interactive", "--env", fmt::format("PGAPPNAME={}", kApplication), id_};
  std::ranges::move(arguments, std::back_inserter(all));
  return {.arguments = std::move(all), .timeout = limit_, .stopped = stopped_};
}

ChildCommand DatabaseContainer::psql(std::string_view database) const {
  auto command =
      inside({"psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password",
              "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=" + plain(database)});
  command.hasInput = true;
  return command;
}

ChildCommand DatabaseContainer::dump(std::string_view database, std::string_view snapshot,
                                     int serverVersion) const {
  // zstd takes a third of gzip's time for less, where the server's pg_dump has it.
  constexpr int kFirstWithZstd = 160000;
  return inside({"pg_dump", "--format=custom",
                 serverVersion >= kFirstWithZstd ? "--compress=zstd:3" : "--compress=6",
                 "--no-password", "--lock-wait-timeout=30s", "--username=postgres",
                 fmt::format("--snapshot={}", snapshot), "--dbname=" + plain(database)});
}

ChildCommand DatabaseContainer::restore(std::string_view database) const {
  auto command = inside({"pg_restore", "--exit-on-error", "--no-password", "--username=postgres",
                         "--dbname=" + plain(database)});
  command.hasInput = true;
  return command;
}

Result<std::string> DatabaseContainer::sql(std::string_view database,
                                           std::string_view script) const {
  return outputOf(psql(database), script);
}

Result<bool> DatabaseContainer::hasDatabase(std::string_view database) const {
  const auto found =
      sql("postgres",
          fmt::format("SELECT count(*) FROM pg_database WHERE datname = '{}';", plain(database)));
  if (!found) return std::unexpected(found.error());
  return base::trim(*found) == "1";
}

Result<> DatabaseContainer::makeDatabase(std::string_view database, std::string_view like) const {
  const auto made = sql("postgres", fmt::format(kMakeDatabase, plain(database), plain(like)));
  if (!made) return std::unexpected(made.error());
  return {};
}

Result<> DatabaseContainer::makeRoles(const std::vector<std::string>& roles) const {
  std::string script;
  for (const auto& role : roles) {
    script += fmt::format(
        "SELECT format('CREATE ROLE %I LOGIN', name) FROM (SELECT {}) AS wanted (name)\n"
        "WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \\gexec\n",
        literal(role));
  }
  if (script.empty()) return {};
  const auto made = sql("postgres", script);
  if (!made) return std::unexpected(made.error());
  return {};
}

Result<> DatabaseContainer::dropDatabase(std::string_view database) const {
  const auto dropped =
      sql("postgres", fmt::format("SET statement_timeout = 0; SET client_min_messages = error;\n"
                                  "DROP DATABASE IF EXISTS {} WITH (FORCE);\n",
                                  plain(database)));
  if (!dropped) return std::unexpected(dropped.error());
  return {};
}

Result<TableSums> DatabaseContainer::tableSums(std::string_view database) const {
  const auto printed = sql(
      database, fmt::format("SET statement_timeout = 0;\n"
                            "SELECT set_config('transaction_timeout', '0', false) WHERE "
                            "current_setting('server_version_num')::int >= 170000 \\g /dev/null\n"
                            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{}COMMIT;\n",
                            tableSumsQuery()));
  if (!printed) return std::unexpected(printed.error());
  TableSums sums;
  for (const auto line : base::splitList(*printed, '\n')) {
    auto sum = readTableSum(line);
    if (!sum) return std::unexpected(sum.error());
    sums.push_back(std::move(*sum));
  }
  return sums;
}

void DatabaseContainer::endOurSessions() const {
  // Best effort: without it they end by themselves once they notice that nobody listens.
  static_cast<void>(unstoppable().sql(
      "postgres", fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                              "application_name = '{}' AND pid <> pg_backend_pid();\n",
                              kApplication)));
}

}  // namespace slipway::ops
