// Who tells people and programs how an operation goes: plain lines for a pipe, a spinner for a
// terminal, one JSON object a step for programs. Called on the main thread.
#pragma once

#include <chrono>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "ops/deploy/step.hpp"

namespace slipway::ops {

struct StepEvent {
  enum class Kind : std::uint8_t { Begun, Done, Failed, Undone, NotUndone };
  Kind kind = Kind::Begun;
  std::string_view step;
  std::string_view text;  // what it does; what came of it; why it failed
  std::chrono::milliseconds took{};
};

struct Summary {
  std::string_view result;  // deployed, undecided, refused, failed ...
  std::string_view text;    // in one sentence, with what to do next
  int exitCode = 0;
  std::chrono::milliseconds took{};
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void plan(const Plan& plan) = 0;  // of a dry run
  virtual void problem(std::string_view text) = 0;
  virtual void step(const StepEvent& event) = 0;
  /// How far the step is that has begun.
  virtual void progress(std::string_view text) = 0;
  virtual void note(std::string_view text) = 0;
  /// Of a container that failed.
  virtual void lastLines(std::string_view container, std::string_view lines) = 0;
  virtual void end(const Summary& summary) = 0;
};

enum class ReportForm : std::uint8_t { Plain, Terminal, Json };

/// The streams outlive it. Problems and failures go to `err`, all else to `out`; JSON all to `out`.
std::unique_ptr<Reporter> makeReporter(ReportForm form, std::ostream& out, std::ostream& err);

}  // namespace slipway::ops
