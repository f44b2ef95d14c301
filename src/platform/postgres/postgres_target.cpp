#include "platform/postgres/postgres_target.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "net/service_url.hpp"

namespace slipway::platform {

namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// `a,b,,c` as libpq splits it: empty items count.
std::vector<std::string> splitItems(std::string_view list) {
  std::vector<std::string> items;
  for (;;) {
    const auto comma = list.find(',');
    items.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    list.remove_prefix(comma + 1);
  }
}

/// The item for host number `index`: one port serves all hosts.
std::string itemFor(const std::vector<std::string>& items, std::size_t index) {
  return items.size() == 1 ? items.front() : items[index];
}

std::expected<std::vector<PostgresHost>, std::string> readHosts(const std::string& hosts,
                                                                const std::string& ports,
                                                                const std::string& addresses) {
  const auto names = splitItems(hosts);
  const auto numbers = splitItems(ports);
  const auto given = splitItems(addresses);
  const auto count = std::max(names.size(), given.size());
  const auto fits = [count](const auto& items) {
    return items.size() == 1 || items.size() == count;
  };
  if (!fits(names) || !fits(numbers) || !fits(given)) {
    return std::unexpected("it names more hosts than ports, or fewer");
  }
  std::vector<PostgresHost> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back({itemFor(names, i), itemFor(numbers, i), itemFor(given, i)});
  }
  return result;
}

bool has(const PostgresTarget& target, std::string_view name) {
  return std::ranges::find(target.parameters, name, [](const auto& entry) {
           return std::string_view(entry.first);
         }) != target.parameters.end();
}

void addUnlessGiven(PostgresTarget& target, std::string_view name, std::string value) {
  if (!has(target, name)) target.parameters.emplace_back(name, std::move(value));
}

/// Ours first: what the URL says of the same settings comes later and counts.
void addServerLimits(PostgresTarget& target, const PostgresOptions& options) {
  auto limits = fmt::format(
      "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
      options.statementTimeout.count(), options.statementTimeout.count(),
      options.transactionTimeout.count() + 1000);
  const auto given = std::ranges::find(target.parameters, "options", [](const auto& entry) {
    return std::string_view(entry.first);
  });
  if (given == target.parameters.end()) {
    target.parameters.emplace_back("options", std::move(limits));
  } else {
    given->second = limits + " " + given->second;
  }
}

}  // namespace

std::expected<PostgresTarget, std::string> parsePostgresUrl(std::string_view url) {
  const auto checked = net::parseServiceUrl(net::withFirstHostOnly(url));
  if (!checked) return std::unexpected(checked.error());
  if (checked->scheme != "postgresql" && checked->scheme != "postgres") {
    return std::unexpected("its scheme is unknown");
  }
  char* message = nullptr;  // may quote a password: not shown
  const Options parsed(PQconninfoParse(std::string(url).c_str(), &message), &PQconninfoFree);
  PQfreemem(message);
  if (!parsed) {
    return std::unexpected(
        "libpq does not read it (an unknown parameter, or a special character that is not "
        "percent-encoded)");
  }
  PostgresTarget target;
  std::string hosts;
  std::string ports;
  std::string addresses;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name(option->keyword);
    if (name == "host") {
      hosts = option->val;
    } else if (name == "port") {
      ports = option->val;
    } else if (name == "hostaddr") {
      addresses = option->val;
    } else {
      target.parameters.emplace_back(name, option->val);
    }
  }
  auto read = readHosts(hosts, ports, addresses);
  if (!read) return std::unexpected(std::move(read.error()));
  target.hosts = std::move(*read);
  return target;
}

void addPostgresDefaults(PostgresTarget& target, const PostgresOptions& options,
                         PostgresSession session) {
  addUnlessGiven(target, "client_encoding", "UTF8");
  addUnlessGiven(target, "fallback_application_name", "slipwayd");
  addUnlessGiven(target, "gssencmode", "disable");  // it would ask Kerberos, and block
  addUnlessGiven(target, "keepalives_idle", "10");
  addUnlessGiven(target, "keepalives_interval", "5");
  addUnlessGiven(target, "keepalives_count", "3");
  addUnlessGiven(target, "tcp_user_timeout", "15000");
  const bool ownSession = options.pooler == PostgresPooler::None;
  if (session == PostgresSession::Service && ownSession) addServerLimits(target, options);
}

}  // namespace slipway::platform
