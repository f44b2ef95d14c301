// What is deployed, as the lines of .env.<environment> say it: Compose by hand gives the same.
// Plain values.
#pragma once

#include <string>

#include "base/json.hpp"
#include "ops/deploy/colour.hpp"
#include "ops/deploy/env_file.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct ColourState {
  std::string version;
  unsigned replicas = 0;
  bool operator==(const ColourState&) const = default;
};

struct DesiredState {
  std::string version;  // the one that the schema was last brought up to date by
  ColourState blue;
  ColourState green;

  ColourState& of(Colour colour) { return colour == Colour::Blue ? blue : green; }
  const ColourState& of(Colour colour) const { return colour == Colour::Blue ? blue : green; }
  bool operator==(const DesiredState&) const = default;
};

/// Of VERSION, BLUE_VERSION, BLUE_REPLICAS, GREEN_VERSION and GREEN_REPLICAS, with the Compose
/// files' defaults. Error: a number of replicas that is none.
Result<DesiredState> readDesiredState(const EnvFile& file);

/// Sets those five lines.
void setDesiredState(EnvFile& file, const DesiredState& state);

base::Json toJson(const DesiredState& state);
DesiredState readDesiredState(const base::Json& json);

}  // namespace slipway::ops
