#include "ops/deploy/preparation.hpp"

#include <fmt/format.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/deploy/reserve.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

constexpr unsigned kUsualReplicas = 2;

void takeLock(Preparation& prepared, const PreparationRequest& request, const Outside& outside) {
  const auto& stack = prepared.stack;
  if (request.isDryRun) {
    const auto holder = OperationLock::holderOf(stack.lock());
    if (holder) prepared.refuse(kExitLocked, "locked: " + inWords(*holder));
    return;
  }
  if (const auto made = makeFolders(stack.hosts().parent_path()); !made) {
    prepared.refuse(kExitRefused, made.error());
    return;
  }
  const LockHolder holder{outside.who, outside.host, request.what, base::isoTime(prepared.begun),
                          outside.pid};
  auto lock = request.breaksLock ? OperationLock::seize(stack.lock(), holder)
                                 : OperationLock::take(stack.lock(), holder);
  if (lock) {
    prepared.lock.emplace(std::move(*lock));
  } else {
    prepared.refuse(kExitLocked, lock.error());
  }
}

void lookForUnfinished(Preparation& prepared) {
  const auto unfinished = unfinishedOperation(prepared.stack);
  if (!unfinished) {
    prepared.refuse(kExitRefused, unfinished.error());
  } else if (*unfinished && prepared.exitCode != kExitLocked) {
    const auto& operation = **unfinished;
    prepared.refuse(
        kExitUnfinished,
        fmt::format("'{}' by {} on {}, begun {}, was cut short at '{}': slipway recover {} undoes "
                    "it, slipway recover {} --finish goes on with it",
                    inWords(operation), operation.who, operation.host, operation.since,
                    operation.step, prepared.stack.environment, prepared.stack.environment));
  }
}

void lookAround(Preparation& prepared, Outside& outside) {
  const auto facts = outside.engine.facts();
  if (!facts) {
    prepared.refuse(kExitRefused, facts.error());
    return;
  }
  for (auto& problem : checkSpace(prepared.stack, facts->rootFolder)) {
    prepared.refuse(kExitRefused, std::move(problem));
  }
  auto observed = observe(prepared.stack, outside.engine);
  if (observed) {
    prepared.observed = std::move(*observed);
  } else {
    prepared.refuse(kExitRefused, observed.error());
  }
}

}  // namespace

void Preparation::refuse(int code, std::string problem) {
  if (exitCode == 0 || exitCode == kExitRefused) exitCode = code;
  problems.push_back(std::move(problem));
}

Result<Stack> findStack(const StackRequest& request, const Variables& variables) {
  const auto env = readEnvFile(envFileOf(request));
  if (!env) return std::unexpected(env.error());
  return locateStack(request, *env, variables);
}

Preparation prepare(const PreparationRequest& request, Outside& outside) {
  Preparation prepared{.stack = request.stack, .begun = outside.clock.now()};
  const auto fileProblems = checkFiles(prepared.stack, outside.variables);
  for (const auto& problem : fileProblems) prepared.refuse(kExitRefused, problem);
  takeLock(prepared, request, outside);
  if (!request.goesOn) lookForUnfinished(prepared);
  lookAround(prepared, outside);
  if (fileProblems.empty()) {
    for (auto& problem : checkCompose(outside.compose)) {
      prepared.refuse(kExitRefused, std::move(problem));
    }
  }
  if (prepared.lock) {
    if (const auto made = makeReserve(prepared.stack); !made) {
      prepared.refuse(kExitRefused, made.error());
    }
  }
  return prepared;
}

std::string programIn(const Image& image) {
  const auto found = image.labels.find("org.opencontainers.image.version");
  // What a build without any says.
  return found == image.labels.end() || found->second == "0.0.0" ? "" : found->second;
}

std::optional<Release> servingRelease(const Stack& stack, const Observed& observed,
                                      Engine& engine) {
  const auto running = observed.running(observed.serving());
  if (running.empty()) return std::nullopt;
  const auto& first = running.front();
  Release release{.version = observed.desired.of(observed.serving()).version,
                  .image = first.image,
                  .program = programOf(engine, first).value_or("")};
  if (first.imageName.starts_with(stack.repository + ":")) {
    release.version = first.imageName.substr(stack.repository.size() + 1);
  }
  return release;
}

Operation beginOperation(Verb verb, const Preparation& prepared, const Outside& outside) {
  const auto& observed = *prepared.observed;
  const auto serving = observed.serving();
  auto time = base::isoTime(prepared.begun);
  Operation operation{.verb = verb,
                      .id = {},
                      .environment = prepared.stack.environment,
                      .who = outside.who,
                      .host = outside.host,
                      .since = time,
                      .from = servingRelease(prepared.stack, observed, outside.engine),
                      .fromColour = serving,
                      .to = {},
                      .before = observed.desired,
                      .hostsBefore = observed.hosts};
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  operation.id = fmt::format("{}-{}", time.substr(0, time.find('.')), outside.pid);
  operation.toColour = operation.from ? otherThan(serving) : serving;
  const auto replicas = observed.desired.of(serving).replicas;
  operation.replicas = replicas > 0 ? replicas : kUsualReplicas;
  operation.options.bringsUp =
      !observed.isRunning("db") || !observed.isRunning("cache") || !observed.isRunning("proxy");
  return operation;
}

int tellRefusal(const Preparation& prepared, Outside& outside) {
  for (const auto& problem : prepared.problems) outside.reporter.problem(problem);
  if (prepared.lock) releaseReserve(prepared.stack);
  outside.reporter.end(
      {.result = "refused",
       .text = fmt::format("refused for {} reason{}; nothing was changed", prepared.problems.size(),
                           prepared.problems.size() == 1 ? "" : "s"),
       .exitCode = prepared.exitCode,
       .took = std::chrono::duration_cast<std::chrono::milliseconds>(outside.clock.now() -
                                                                     prepared.begun)});
  return prepared.exitCode;
}

}  // namespace slipway::ops
