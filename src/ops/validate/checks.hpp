// The checks of a validation, one function each. Each asks what it needs, judges, and never throws
// for what the service answers. `client` outlives the task; all run on its loop, one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/task.hpp"
#include "ops/validate/report.hpp"
#include "ops/validate/service_client.hpp"

namespace slipway::ops {

/// How the service stands to this client, found out first.
enum class Access : std::uint8_t {
  Open,     // AUTH is off
  Granted,  // the token is taken
  Refused,  // it asks for a token, and there is none or it is not taken
  Unknown,  // it does not answer
};

struct AccessFound {
  Access access = Access::Unknown;
  Check check;
};

net::Task<AccessFound> checkAccess(ServiceClient& client);
/// Status exactly `healthy`, of all parts.
net::Task<Check> checkHealth(ServiceClient& client);
net::Task<Check> checkReady(ServiceClient& client);
/// TLS 1.2 or newer, and a certificate that is good for `atLeast`.
net::Task<Check> checkTls(ServiceClient& client, bool overTls, std::chrono::days atLeast);
net::Task<Check> checkSecurityHeaders(ServiceClient& client, bool overTls, Access access);
net::Task<Check> checkRequestIds(ServiceClient& client);
/// 404, 405, 422 as clients know them.
net::Task<Check> checkErrors(ServiceClient& client, Access access);
net::Task<Check> checkJsonMetrics(ServiceClient& client);
net::Task<Check> checkPrometheusMetrics(ServiceClient& client);
/// That reading `path` again is a hit, by the counters of whichever process answers.
net::Task<Check> checkCache(ServiceClient& client, std::string path);

/// The user that a validation makes and deletes again.
struct ProbeUser {
  std::string name;  // unique
  std::optional<std::int64_t> id = {};
  bool mayExist = false;  // from the first attempt to make it until it is known to be gone

  std::string email() const { return name + "@example.com"; }
  std::string path() const { return "/users/" + std::to_string(id.value_or(0)); }
};

net::Task<Check> checkCreate(ServiceClient& client, ProbeUser& user);
net::Task<Check> checkRead(ServiceClient& client, const ProbeUser& user);
net::Task<Check> checkUpdate(ServiceClient& client, const ProbeUser& user);
net::Task<Check> checkDelete(ServiceClient& client, ProbeUser& user);
/// Deletes it where that has not been done, whatever happened before; nothing to tell when it is
/// gone.
net::Task<std::optional<Check>> removeLeftUser(ServiceClient& client, ProbeUser& user);

}  // namespace slipway::ops
