#include "ops/deploy/rollback.hpp"

#include <fmt/format.h>

#include "base/release_version.hpp"
#include "base/text.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/conclusion.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/deploy/plan.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

constexpr std::size_t kAll = 1'000'000;
constexpr std::chrono::seconds kExecLimit{20};

bool isMeant(const std::string& version, const std::string& wanted) {
  return version == wanted || version.starts_with(wanted + "-");
}

/// The other colour, when it runs and is what is wanted.
std::optional<Release> warmRelease(const Observed& observed, const RollbackRequest& request,
                                   Outside& outside) {
  const auto colour = otherThan(observed.serving());
  const auto running = observed.running(colour);
  const auto& version = observed.desired.of(colour).version;
  if (running.empty() || (request.version && !isMeant(version, *request.version))) {
    return std::nullopt;
  }
  return Release{version, running.front().image,
                 programOf(outside.engine, running.front()).value_or("")};
}

/// Its image is here, or can be pulled, and is the one that served.
void checkImage(Preparation& prepared, Release& release, bool isDryRun, Outside& outside) {
  const auto name = prepared.stack.image(release.version);
  auto found = outside.engine.image(name);
  if (found && !*found && !isDryRun) {
    const auto pulled = outside.compose.pull(name);
    if (pulled) found = outside.engine.image(name);
  }
  if (!found) {
    prepared.refuse(kExitRefused, found.error());
  } else if (!*found) {
    prepared.refuse(kExitRefused, fmt::format("{} is not here any more and can't be pulled", name));
  } else if (!release.image.empty() && (*found)->id != release.image) {
    prepared.refuse(kExitRefused,
                    fmt::format("{} is another image than the one that served: slipway deploy {} "
                                "{}, if that is what you want",
                                name, prepared.stack.environment, release.version));
  } else if (release.program.empty()) {
    release.program = programIn(**found);
  }
}

/// The oldest version that runs on the schema as it is; empty when nothing can be asked.
std::string oldestService(const Observed& observed, Outside& outside) {
  const auto running = observed.running(observed.serving());
  if (running.empty()) return {};
  const auto told = outside.engine.exec(running.front().id,
                                        {"slipwayd", "migrate", "--plan", "--json"}, kExecLimit);
  if (!told || told->exitCode != 0) return {};
  return textIn(base::readJson(told->out).value_or(base::Json()), "oldest_service");
}

void checkSchema(Preparation& prepared, const Release& release, Outside& outside) {
  const auto oldest = oldestService(*prepared.observed, outside);
  const auto needed = base::parseReleaseVersion(oldest);
  const auto have = base::parseReleaseVersion(release.program);
  if (!needed || !have) {
    outside.reporter.note(
        "whether the schema is still good for it can't be told; if not, it does "
        "not get ready and all stays as it is");
  } else if (*have < *needed) {
    prepared.refuse(
        kExitRefused,
        fmt::format("the schema has moved on: it needs {} or newer, and {} is {}; deploy a version "
                    "that is, or restore a backup from before (slipway restore)",
                    oldest, release.version, release.program));
  }
}

std::string known(const History& history) {
  std::string list;
  for (const auto& release : lastReleases(history, 10)) {
    list += (list.empty() ? "" : ", ") + release.version;
  }
  return list.empty() ? "none" : list;
}

/// What to go back to, with all that speaks against it.
std::optional<Operation> makeOperation(Preparation& prepared, const RollbackRequest& request,
                                       Outside& outside) {
  const auto& observed = *prepared.observed;
  auto operation = beginOperation(Verb::Rollback, prepared, outside);
  operation.options.readyLimit = request.readyLimit;
  const auto serving =
      operation.from ? operation.from->version : observed.desired.of(observed.serving()).version;
  if (const auto warm = warmRelease(observed, request, outside)) {
    operation.to = *warm;
    operation.isWarm = true;
    operation.toColour = otherThan(observed.serving());
    operation.replicas = observed.desired.of(operation.toColour).replicas;
    checkSchema(prepared, operation.to, outside);
    return operation;
  }
  const auto history = readHistory(prepared.stack.history());
  if (!history) {
    prepared.refuse(kExitRefused, history.error());
    return std::nullopt;
  }
  const auto release = findRelease(*history, request.version, serving);
  if (!release) {
    prepared.refuse(kExitRefused,
                    fmt::format("there is no {} to go back to; versions that served: {}",
                                request.version.value_or("other version"), known(*history)));
    return std::nullopt;
  }
  operation.to = *release;
  checkImage(prepared, operation.to, request.isDryRun, outside);
  checkSchema(prepared, operation.to, outside);
  return operation;
}

}  // namespace

std::optional<Release> findRelease(const History& history,
                                   const std::optional<std::string>& version,
                                   const std::string& serving) {
  for (const auto& release : lastReleases(history, kAll)) {
    if (version ? isMeant(release.version, *version) && release.version != serving
                : release.version != serving) {
      return release;
    }
  }
  return std::nullopt;
}

int rollback(const RollbackRequest& request, Outside& outside) {
  const auto stack = findStack(request.stack, outside.variables);
  if (!stack) {
    outside.reporter.problem(stack.error());
    return kExitRefused;
  }
  auto prepared = prepare({.stack = *stack,
                           .what = fmt::format("rollback {} {}", stack->environment,
                                               base::printable(request.version.value_or(""))),
                           .isDryRun = request.isDryRun,
                           .breaksLock = request.breaksLock},
                          outside);
  if (!prepared.observed) return tellRefusal(prepared, outside);
  auto operation = makeOperation(prepared, request, outside);
  if (operation && request.isDryRun) outside.reporter.plan(makePlan(prepared.stack, *operation));
  if (!prepared.problems.empty()) return tellRefusal(prepared, outside);
  return request.isDryRun ? kExitOk : conduct(std::move(*operation), prepared, outside);
}

}  // namespace slipway::ops
