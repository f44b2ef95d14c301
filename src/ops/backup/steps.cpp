#include "ops/backup/steps.hpp"

#include <fmt/format.h>

#include <array>

namespace slipway::ops {

void Steps::begin(std::string name, std::string_view does) {
  done();
  name_ = std::move(name);
  begun_ = told_ = Clock::now();
  if (reporter_ != nullptr) {
    reporter_->step({.kind = StepEvent::Kind::Begun, .step = name_, .text = does});
  }
}

void Steps::end(StepEvent::Kind kind, std::string_view text) {
  if (name_.empty()) return;
  if (reporter_ != nullptr) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    reporter_->step({.kind = kind, .step = name_, .text = text, .took = took});
  }
  name_.clear();
}

void Steps::moved(std::uint64_t bytes, std::uint64_t of) {
  constexpr std::chrono::milliseconds kEvery{250};
  const auto now = Clock::now();
  if (reporter_ == nullptr || now < told_ + kEvery) return;
  told_ = now;
  reporter_->progress(of == 0 ? sizeInWords(bytes)
                              : fmt::format("{} of {}", sizeInWords(bytes), sizeInWords(of)));
}

void Steps::note(std::string_view text) {
  if (reporter_ != nullptr) reporter_->note(text);
}

std::string sizeInWords(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  constexpr double kNext = 1024;
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= kNext && unit + 1 < kUnits.size()) {
    size /= kNext;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

}  // namespace slipway::ops
