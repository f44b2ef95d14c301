// The Engine's answers as values, and its framed streams as text. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "ops/docker/engine.hpp"

namespace slipway::ops {

/// Of GET /containers/{id}/json. What is missing has its default.
Container readContainer(const base::Json& inspected);
/// Of GET /images/{name}/json.
Image readImage(const base::Json& inspected);
/// The `message` of an error's body, in one line; the body itself when it is no such thing.
std::string readEngineMessage(std::string_view body);

struct FramedOutput {
  std::string out;
  std::string err;
  std::string both;  // in their order
};
/// Of exec and logs without a terminal: frames of 8 bytes' header (stream, size) and content. A
/// last one that was cut short is taken as far as it goes.
FramedOutput readStreams(std::string_view framed);

}  // namespace slipway::ops
