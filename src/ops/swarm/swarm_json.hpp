// The Engine's answers about a Swarm as values. Pure functions; what is missing has its default.
#pragma once

#include <string>

#include "base/json.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

/// Of an element of GET /services; the name without "<stack>_".
SwarmService readService(const base::Json& json, const std::string& stack);
/// Of an element of GET /tasks.
SwarmTask readTask(const base::Json& json);
/// Of an element of GET /nodes.
SwarmNode readNode(const base::Json& json);

}  // namespace slipway::ops
