// A PostgreSQL URL taken apart: the hosts that it names, to be tried in order, and libpq's
// parameters for each of them. Plain values and pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/postgres/postgres_options.hpp"

namespace slipway::platform {

struct PostgresHost {
  std::string host;  // a name, an address, or the folder of a Unix socket; empty: libpq's default
  std::string port;
  std::string address;  // `hostaddr` of the URL: no look-up then

  bool isSocketFolder() const { return host.empty() || host[0] == '/' || host[0] == '@'; }
};

/// Owns what libpq's arrays of keywords and values point to.
using PostgresParameterList = std::vector<std::pair<std::string, std::string>>;

struct PostgresTarget {
  std::vector<PostgresHost> hosts;   // one at least
  PostgresParameterList parameters;  // all but the hosts; passwords among them
};

/// Reads `postgresql://...` as libpq does, several hosts included. Error: what is wrong, without
/// any part of the URL.
std::expected<PostgresTarget, std::string> parsePostgresUrl(std::string_view url);

/// Which limits the server keeps by itself.
enum class PostgresSession : std::uint8_t {
  Service,    // statements, locks and idle transactions end in time
  Migration,  // may take as long as it takes
};

/// What is not in the URL: UTF-8, time-outs on the network, and, where the session is ours alone,
/// those of the server.
void addPostgresDefaults(PostgresTarget& target, const PostgresOptions& options,
                         PostgresSession session);

}  // namespace slipway::platform
