#include "ops/validate/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cmath>
#include <exception>
#include <numeric>

#include "ops/validate/findings.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;
using Latencies = std::vector<LoadFigures::Milliseconds>;

/// What the clients of one load share; they run on one loop.
struct Load {
  const ServiceAccess& access;
  const LoadPlan& plan;
  Clock::time_point started = Clock::now();
  std::size_t next = 0;  // number of the request that is due
  std::size_t running = 0;
  LoadFigures figures = {};
  Latencies latencies = {};
  std::exception_ptr thrown = {};

  bool isOver() const {
    return next >= plan.requests || Clock::now() >= started + plan.limit || access.stopped();
  }
  /// When the request of that number is due.
  Clock::time_point dueAt(std::size_t number) const {
    if (plan.ratePerSecond <= 0) return started;
    const std::chrono::duration<double> after(static_cast<double>(number) / plan.ratePerSecond);
    return started + std::chrono::duration_cast<Clock::duration>(after);
  }
};

net::Task<> runClient(Load& load) {
  ServiceClient client(load.access);
  while (!load.isOver()) {
    const auto due = load.dueAt(load.next++);
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    if (pause.count() > 0) co_await waitUnlessStopped(pause, load.access.stopped);
    Question question{.path = load.plan.path};
    const auto answer = co_await client.ask(std::move(question));
    if (load.access.stopped()) break;
    ++load.figures.requests;
    load.latencies.push_back(client.took());
    if (!answer || answer->status != 200) ++load.figures.errors;
  }
  load.figures.limited += client.limited();
}

}  // namespace

net::Task<LoadFigures> runLoad(const ServiceAccess& access, LoadPlan plan) {
  const auto executor = co_await net::asio::this_coro::executor;
  Load load{.access = access, .plan = plan};
  load.latencies.reserve(plan.requests);
  using Timer =
      net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor>;
  Timer done(executor, Clock::time_point::max());
  load.running = std::min(plan.clients, plan.requests);
  for (std::size_t i = load.running; i > 0; --i) {
    net::asio::co_spawn(executor, runClient(load), [&](const std::exception_ptr& thrown) {
      if (thrown) load.thrown = thrown;
      if (--load.running == 0) done.cancel();
    });
  }
  boost::system::error_code cancelled;
  if (load.running > 0) {
    co_await done.async_wait(net::asio::redirect_error(net::useTask, cancelled));
  }
  if (load.thrown) std::rethrow_exception(load.thrown);
  load.figures.took = Clock::now() - load.started;
  summarise(load.figures, load.latencies);
  co_return load.figures;
}

void summarise(LoadFigures& figures, Latencies& latencies) {
  if (latencies.empty()) return;
  std::ranges::sort(latencies);
  const auto count = static_cast<double>(latencies.size());
  const auto atRank = [&](double share) {
    return latencies[static_cast<std::size_t>(std::max(1.0, std::ceil(share * count))) - 1];
  };
  figures.mean =
      std::accumulate(latencies.begin(), latencies.end(), LoadFigures::Milliseconds{}) / count;
  figures.p50 = atRank(0.50);
  figures.p95 = atRank(0.95);
  figures.p99 = atRank(0.99);
  figures.max = latencies.back();
}

Check judge(const LoadFigures& figures, const LoadPlan& plan, const Thresholds& thresholds) {
  Findings findings;
  findings.require(figures.requests >= plan.requests,
                   fmt::format("only {} of {} requests within {} s", figures.requests,
                               plan.requests, plan.limit.count()));
  findings.require(figures.mean < thresholds.mean,
                   fmt::format("mean {:.1f} ms, the limit is {:.0f}", figures.mean.count(),
                               thresholds.mean.count()));
  findings.require(thresholds.p99.count() <= 0 || figures.p99 < thresholds.p99,
                   fmt::format("p99 {:.1f} ms, the limit is {:.0f}", figures.p99.count(),
                               thresholds.p99.count()));
  findings.require(figures.errors == 0 || figures.errorPercent() < thresholds.errorPercent,
                   fmt::format("{} errors, {:.2f} %, the limit is {:.2f}", figures.errors,
                               figures.errorPercent(), thresholds.errorPercent));
  return findings.check(
      "load", fmt::format("{} requests, {} errors, mean {:.1f} ms, p99 {:.1f} ms", figures.requests,
                          figures.errors, figures.mean.count(), figures.p99.count()));
}

}  // namespace slipway::ops
