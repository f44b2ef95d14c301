#include "ops/swarm/cloud_deploy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/release_version.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/history.hpp"
#include "ops/swarm/cloud_change.hpp"
#include "ops/swarm/cloud_database.hpp"
#include "ops/swarm/cloud_preflight.hpp"

namespace slipway::ops {

namespace {

using Kind = StepEvent::Kind;
using CloudVerb = CloudRequest::Verb;
using std::chrono::milliseconds;

struct Failure {
  int exitCode = kExitFailure;
  std::string step;
  std::string reason;
};

std::string_view nameOf(CloudVerb verb) {
  return verb == CloudVerb::Deploy ? "deploy" : verb == CloudVerb::Rollback ? "rollback" : "scale";
}

/// One operation from its beginning to its line in the history.
class CloudOperation {
 public:
  CloudOperation(const CloudRequest& request, CloudStack stack, CloudOutside& outside)
      : request_(request),
        stack_(std::move(stack)),
        outside_(outside),
        begun_(outside.clock.now()) {
    parts_.patience.limit = request.limit;
  }

  int run() {
    if (const auto refusal = prepare()) return refuse(*refusal);
    if (request_.isDryRun) return tellPlan();
    auto failure = carryOut();
    if (!failure) failure = keep();
    if (!failure) return succeed();
    if (outside_.clock.interrupted()) failure->exitCode = kExitInterrupted;
    const bool isUndone = takeBack();
    if (!isUndone) failure->exitCode = kExitNotUndone;
    return fail(*failure, isUndone);
  }

 private:
  std::optional<Failure> prepare() {
    to_ = {.version = request_.version, .replicas = request_.replicas, .migrateVersion = ""};
    const auto problems = checkNodes(outside_.swarm);
    if (!problems.empty()) {
      return Failure{kExitRefused, "", fmt::format("{}", fmt::join(problems, "; "))};
    }
    auto serving = servingNow(stack_, outside_.swarm);
    if (!serving) return Failure{kExitRefused, "", serving.error()};
    serving_ = std::move(*serving);
    if (auto refusal = chooseVersion()) return refusal;
    if (auto refusal = checkBackup()) return refusal;
    if (!request_.isDryRun) {
      auto lock = lockCloud(stack_, outside_, what(), request_.breaksLock);
      if (!lock) return Failure{kExitLocked, "", lock.error()};
      lock_.emplace(std::move(*lock));
    }
    return findParts();
  }

  std::optional<Failure> chooseVersion() {
    if (request_.verb != CloudVerb::Scale) to_.replicas = serving_.replicas;
    if (request_.verb != CloudVerb::Deploy && serving_.version.empty()) {
      return Failure{kExitRefused, "", "nothing serves yet: slipway deploy cloud <version>"};
    }
    if (request_.verb == CloudVerb::Scale) to_.version = serving_.version;
    if (to_.version.empty()) {
      const auto history = readHistory(stack_.history());
      if (!history) return Failure{kExitRefused, "", history.error()};
      for (const auto& release : lastReleases(*history, 2)) {
        if (to_.version.empty() && release.version != serving_.version) {
          to_.version = release.version;
        }
      }
    }
    if (to_.version.empty()) {
      return Failure{kExitRefused, "", "no version is known that served before: name one"};
    }
    // Going back makes no schema older: what it was last brought to stays.
    to_.migrateVersion = request_.verb == CloudVerb::Deploy ? to_.version : migrated();
    to_.running = mustRun();
    return std::nullopt;
  }

  /// Also of the version that serves: that is when migrations that waited are applied. At the first
  /// deployment nothing is there.
  bool backsUp() const { return request_.backsUp && !serving_.version.empty(); }

  std::optional<Failure> checkBackup() {
    if (!backsUp()) return std::nullopt;
    const auto here = databaseContainer(stack_.name, outside_.swarm, outside_.engine);
    if (here) return std::nullopt;
    return Failure{kExitRefused, "", here.error() + ", or --skip-backup"};
  }

  std::optional<Failure> findParts() {
    auto names = digests(stack_);
    if (!names) return Failure{kExitRefused, "", names.error()};
    auto known = failuresSoFar(stack_, outside_.swarm);
    if (!known) return Failure{kExitRefused, "", known.error()};
    parts_.digests = std::move(*names);
    parts_.known = std::move(*known);
    return std::nullopt;
  }

