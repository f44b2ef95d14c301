#include "ops/deploy/waiting_clock.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <thread>

namespace slipway::ops {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
constexpr std::chrono::milliseconds kSlice{20};

std::atomic<bool> stopWanted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void onSignal(int /*signal*/) { stopWanted = true; }

void handleSignals(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace

SystemWaitingClock::SystemWaitingClock() {
  stopWanted = false;
  handleSignals(onSignal);
}

SystemWaitingClock::~SystemWaitingClock() { handleSignals(SIG_DFL); }

base::Timestamp SystemWaitingClock::now() const { return base::systemClock().now(); }

void SystemWaitingClock::wait(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  const bool before = stopWanted;
  while (std::chrono::steady_clock::now() < end && stopWanted == before) {
    std::this_thread::sleep_for(std::min(kSlice, time));
  }
}

bool SystemWaitingClock::interrupted() const { return stopWanted; }

}  // namespace slipway::ops
