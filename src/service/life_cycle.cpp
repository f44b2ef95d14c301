#include "service/life_cycle.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <exception>
#include <memory>
#include <string>
#include <thread>

#include "service/exit_limit.hpp"
#include "service/housekeeping.hpp"

namespace slipway::service {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPoll{10};
constexpr milliseconds kAbortTime{500};
constexpr milliseconds kTraceTime{1000};
// For threads and destructors, when the drain is over. The log alone may take 2 s of the first.
constexpr milliseconds kExitTime{5000};
constexpr milliseconds kQuickExitTime{1000};  // when forced, or when a loop is known to hang

// The main thread never waits for a loop without a limit, and hears a second signal while it
// waits: a loop may hang.
class LifeCycle {
 public:
  LifeCycle(std::vector<std::unique_ptr<Worker>>& workers, SharedParts& shared)
      : workers_(workers), shared_(shared), signals_(loop_, SIGTERM, SIGINT), timer_(loop_) {}

  int run() {
    asio::co_spawn(loop_, drainOnSignal(), asio::detached);
    loop_.run();
    return exitCode_;
  }

  /// How long the rest may take after run().
  milliseconds exitTime() const { return forced_ || loopHangs_ ? kQuickExitTime : kExitTime; }

 private:
  /// What all loops were asked at once. On the main loop only.
  struct Round {
    std::size_t missing;  // loops that have not answered
    std::size_t sum = 0;  // of the answers
  };
  using RoundTask = net::Task<std::shared_ptr<Round>>;

  net::Task<> drainOnSignal();
  net::Task<> drain();
  net::Task<> closeAll();
  net::Task<> flushTraces();
  void stopOnSecondSignal();
  net::Task<> pause(milliseconds time);

  template <typename Action>
  void tellLoops(const Action& action);
  RoundTask countConnections(steady_clock::time_point deadline);
  RoundTask complete(std::shared_ptr<Round> round, steady_clock::time_point deadline);
  void answer(const std::shared_ptr<Round>& round, std::size_t value);
  void noteHanging(std::size_t loops);

