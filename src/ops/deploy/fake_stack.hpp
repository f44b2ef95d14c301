// A whole stack that is only played, for tests of operations: Compose starts containers as the env
// file says, the proxy sends requests where its file says, versions behave as the test wants, and
// time passes only when somebody waits. Real files in a temporary folder.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/temporary_folder_test_support.hpp"
#include "ops/deploy/observed.hpp"
#include "ops/deploy/preparation.hpp"
#include "ops/docker/fake_engine.hpp"
#include "ops/files/state_file.hpp"
#include "ops/process/run_command.hpp"

namespace slipway::ops::testing {

/// How a version behaves.
struct FakeVersion {
  bool getsReady = true;
  bool diesAtStart = false;
  double errorShare = 0;   // of its answers
  double seconds = 0.004;  // that an answer takes
  std::string program = "0.1.0";
};

class FakeClock final : public WaitingClock {
 public:
  base::Timestamp now() const override { return now_; }
  void wait(std::chrono::milliseconds time) override {
    now_ += time;
    if (onWait) onWait(time);
  }
  bool interrupted() const override { return isInterrupted; }

  std::function<void(std::chrono::milliseconds)> onWait;
  bool isInterrupted = false;

 private:
  base::Timestamp now_{std::chrono::seconds(1767323045)};
};

class RecordingReporter final : public Reporter {
 public:
  std::vector<std::string> planned;
  std::vector<std::string> problems;
  std::vector<std::string> steps;  // "start done", "switch undone", ...
  std::vector<std::string> texts;  // of the same
  std::vector<std::string> notes;
  std::vector<std::string> shown;  // containers whose last lines were
  Summary summary;
  std::string summaryText;
  std::function<void(const StepEvent&)> onStep;

  void plan(const Plan& plan) override {
    for (const auto& step : plan) planned.push_back(step.name);
  }
  void problem(std::string_view text) override { problems.emplace_back(text); }
  void step(const StepEvent& event) override {
    static constexpr std::array<std::string_view, 5> kKinds{"begun", "done", "failed", "undone",
                                                            "not undone"};
    if (onStep) onStep(event);
    if (event.kind == StepEvent::Kind::Begun) return;
    steps.push_back(fmt::format("{} {}", event.step, kKinds.at(static_cast<int>(event.kind))));
    texts.emplace_back(event.text);
  }
  void progress(std::string_view /*text*/) override {}
  void note(std::string_view text) override { notes.emplace_back(text); }
  void lastLines(std::string_view container, std::string_view /*lines*/) override {
    shown.emplace_back(container);
  }
  void end(const Summary& ended) override {
    summary = ended;
    summaryText = ended.text;
  }
};

class FakeStack final : public Compose, public HttpClient {
 public:
  FakeStack();

  /// Blue serves `version` with two replicas; database, cache and proxy run.
  void serve(const std::string& version);
  void addImage(const std::string& version, FakeVersion behaviour = {});
  Outside outside();
  StackRequest request() const { return {.environment = "production", .folder = folder.path()}; }
  Stack stack() const { return findStack(request(), variables()).value(); }
  Variables variables() const;

  // What is there now.
  DesiredState desired() const { return readDesiredState(*readEnvFile(envFile())).value(); }
  std::string hosts() const { return readStateFile(stack().hosts())->value_or(""); }
  std::vector<std::string> running(Colour colour) const;  // versions of its containers
  std::filesystem::path envFile() const { return folder / ".env.production"; }
  std::vector<std::string> serving() const;  // ids of the containers that get requests
  void letTrafficPass(std::chrono::milliseconds time);
  std::uint64_t answeredBy(const std::string& version) const;

  // Compose and HTTP, as they are played.
  Result<std::string> run(const ComposeCall& call) override;
  Result<> pull(const std::string& image) override;
  Result<HttpAnswer> send(const HttpCall& call) override;

  slipway::testing::TemporaryFolder folder;
  FakeEngine engine;
  FakeClock clock;
  RecordingReporter reporter;
  OtherParts others;
  std::map<std::string, FakeVersion> versions;
  std::map<std::string, std::string> environment;     // of the process
  std::vector<std::string> commands;                  // of Compose
  std::function<void(const std::string&)> onCommand;  // of Compose; may throw, as if killed
  std::map<std::string, std::string> failing;         // first word of a command -> its error
  double requestsPerSecond = 100;
  std::string migrated = R"({"applied":[],"waiting":[]})";
  std::string oldestService = "0.1.0";
  std::string switchError;   // not empty: the proxy does not switch
  bool isProxyDeaf = false;  // it says that it switched, and does not
  std::string proxyHosts;    // whom the proxy really sends requests, separated by commas
  std::vector<std::string> unreachable;  // ids of containers that the proxy can't reach

 private:
  struct Counters {
    double requests = 0;
    double errors = 0;
  };

  void start(const std::string& service, const std::string& version);
  void bringUp(const std::string& service, bool keepsOld = false);
  void answer(double requests);
  const Container* at(const std::string& address) const;
  std::string metricsOf(const Container& container) const;
  Result<ExecResult> exec(const Container& container, const std::vector<std::string>& arguments);

  std::map<std::string, Counters> counters_;  // by container
  int started_ = 0;
};

}  // namespace slipway::ops::testing