  /// Whose migrations were applied last.
  std::string migrated() const {
    for (const auto& [name, value] : stack_.settings) {
      if (name == "VERSION") return value;
    }
    return serving_.version;
  }

  bool migratesFirst() const {
    return request_.verb == CloudVerb::Deploy && to_.version != serving_.version;
  }

  /// What serves must do with the new schema; what it can't waits for a deployment after this one.
  std::string mustRun() const {
    const bool isOther = !serving_.version.empty() && serving_.version != to_.version;
    return isOther && base::parseReleaseVersion(serving_.version) ? serving_.version : "";
  }

  /// The schema before the tasks: what serves stays as it is meanwhile, or nothing does yet.
  CloudChange schemaChange() const {
    if (serving_.version.empty()) return {to_.version, 0, to_.version};
    return {serving_.version, serving_.replicas, to_.version, mustRun()};
  }

  std::optional<Failure> carryOut() {
    if (backsUp()) {
      const auto made = step("backup", "back up the database", [&] { return outside_.backUp(); });
      if (!made) return Failure{kExitBackup, "backup", made.error()};
    }
    if (migratesFirst()) {
      const auto done =
          step("migrate", "bring up what the service needs, and its schema up to date",
               [&] { return apply(stack_, schemaChange(), parts_, outside_); });
      isChanged_ = true;
      if (!done) return Failure{kExitMigrate, "migrate", done.error()};
    }
    if (lock_ && !lock_->isOurs()) return Failure{kExitLocked, "update", "the lock was broken"};
    isChanged_ = true;
    const auto done = step("update", "docker stack deploy, and wait until all tasks are as wanted",
                           [&] { return apply(stack_, to_, parts_, outside_); });
    if (!done) return Failure{kExitStart, "update", done.error()};
    if (request_.verb == CloudVerb::Scale) return std::nullopt;
    const auto tried =
        step("validate", "try it through the proxy", [&] { return validateOnceReached(); });
    if (!tried) return Failure{kExitValidate, "validate", tried.error()};
    return std::nullopt;
  }

  /// The proxies look for tasks once a second: where nothing served, they have yet to see the
  /// first.
  Result<std::string> validateOnceReached() {
    constexpr std::chrono::seconds kSeen{15};
    const auto until = outside_.clock.now() + kSeen;
    for (;;) {
      auto tried = validateCloud(stack_, outside_);
      if (tried || !serving_.version.empty() || outside_.clock.now() >= until) return tried;
      outside_.clock.wait(std::chrono::seconds{1});
    }
  }

  Result<std::string> step(const char* name, const char* does,
                           const std::function<Result<std::string>()>& work) {
    const auto begun = outside_.clock.now();
    outside_.reporter.step({Kind::Begun, name, does});
    auto done = work();
    const auto kind = done ? Kind::Done : Kind::Failed;
    outside_.reporter.step({kind, name, done ? *done : done.error(), since(begun)});
    return done;
  }

  std::optional<Failure> keep() {
    const auto written = writeSettings(stack_, {{"API_VERSION", to_.version},
                                                {"API_REPLICAS", fmt::format("{}", to_.replicas)},
                                                {"VERSION", to_.migrateVersion}});
    if (!written) return Failure{kExitFinish, "keep", written.error()};
    thaw();
    return std::nullopt;
  }

  /// The version and the number from before. Where Swarm went back by itself it finds that done.
  bool takeBack() {
    if (!isChanged_) return true;
    if (serving_.version.empty()) {
      outside_.reporter.note("nothing served before: what was started stays, for a look at it");
      thaw();
      return true;
    }
    const auto begun = outside_.clock.now();
    parts_.patience.endsAtInterrupt = false;
    waitForSwarmToGoBack();
    const auto back = apply(stack_, {serving_.version, serving_.replicas, migrated(), mustRun()},
                            parts_, outside_);
    outside_.reporter.step({back ? Kind::Undone : Kind::NotUndone, "update",
                            back ? *back : back.error(), since(begun)});
    thaw();
    return back.has_value();
  }

