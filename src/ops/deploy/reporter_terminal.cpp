// A terminal: the step that is under way in one line that a thread of its own renews, so that it
// moves however long something takes.
#include <fmt/ostream.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ops/deploy/reporter_lines.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFrame{100};
constexpr std::array<std::string_view, 4> kFrames{"|", "/", "-", "\\"};
constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::size_t kLineBytes = 100;

class TerminalReporter final : public PlainReporter {
 public:
  TerminalReporter(std::ostream& out, std::ostream& err)
      : PlainReporter(out, err),
        out_(out),
        spinner_([this](const std::stop_token& stop) { spin(stop); }) {}

  void problem(std::string_view text) override {
    const auto quiet = interrupt();
    PlainReporter::problem(text);
  }
  void step(const StepEvent& event) override {
    const auto quiet = interrupt();
    if (event.kind == StepEvent::Kind::Begun) {
      step_ = event.step;
      progress_ = event.text;
      begun_ = Clock::now();
      return;
    }
    step_.clear();
    PlainReporter::step(event);
  }
  void progress(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    progress_ = text;
  }
  void note(std::string_view text) override {
    const auto quiet = interrupt();
    PlainReporter::note(text);
  }
  void lastLines(std::string_view container, std::string_view lines) override {
    const auto quiet = interrupt();
    PlainReporter::lastLines(container, lines);
  }
  void end(const Summary& summary) override {
    const auto quiet = interrupt();
    step_.clear();
    PlainReporter::end(summary);
  }

 private:
  /// The spinner's line away, for as long as the lock is held.
  std::unique_lock<std::mutex> interrupt() {
    std::unique_lock lock(mutex_);
    if (!step_.empty()) fmt::print(out_, "{}", kClearLine);
    return lock;
  }

  void spin(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    std::size_t frame = 0;
    while (!changed_.wait_for(lock, stop, kFrame, [] { return false; }) && !stop.stop_requested()) {
      if (step_.empty()) continue;
      const std::chrono::duration<double> passed = Clock::now() - begun_;
      const auto line = fmt::format("{} {:10} {:6.1f} s  {}", kFrames.at(frame++ % kFrames.size()),
                                    step_, passed.count(), progress_);
      fmt::print(out_, "{}{:.{}}", kClearLine, line, kLineBytes);
      out_.flush();
    }
  }

  std::ostream& out_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::string step_;
  std::string progress_;
  Clock::time_point begun_;
  std::jthread spinner_;  // last: it uses the others
};

}  // namespace

std::unique_ptr<Reporter> makeReporter(ReportForm form, std::ostream& out, std::ostream& err) {
  switch (form) {
    case ReportForm::Json:
      return std::make_unique<JsonReporter>(out);
    case ReportForm::Terminal:
      return std::make_unique<TerminalReporter>(out, err);
    case ReportForm::Plain:
      break;
  }
  return std::make_unique<PlainReporter>(out, err);
}

}  // namespace slipway::ops
