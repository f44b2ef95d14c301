// Calls with a completion as something to await. A call costs one coroutine frame, Asio's own.
#pragma once

#include <boost/asio/async_result.hpp>
#include <utility>

#include "net/task.hpp"
#include "platform/postgres/postgres_call.hpp"

namespace slipway::platform {

/// Awaits what `start(done)` completes. `start` is a value: it is kept in the frame.
template <typename Result, typename Start>
net::Task<Result> awaitDone(Start start) {
  const auto initiate = [](auto handler, const Start& begin) { begin(std::move(handler)); };
  using Token = const net::asio::use_awaitable_t<net::Executor>;
  return net::asio::async_initiate<Token, void(Result)>(initiate, net::useTask, std::move(start));
}

/// Awaits `call`'s answer by `target`, a PostgresConnection or PostgresPipeline.
template <typename Target>
net::Task<SqlResult> awaitCall(std::shared_ptr<Target> target, PostgresCall call) {
  const auto initiate = [](auto handler, const std::shared_ptr<Target>& to, PostgresCall what) {
    what.done = std::move(handler);
    to->submit(std::move(what));
  };
  using Token = const net::asio::use_awaitable_t<net::Executor>;
  return net::asio::async_initiate<Token, void(SqlResult)>(initiate, net::useTask,
                                                           std::move(target), std::move(call));
}

}  // namespace slipway::platform
