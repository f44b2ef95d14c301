// The way in to a Swarm's service, as its clients have it: through a proxy.
#pragma once

#include <string>

#include "base/time.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/http/http_client.hpp"
#include "ops/swarm/cloud_stack.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

/// "https://10.0.0.1:443", of a node where a proxy runs. Error: none does, and what to do.
Result<std::string> proxyUrl(const CloudStack& stack, Swarm& swarm);

/// One that the service takes, for five minutes. Error: the key can't be read.
Result<std::string> makeCloudToken(const CloudStack& stack, const std::string& scope,
                                   const base::Clock& clock);

/// Asks the service for DELETE /cache/clear, again and again until it is ready (for 30 s). Error:
/// what is to be done by hand.
Result<std::string> clearCloudCache(const CloudStack& stack, Swarm& swarm, HttpClient& http,
                                    WaitingClock& clock);

}  // namespace slipway::ops
