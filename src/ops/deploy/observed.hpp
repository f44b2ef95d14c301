// A stack as it is found: its containers, what the env file wants, whom the proxy sends requests.
// A plain value; taking it changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ops/deploy/colour.hpp"
#include "ops/deploy/desired_state.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/docker/engine.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct Observed {
  std::vector<Container> containers;  // of the stack, without those of `compose run`
  DesiredState desired;
  std::string hosts;  // of the proxy; empty: no file, and all that run get requests

  /// Which colour gets the requests, by the proxy's file, or where there is none, by what runs and
  /// by what is wanted. Whether any of its containers runs is another question.
  Colour serving() const;
  std::vector<Container> of(std::string_view service) const;
  std::vector<Container> of(Colour colour) const { return of(serviceOf(colour)); }
  std::vector<Container> running(Colour colour) const;
  bool isRunning(std::string_view service) const;
};

/// The env file must be readable; a stack without containers is fine.
Result<Observed> observe(const Stack& stack, Engine& engine);

/// The env file, or an empty one where there is none.
Result<EnvFile> readEnvFile(const std::filesystem::path& path);

}  // namespace slipway::ops
