#include "service/exit_limit.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

volatile std::sig_atomic_t exitCodeAtLimit = kExitFailure;

// These two only call what a signal handler may.
void leave(int) {
  constexpr char kText[] = "slipwayd: the shutdown hangs: leaving it unfinished\n";
  [[maybe_unused]] const auto ignored = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  _exit(exitCodeAtLimit);
}

void hurry(int signal) {
  exitCodeAtLimit = 128 + signal;
  alarm(1);
}

void setTimer(std::chrono::milliseconds limit) {
  itimerval value{};
  value.it_value.tv_sec = static_cast<time_t>(limit.count() / 1000);
  value.it_value.tv_usec = static_cast<suseconds_t>(limit.count() % 1000 * 1000);
  setitimer(ITIMER_REAL, &value, nullptr);
}

}  // namespace

void startExitLimit(int exitCode, std::chrono::milliseconds limit) {
  exitCodeAtLimit = exitCode == kExitOk ? kExitFailure : exitCode;
  std::signal(SIGALRM, leave);
  std::signal(SIGTERM, hurry);
  std::signal(SIGINT, hurry);
  setTimer(limit);
}

ExitLimitScope::~ExitLimitScope() { setTimer(std::chrono::milliseconds(0)); }

}  // namespace slipway::service
