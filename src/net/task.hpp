// The coroutine type of everything that waits, and the executor it runs on: one io_context a
// thread, so that nothing on a loop needs a lock. A Task starts when it is awaited.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <typename T = void>
using Task = asio::awaitable<T, Executor>;

/// Completion token for asynchronous operations inside a Task.
inline constexpr asio::use_awaitable_t<Executor> useTask;

}  // namespace slipway::net