  /// Or the next update would begin in the middle of that one. Managers find a new leader within
  /// seconds, or there are too few of them.
  void waitForSwarmToGoBack() {
    constexpr std::chrono::seconds kElection{30};
    const auto begun = outside_.clock.now();
    while (outside_.clock.now() - begun < request_.limit) {
      const auto services = outside_.swarm.services(stack_.name);
      if (!services && outside_.clock.now() - begun >= kElection) return;
      const auto* api = services ? findService(*services, "api") : nullptr;
      if (api != nullptr && api->update != UpdateState::RollingBack) return;
      outside_.clock.wait(milliseconds(500));
    }
  }

  void thaw() {
    const auto done = freezeScaling(stack_, outside_.swarm, 0);
    if (!done) outside_.reporter.note("autoscaling rests for a while: " + done.error());
  }

  int tellPlan() {
    if (backsUp()) outside_.reporter.note("backup: of the database");
    if (migratesFirst()) {
      outside_.reporter.note(fmt::format("migrate: apply the migrations of {}", to_.version));
    }
    outside_.reporter.note(fmt::format("update: {} x {} -> {} x {}", serving_.replicas,
                                       serving_.version.empty() ? "nothing" : serving_.version,
                                       to_.replicas, to_.version));
    if (request_.verb != CloudVerb::Scale) outside_.reporter.note("validate: through the proxy");
    return kExitOk;
  }

  int refuse(const Failure& failure) {
    outside_.reporter.problem(failure.reason);
    outside_.reporter.end({.result = "refused",
                           .text = "refused; nothing was changed",
                           .exitCode = failure.exitCode,
                           .took = since(begun_)});
    return failure.exitCode;
  }

  int succeed() {
    const char* const result = request_.verb == CloudVerb::Rollback ? "rolled back"
                               : request_.verb == CloudVerb::Deploy ? "deployed"
                                                                    : "scaled";
    remember(result, {});
    outside_.reporter.end({.result = result,
                           .text = fmt::format("{} x {} serve", to_.replicas, to_.version),
                           .exitCode = kExitOk,
                           .took = since(begun_)});
    return kExitOk;
  }

  int fail(const Failure& failure, bool isUndone) {
    remember(isUndone ? "undone" : "not undone", failure);
    const auto text =
        isUndone ? fmt::format("{} failed: {}; {} serves as before", failure.step, failure.reason,
                               serving_.version.empty() ? "nothing" : serving_.version)
                 : fmt::format("{} failed: {}; what was before is not back: slipway status cloud",
                               failure.step, failure.reason);
    outside_.reporter.end({.result = isUndone ? "failed" : "not undone",
                           .text = text,
                           .exitCode = failure.exitCode,
                           .took = since(begun_)});
    return failure.exitCode;
  }

  void remember(std::string_view result, const Failure& failure) {
    const auto now = outside_.clock.now();
    const HistoryEntry entry{
        .time = base::isoTime(now),
        .id = fmt::format("{}-{}", begun_.time_since_epoch().count(), outside_.pid),
        .verb = std::string(nameOf(request_.verb)),
        .who = outside_.who,
        .host = outside_.host,
        .strategy = "swarm",
        .from = {serving_.version, "", ""},
        .to = {to_.version, "", ""},
        .colour = "",
        .result = std::string(result),
        .step = failure.step,
        .reason = failure.reason,
        .seconds = std::chrono::duration<double>(now - begun_).count()};
    if (const auto added = addToHistory(stack_.history(), entry); !added) {
      outside_.reporter.note(added.error());
    }
  }

  std::string what() const {
    return fmt::format("{} cloud {} x {}", nameOf(request_.verb), to_.replicas, to_.version);
  }

  milliseconds since(base::Timestamp time) const {
    return std::chrono::duration_cast<milliseconds>(outside_.clock.now() - time);
  }

  const CloudRequest& request_;
  const CloudStack stack_;
  CloudOutside& outside_;
  const base::Timestamp begun_;
  std::optional<OperationLock> lock_;
  CloudServing serving_;
  CloudChange to_;
  ChangeParts parts_;
  bool isChanged_ = false;
};

}  // namespace

int changeCloud(const CloudRequest& request, CloudOutside& outside) {
  auto stack = findCloudStack(request.stack, outside.variables);
  if (!stack) {
    outside.reporter.problem(stack.error());
    return kExitRefused;
  }
  return CloudOperation(request, std::move(*stack), outside).run();
}

}  // namespace slipway::ops
