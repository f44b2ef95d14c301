// What the unit tests of stores share: a clock to turn, a folder that goes away, and a way to run
// a coroutine to its end. Not part of the program.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/temporary_folder_test_support.hpp"
#include "base/time.hpp"
#include "net/task.hpp"

namespace slipway::testing {

/// Stands until it is turned. Thread-safe.
class FakeClock final : public base::Clock {
 public:
  base::Timestamp now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void advance(std::chrono::microseconds by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  base::Timestamp now_{std::chrono::microseconds(1'763'848'204'467'741)};
};

/// Runs `loop` until `task` has ended; throws what it threw. Other coroutines run meanwhile.
template <typename T>
T run(net::asio::io_context& loop, net::Task<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  net::asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error, T value) {
    failure = error;
    result.emplace(std::move(value));
  });
  loop.restart();
  while (!result) loop.run_one();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

inline void run(net::asio::io_context& loop, net::Task<> task) {
  bool done = false;
  std::exception_ptr failure;
  net::asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error) {
    failure = error;
    done = true;
  });
  loop.restart();
  while (!done) loop.run_one();
  if (failure) std::rethrow_exception(failure);
}

/// Starts `task`; its result can be had when the loop has run it to its end.
template <typename T>
std::shared_ptr<std::optional<T>> start(net::asio::io_context& loop, net::Task<T> task) {
  auto result = std::make_shared<std::optional<T>>();
  net::asio::co_spawn(loop, std::move(task), [result](const std::exception_ptr& error, T value) {
    if (error) std::rethrow_exception(error);
    result->emplace(std::move(value));
  });
  return result;
}

}  // namespace slipway::testing