  std::vector<std::unique_ptr<Worker>>& workers_;
  SharedParts& shared_;
  asio::io_context loop_{1};
  asio::basic_signal_set<net::Executor> signals_;
  asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, net::Executor> timer_;
  int exitCode_ = 0;
  bool forced_ = false;  // by a second signal
  bool loopHangs_ = false;
};

net::Task<> LifeCycle::pause(milliseconds time) {
  if (forced_) co_return;
  timer_.expires_after(time);
  boost::system::error_code ec;
  co_await timer_.async_wait(asio::redirect_error(net::useTask, ec));
}

void LifeCycle::stopOnSecondSignal() {
  signals_.async_wait([this](boost::system::error_code ec, int signal) {
    if (ec) return;
    shared_.logger.warning("Told twice to stop: stopping at once");
    forced_ = true;
    exitCode_ = 128 + signal;
    timer_.cancel();
  });
}

template <typename Action>
void LifeCycle::tellLoops(const Action& action) {
  for (auto& worker : workers_) {
    asio::post(worker->loop(), [action, &self = *worker] { action(self); });
  }
}

/// Called on any loop.
void LifeCycle::answer(const std::shared_ptr<Round>& round, std::size_t value) {
  asio::post(loop_, [this, round, value] {
    round->sum += value;
    if (--round->missing == 0) timer_.cancel();
  });
}

/// Waits until all have answered, but not longer than `deadline`, nor over a second signal.
LifeCycle::RoundTask LifeCycle::complete(std::shared_ptr<Round> round,
                                         steady_clock::time_point deadline) {
  const bool wasForced = forced_;
  while (round->missing > 0 && forced_ == wasForced && steady_clock::now() < deadline) {
    timer_.expires_at(deadline);
    boost::system::error_code ec;
    co_await timer_.async_wait(asio::redirect_error(net::useTask, ec));
  }
  co_return round;
}

LifeCycle::RoundTask LifeCycle::countConnections(steady_clock::time_point deadline) {
  auto round = std::make_shared<Round>(Round{.missing = workers_.size()});
  tellLoops([this, round](Worker& worker) { answer(round, worker.server().connections()); });
  return complete(std::move(round), deadline);
}

void LifeCycle::noteHanging(std::size_t loops) {
  if (loops == 0) return;
  loopHangs_ = true;
  shared_.logger.error("Event loops do not answer", {{"loops", static_cast<std::int64_t>(loops)}});
}

net::Task<> LifeCycle::drainOnSignal() {
  boost::system::error_code ec;
  const int signal = co_await signals_.async_wait(asio::redirect_error(net::useTask, ec));
  stopOnSecondSignal();
  const auto& settings = shared_.settings;
  shared_.state.draining = true;
  shared_.logger.info(
      "Draining", {{"signal", static_cast<std::int64_t>(signal)},
                   {"delay_seconds", static_cast<double>(settings.drainDelay.count()) / 1000},
                   {"timeout_seconds", static_cast<double>(settings.drainTimeout.count()) / 1000}});
  co_await drain();
  if (!forced_) co_await flushTraces();
  loop_.stop();
}

net::Task<> LifeCycle::drain() {
  tellLoops([](Worker& worker) { worker.server().beginDrain(); });
  co_await pause(shared_.settings.drainDelay);
  tellLoops([](Worker& worker) { worker.server().stopAccepting(); });
  const auto now = steady_clock::now();
  const auto deadline = forced_ ? now : now + shared_.settings.drainTimeout;
  const auto firstDeadline = std::max(deadline, now + kAbortTime);
  auto open = co_await countConnections(firstDeadline);
  while (open->sum > 0 && open->missing == 0 && !forced_ && steady_clock::now() < deadline) {
    co_await pause(kPoll);
    open = co_await countConnections(deadline);
  }
  if (open->sum == 0 && open->missing == 0) co_return;
  if (open->sum > 0) {
    shared_.logger.warning("Connections cut off at the end of the drain",
                           {{"connections", static_cast<std::int64_t>(open->sum)}});
  }
  if (!forced_) exitCode_ = 1;
  co_await closeAll();
}

net::Task<> LifeCycle::closeAll() {
  tellLoops([](Worker& worker) { worker.server().closeAll(); });
  const auto deadline = steady_clock::now() + kAbortTime;
  auto open = co_await countConnections(deadline);
  while (open->sum > 0 && steady_clock::now() < deadline) {
    timer_.expires_after(kPoll);  // even when forced
    boost::system::error_code ec;
    co_await timer_.async_wait(asio::redirect_error(net::useTask, ec));
    open = co_await countConnections(deadline);
  }
  noteHanging(open->missing);
}

/// The last spans are sent when the collector takes them soon.
net::Task<> LifeCycle::flushTraces() {
  auto round = std::make_shared<Round>(Round{.missing = 0});
  for (auto& worker : workers_) {
    if (worker->tracer() == nullptr) continue;
    ++round->missing;
    asio::co_spawn(worker->loop(), worker->tracer()->flush(),
                   [this, round](const std::exception_ptr&) { answer(round, 0); });
  }
  co_await complete(std::move(round), steady_clock::now() + kTraceTime);
}

/// For `top -H` and debuggers; at most 15 characters.
void nameThread(std::thread& thread, const std::string& name) {
  pthread_setname_np(thread.native_handle(), name.c_str());
}

}  // namespace

int runWorkers(std::vector<std::unique_ptr<Worker>>& workers, SharedParts& shared) {
  // Before any thread starts, so that all of them inherit it: a closed connection is an error
  // code, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  LifeCycle lifeCycle(workers, shared);
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    worker->server().start();
    threads.emplace_back([&self = *worker] {
      const auto guard = asio::make_work_guard(self.loop());
      self.loop().run();
    });
    nameThread(threads.back(), fmt::format("loop-{}", threads.size() - 1));
  }
  startHousekeeping(
      workers.front()->loop(),
      {.database = workers.front()->database(), .clock = shared.clock, .logger = shared.logger});
  shared.state.started = true;
  shared.logger.info("Listening",
                     {{"host", shared.settings.host},
                      {"port", static_cast<std::int64_t>(workers.front()->server().port())},
                      {"workers", static_cast<std::int64_t>(workers.size())}});
  const int exitCode = lifeCycle.run();
  startExitLimit(exitCode, lifeCycle.exitTime());
  for (auto& worker : workers) worker->loop().stop();
  for (auto& thread : threads) thread.join();
  shared.logger.info("Stopped", {{"exit_code", static_cast<std::int64_t>(exitCode)}});
  return exitCode;
}

}  // namespace slipway::service
