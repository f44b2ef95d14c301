// The new version beside the old one, until it may get requests.
#include <fmt/format.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/colours.hpp"
#include "ops/deploy/kept_logs.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/steps.hpp"

namespace slipway::ops {

namespace {

/// The image's label may be silent; the program itself knows.
void noteProgram(Run& run) {
  const auto found = run.look();
  if (!found || newContainers(run, *found).empty()) return;
  const auto told = programOf(run.engine, newContainers(run, *found).front());
  if (told) run.operation.to.program = *told;
}

Result<std::string> start(Run& run) {
  const auto& operation = run.operation;
  const auto colour = operation.toColour;
  const auto written = setColour(run, colour, {operation.to.version, operation.replicas});
  if (!written) return std::unexpected(written.error());
  if (const auto up = bringUp(run, colour); !up) return std::unexpected(up.error());
  auto ready = waitReady(run, {.colour = colour, .count = operation.replicas});
  if (ready) noteProgram(run);
  return ready;
}

/// All as before; a version that was kept warm there was given up for this one.
Result<std::string> undoStart(Run& run) {
  const auto colour = run.operation.toColour;
  if (const auto gone = takeAway(run, colour); !gone) return std::unexpected(gone.error());
  auto before = run.operation.before.of(colour);
  if (run.operation.from) before.replicas = 0;
  const auto written = setColour(run, colour, before);
  if (!written) return std::unexpected(written.error());
  return fmt::format("{} is gone again", serviceOf(colour));
}

Result<std::string> validate(Run& run) {
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto containers = newContainers(run, *found);
  if (containers.empty()) {
    return std::unexpected(fmt::format("{} does not run", serviceOf(run.operation.toColour)));
  }
  std::string note;
  for (const auto& container : containers) {
    run.reporter.progress(container.name);
    const auto token = makeToken(run, container, "users:read users:write ops");
    if (!token) return std::unexpected(token.error());
    auto tried = run.others.validate(baseUrlOf(run, container), std::string(token->reveal()));
    if (!tried) {
      keepLogs(run, {container});
      return std::unexpected(fmt::format("{}: {}", container.name, tried.error()));
    }
    note = std::move(*tried);
  }
  return note;
}

}  // namespace

Step retireStep(const Operation& operation, Colour colour) {
  const auto service = serviceOf(colour);
  return {.name = "retire",
          .does = fmt::format("take {} {} away, which was kept warm", service,
                              operation.before.of(colour).version),
          .exitCode = kExitStart,
          .run = [colour](Run& run) -> Result<std::string> {
            const auto gone = takeAway(run, colour);
            if (!gone) return std::unexpected(gone.error());
            return "";
          }};
}

Step startStep(const Stack& stack, const Operation& operation) {
  return {.name = "start",
          .does = fmt::format("start {} of {} as {} and wait until they are ready: docker compose "
                              "up --detach --no-deps {}",
                              operation.replicas, stack.image(operation.to.version),
                              serviceOf(operation.toColour), serviceOf(operation.toColour)),
          .exitCode = kExitStart,
          .run = start,
          .undo = undoStart};
}

Step readyStep(const Operation& operation) {
  return {.name = "ready",
          .does = fmt::format("see that {} {}, which runs already, is ready",
                              serviceOf(operation.toColour), operation.to.version),
          .exitCode = kExitStart,
          .run = [](Run& run) {
            return waitReady(run, {.colour = run.operation.toColour,
                                   .count = run.operation.replicas,
                                   .isNew = false});
          }};
}

Step validateStep(const Operation& operation) {
  return {.name = "validate",
          .does = fmt::format("try each container of {} directly: slipway validate",
                              serviceOf(operation.toColour)),
          .exitCode = kExitValidate,
          .run = validate};
}

}  // namespace slipway::ops
