// Plain lines and JSON.
#include "ops/deploy/reporter_lines.hpp"

#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace slipway::ops {

namespace {

using base::Json;
using Kind = StepEvent::Kind;

std::string_view resultOf(Kind kind) {
  switch (kind) {
    case Kind::Begun:
      return "begun";
    case Kind::Done:
      return "done";
    case Kind::Failed:
      return "failed";
    case Kind::Undone:
      return "undone";
    case Kind::NotUndone:
      return "not undone";
  }
  return "";
}

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

}  // namespace

std::string lineOf(const StepEvent& event) {
  return fmt::format("{:10} {:10} {:6.1f} s  {}", event.step, resultOf(event.kind),
                     seconds(event.took), event.text);
}

void PlainReporter::plan(const Plan& plan) {
  for (const auto& step : plan) fmt::print(out_, "{:10} {}\n", step.name, step.does);
}

void PlainReporter::problem(std::string_view text) { fmt::print(err_, "slipway: {}\n", text); }

void PlainReporter::step(const StepEvent& event) {
  if (event.kind == Kind::Begun) {
    fmt::print(out_, "{:10} ...        {}\n", event.step, event.text);
  } else {
    fmt::print(out_, "{}\n", lineOf(event));
  }
  out_.flush();  // a pipe is read while the operation goes on
}

void PlainReporter::note(std::string_view text) {
  fmt::print(out_, "{:10} {}\n", "note", text);
  out_.flush();
}

void PlainReporter::lastLines(std::string_view container, std::string_view lines) {
  for (const auto line : base::splitList(lines, '\n')) {
    fmt::print(out_, "{} | {}\n", container, line);
  }
}

void PlainReporter::end(const Summary& summary) {
  auto& stream = summary.exitCode == 0 ? out_ : err_;
  fmt::print(stream, "slipway: {}\n", summary.text);
  stream.flush();
}

void JsonReporter::print(const Json& json) {
  fmt::print(out_, "{}\n", json.dump());
  out_.flush();
}

void JsonReporter::plan(const Plan& plan) {
  for (const auto& step : plan) {
    print(Json::object({{"step", step.name}, {"does", step.does}}));
  }
}

void JsonReporter::problem(std::string_view text) { print(Json::object({{"problem", text}})); }

void JsonReporter::step(const StepEvent& event) {
  if (event.kind == Kind::Begun) return;
  print(Json::object({{"step", event.step},
                      {"result", resultOf(event.kind)},
                      {"text", event.text},
                      {"seconds", seconds(event.took)}}));
}

void JsonReporter::note(std::string_view text) { print(Json::object({{"note", text}})); }

void JsonReporter::lastLines(std::string_view container, std::string_view lines) {
  print(Json::object({{"container", container}, {"lines", lines}}));
}

void JsonReporter::end(const Summary& summary) {
  print(Json::object({{"result", summary.result},
                      {"text", summary.text},
                      {"exit_code", summary.exitCode},
                      {"seconds", seconds(summary.took)}}));
}

}  // namespace slipway::ops
