#include "ops/deploy/deploy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/conclusion.hpp"
#include "ops/deploy/plan.hpp"

namespace slipway::ops {

namespace {

bool isTag(std::string_view version) {
  constexpr std::size_t kMaxBytes = 128;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !version.empty() && version.size() <= kMaxBytes && version.front() != '.' &&
         version.front() != '-' && std::ranges::all_of(version, allowed);
}

bool isReleaseTag(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  return !version.empty() && version.front() >= '0' && version.front() <= '9';
}

/// The image, pulled where it is not here; nothing in a dry run that would have to.
std::optional<Image> obtainImage(Preparation& prepared, const DeployRequest& request,
                                 Outside& outside) {
  const auto name = prepared.stack.image(request.version);
  auto found = outside.engine.image(name);
  if (found && !*found) {
    if (request.isDryRun) {
      outside.reporter.note(fmt::format("{} is not here and would be pulled", name));
      return std::nullopt;
    }
    const auto pulled = outside.compose.pull(name);
    if (!pulled) {
      prepared.refuse(kExitRefused,
                      fmt::format("{} is not here and can't be pulled: {}", name, pulled.error()));
      return std::nullopt;
    }
    found = outside.engine.image(name);
  }
  if (found) return *found;
  prepared.refuse(kExitRefused, found.error());
  return std::nullopt;
}

Operation makeOperation(Preparation& prepared, const DeployRequest& request,
                        const std::optional<Image>& image, Outside& outside) {
  auto operation = beginOperation(Verb::Deploy, prepared, outside);
  const bool bringsUp = operation.options.bringsUp;
  operation.options = request.options;
  operation.options.bringsUp = bringsUp;
  // A database that is not there has nothing to be backed up.
  operation.options.backsUp = request.options.backsUp && prepared.observed->isRunning("db");
  operation.to.version = request.version;
  if (image) {
    operation.to = {pinnedVersion(request.version, image->id), image->id, programIn(*image)};
  }
  if (operation.options.strategy == Strategy::BlueGreen) return operation;
  if (!operation.from) {
    outside.reporter.note("nothing serves that could be replaced one by one: as blue-green");
    operation.options.strategy = Strategy::BlueGreen;
    return operation;
  }
  operation.toColour = operation.fromColour;
  if (operation.from->image == operation.to.image) {
    prepared.refuse(kExitRefused,
                    fmt::format("{} is the image that serves: there is nothing to replace one by "
                                "one; blue-green starts it anew",
                                request.version));
  }
  return operation;
}

/// Gives the image the name that the env file will have.
Result<> pin(const Preparation& prepared, const Operation& operation, Outside& outside) {
  const auto there = outside.engine.image(prepared.stack.image(operation.to.version));
  if (there && *there && (*there)->id == operation.to.image) return {};
  return outside.engine.tag(operation.to.image, prepared.stack.repository, operation.to.version);
}

}  // namespace

std::string pinnedVersion(const std::string& version, const std::string& imageId) {
  constexpr std::size_t kShort = 12;
  const auto id = imageId.substr(imageId.find(':') + 1).substr(0, kShort);
  if (isReleaseTag(version) || version.ends_with("-" + id)) return version;
  return fmt::format("{}-{}", version, id);
}

int deploy(const DeployRequest& request, Outside& outside) {
  if (!isTag(request.version)) {
    outside.reporter.problem(
        fmt::format("deploy: '{}' is no tag of an image: letters, digits and _.-",
                    base::printable(request.version)));
    return kExitUsage;
  }
  const auto stack = findStack(request.stack, outside.variables);
  if (!stack) {
    outside.reporter.problem(stack.error());
    return kExitRefused;
  }
  auto prepared = prepare({.stack = *stack,
                           .what = fmt::format("deploy {} {}", stack->environment, request.version),
                           .isDryRun = request.isDryRun,
                           .breaksLock = request.breaksLock},
                          outside);
  if (!prepared.observed) return tellRefusal(prepared, outside);
  const auto image = obtainImage(prepared, request, outside);
  auto operation = makeOperation(prepared, request, image, outside);
  if (request.isDryRun) outside.reporter.plan(makePlan(prepared.stack, operation));
  if (prepared.problems.empty() && !request.isDryRun) {
    if (const auto pinned = pin(prepared, operation, outside); !pinned) {
      prepared.refuse(kExitRefused, pinned.error());
    }
  }
  if (!prepared.problems.empty()) return tellRefusal(prepared, outside);
  return request.isDryRun ? kExitOk : conduct(std::move(operation), prepared, outside);
}

}  // namespace slipway::ops
