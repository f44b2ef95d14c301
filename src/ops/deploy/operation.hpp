// One operation on a stack as a value: what is wanted, what was before, and how far it has come. It
// is kept in deploy.json, so that after a crash the next call can undo or finish it from that
// alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "ops/deploy/colour.hpp"
#include "ops/deploy/desired_state.hpp"
#include "ops/deploy/traffic.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

enum class Verb : std::uint8_t { Deploy, Rollback, Finish };
enum class Strategy : std::uint8_t { BlueGreen, Rolling };
enum class Phase : std::uint8_t { Running, Undoing, Done };

struct Release {
  std::string version;  // the tag
  std::string image;    // its id
  std::string program;  // what the program says it is: 1.2.0; empty when the image does not tell
};

struct OperationOptions {
  Strategy strategy = Strategy::BlueGreen;
  bool backsUp = false;
  bool bringsUp = false;  // database, cache or proxy are not running
  bool endsWarm = false;  // takes the old version away at the end, too
  std::chrono::seconds readyLimit{90};
  std::chrono::seconds guardWindow{60};
  std::uint64_t guardSamples = 50;
};

struct Operation {
  Verb verb = Verb::Deploy;
  std::string id;  // names its logs: 20260102T030405-12
  std::string environment;
  std::string who;
  std::string host;
  std::string since;  // ISO 8601, UTC
  OperationOptions options;

  std::optional<Release> from;  // what served before; nothing when nothing did
  Colour fromColour = Colour::Blue;
  Release to;
  Colour toColour = Colour::Blue;
  bool isWarm = false;  // `to` runs already
  unsigned replicas = 0;
  DesiredState before;
  std::string hostsBefore;  // of the proxy; empty: no file

  Phase phase = Phase::Running;
  std::string step;  // the last one that began
  std::optional<Traffic> baseline = {};
  std::vector<std::string> waiting = {};  // migrations, until the old version is gone
};

std::string_view nameOf(Verb verb);
std::string_view nameOf(Strategy strategy);
std::optional<Strategy> strategyNamed(std::string_view name);

/// "deploy production 1.2.0"
std::string inWords(const Operation& operation);

base::Json toJson(const Operation& operation);
/// Error: it is not one that this version wrote.
Result<Operation> readOperation(const base::Json& json);

}  // namespace slipway::ops
