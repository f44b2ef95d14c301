// What is asked of a container of the service directly, at its address in the frontend network,
// past the proxy. Every call ends within seconds.
#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/traffic.hpp"

namespace slipway::ops {

/// Of the version that is on its way, or was there before, in the operation's colours. Where both
/// are one colour they are told apart by their images.
std::vector<Container> newContainers(const Run& run, const Observed& observed);
std::vector<Container> oldContainers(const Run& run, const Observed& observed);

/// http://172.21.0.4:8000
std::string baseUrlOf(const Run& run, const Container& container);

/// Whether /health/ready says so.
bool isReady(Run& run, const Container& container);

/// A token that the container itself makes, for an hour.
Result<base::Secret> makeToken(Run& run, const Container& container, const std::string& scope);

/// By the containers' own metrics, all together. Error: the first that does not answer.
Result<Traffic> trafficOf(Run& run, const std::vector<Container>& containers,
                          const base::Secret& token);

/// The version of the program inside, as it says itself.
Result<std::string> programOf(Engine& engine, const Container& container);

}  // namespace slipway::ops
