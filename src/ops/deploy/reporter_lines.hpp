// Reporters that write lines: for a pipe or a file, and for programs.
#pragma once

#include <ostream>

#include "base/json.hpp"
#include "ops/deploy/reporter.hpp"

namespace slipway::ops {

/// "start      done          2.3 s  2 of 2 ready"
std::string lineOf(const StepEvent& event);

class PlainReporter : public Reporter {
 public:
  PlainReporter(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}
  void plan(const Plan& plan) override;
  void problem(std::string_view text) override;
  void step(const StepEvent& event) override;
  void progress(std::string_view /*text*/) override {}
  void note(std::string_view text) override;
  void lastLines(std::string_view container, std::string_view lines) override;
  void end(const Summary& summary) override;

 private:
  std::ostream& out_;
  std::ostream& err_;
};

class JsonReporter final : public Reporter {
 public:
  explicit JsonReporter(std::ostream& out) : out_(out) {}
  void plan(const Plan& plan) override;
  void problem(std::string_view text) override;
  void step(const StepEvent& event) override;
  void progress(std::string_view /*text*/) override {}
  void note(std::string_view text) override;
  void lastLines(std::string_view container, std::string_view lines) override;
  void end(const Summary& summary) override;

 private:
  void print(const base::Json& json);

  std::ostream& out_;
};

}  // namespace slipway::ops
