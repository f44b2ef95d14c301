#include "ops/deploy/desired_state.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr unsigned kMaxReplicas = 1000;

std::string variable(Colour colour, std::string_view what) {
  return fmt::format("{}_{}", colour == Colour::Blue ? "BLUE" : "GREEN", what);
}

/// An empty value is none, as `${NAME:-default}` has it.
std::string valueOf(const EnvFile& file, const std::string& name, std::string_view byDefault) {
  auto value = file.find(name).value_or("");
  return value.empty() ? std::string(byDefault) : value;
}

Json toJson(const ColourState& state) {
  return Json::object({{"version", state.version}, {"replicas", state.replicas}});
}

ColourState readColour(const Json& json) {
  return {textIn(json, "version"), static_cast<unsigned>(numberIn(json, "replicas"))};
}

}  // namespace

Result<DesiredState> readDesiredState(const EnvFile& file) {
  DesiredState state{.version = valueOf(file, "VERSION", "latest"), .blue = {}, .green = {}};
  for (const auto colour : {Colour::Blue, Colour::Green}) {
    const auto name = variable(colour, "REPLICAS");
    const auto text = valueOf(file, name, colour == Colour::Blue ? "2" : "0");
    const auto replicas = base::parseUnsigned(text);
    if (!replicas || *replicas > kMaxReplicas) {
      return std::unexpected(
          fmt::format("{} is '{}', which is no number of replicas", name, base::printable(text)));
    }
    state.of(colour) = {valueOf(file, variable(colour, "VERSION"), state.version),
                        static_cast<unsigned>(*replicas)};
  }
  return state;
}

void setDesiredState(EnvFile& file, const DesiredState& state) {
  file.set("VERSION", state.version);
  for (const auto colour : {Colour::Blue, Colour::Green}) {
    file.set(variable(colour, "VERSION"), state.of(colour).version);
    file.set(variable(colour, "REPLICAS"), std::to_string(state.of(colour).replicas));
  }
}

Json toJson(const DesiredState& state) {
  return Json::object(
      {{"version", state.version}, {"blue", toJson(state.blue)}, {"green", toJson(state.green)}});
}

DesiredState readDesiredState(const Json& json) {
  return {textIn(json, "version"), readColour(objectIn(json, "blue")),
          readColour(objectIn(json, "green"))};
}

}  // namespace slipway::ops
