#include "service/life_cycle.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>
#include <future>
#include <thread>

#include "service/housekeeping.hpp"

namespace slipway::service {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPoll{10};
constexpr milliseconds kAbortTime{500};
constexpr milliseconds kTraceTime{1000};

/// Runs `action` on every worker's loop and waits for its results.
template <typename Action>
auto onEachLoop(std::vector<std::unique_ptr<Worker>>& workers, Action action) {
  using Result = std::invoke_result_t<Action, Worker&>;
  std::vector<std::future<Result>> results;
  for (auto& worker : workers) {
    auto task = std::make_shared<std::packaged_task<Result()>>(
        [action, &self = *worker] { return action(self); });
    results.push_back(task->get_future());
    asio::post(worker->loop(), [task] { (*task)(); });
  }
  std::vector<Result> values;
  for (auto& result : results) values.push_back(result.get());
  return values;
}

std::size_t openConnections(std::vector<std::unique_ptr<Worker>>& workers) {
  std::size_t open = 0;
  const auto counts =
      onEachLoop(workers, [](Worker& worker) { return worker.server().connections(); });
  for (const auto count : counts) open += count;
  return open;
}

class LifeCycle {
 public:
  LifeCycle(std::vector<std::unique_ptr<Worker>>& workers, SharedParts& shared)
      : workers_(workers), shared_(shared), signals_(loop_, SIGTERM, SIGINT), timer_(loop_) {}

  int run() {
    asio::co_spawn(loop_, drainOnSignal(), asio::detached);
    loop_.run();
    return exitCode_;
  }

 private:
  net::Task<> drainOnSignal();
  void stopOnSecondSignal();
  net::Task<> pause(milliseconds time);
  void closeAll();

  std::vector<std::unique_ptr<Worker>>& workers_;
  SharedParts& shared_;
  asio::io_context loop_{1};
  asio::basic_signal_set<net::Executor> signals_;
  asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, net::Executor> timer_;
  int exitCode_ = 0;
  bool forced_ = false;
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
  onEachLoop(workers_, [](Worker& worker) { return worker.server().beginDrain(), true; });
  co_await pause(settings.drainDelay);
  onEachLoop(workers_, [](Worker& worker) { return worker.server().stopAccepting(), true; });
  const auto deadline = steady_clock::now() + settings.drainTimeout;
  auto open = openConnections(workers_);
  while (open > 0 && !forced_ && steady_clock::now() < deadline) {
    co_await pause(kPoll);
    open = openConnections(workers_);
  }
  if (open > 0) {
    shared_.logger.warning("Connections cut off at the end of the drain",
                           {{"connections", static_cast<std::int64_t>(open)}});
    if (!forced_) exitCode_ = 1;
    closeAll();
  }
  loop_.stop();
}

void LifeCycle::closeAll() {
  onEachLoop(workers_, [](Worker& worker) { return worker.server().closeAll(), true; });
  const auto deadline = steady_clock::now() + kAbortTime;
  while (openConnections(workers_) > 0 && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPoll);
  }
}

/// The last spans are sent when the collector takes them soon.
void flushTraces(std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<std::future<void>> flushed;
  for (auto& worker : workers) {
    if (worker->tracer() == nullptr) continue;
    flushed.push_back(asio::co_spawn(worker->loop(), worker->tracer()->flush(), asio::use_future));
  }
  const auto deadline = steady_clock::now() + kTraceTime;
  for (auto& done : flushed) done.wait_until(deadline);
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
  }
  startHousekeeping(*workers.front(), shared);
  shared.state.started = true;
  shared.logger.info("Listening",
                     {{"host", shared.settings.host},
                      {"port", static_cast<std::int64_t>(workers.front()->server().port())},
                      {"workers", static_cast<std::int64_t>(workers.size())}});
  const int exitCode = lifeCycle.run();
  if (exitCode < 128) flushTraces(workers);
  for (auto& worker : workers) worker->loop().stop();
  for (auto& thread : threads) thread.join();
  shared.logger.info("Stopped", {{"exit_code", static_cast<std::int64_t>(exitCode)}});
  return exitCode;
}

}  // namespace slipway::service
