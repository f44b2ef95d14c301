// A container of the service, asked from the host: by its address on a bridge of the stack, with a
// token that it makes itself. Blocking.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/secret.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Where it listens, whatever the stack.
inline constexpr std::uint16_t kServicePort = 8000;

/// How long an answer of a container beside us may take.
inline constexpr std::chrono::milliseconds kServicePatience{2000};

/// Of one of the colours; not of `migrate`, which is the same image.
bool isOfService(const Container& container);

/// Whether /health/ready says so; false where it has no address.
bool isReady(const std::string& address, HttpClient& http);

/// `ttl`: as `slipwayd token` takes it, "5m". Error: "makes no token: " and why, without its name.
Result<base::Secret> makeToken(Engine& engine, const Container& container, const std::string& scope,
                               const std::string& ttl);

}  // namespace slipway::ops
