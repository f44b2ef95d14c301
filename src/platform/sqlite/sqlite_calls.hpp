// The calls of one event loop that wait for an SQLite engine: they resume on the loop, in batches,
// each with an end of its own should the engine hang. Lives on its loop; only what engine threads
// deliver crosses over.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "net/task.hpp"
#include "platform/sqlite/sqlite_worker.hpp"

namespace slipway::platform {

class SqliteCalls : public std::enable_shared_from_this<SqliteCalls> {
 public:
  explicit SqliteCalls(net::asio::io_context& loop);

  /// Posts `job` to `worker` and waits for its result, no longer than `limit`: then Timeout, and
  /// the result is dropped when it comes. Overloaded when the worker takes no more. Not cut short
  /// by cancellation (the work would go on all the same); the caller sees it afterwards.
  net::Task<SqlResult> call(SqliteWorker& worker, SqliteJob job, std::chrono::milliseconds limit);

  /// Lets go of the coroutines that still wait; they never resume.
  void close();
  std::size_t pending() const { return pending_.size(); }

 private:
  class Call;

  void deliver(std::shared_ptr<Call> call, SqlResult result);  // any thread
  void resumeDelivered();
  void complete(Call& call, SqlResult result);
  void watch();
  void expire();

  net::Executor executor_;
  std::vector<std::shared_ptr<Call>> pending_;
  std::optional<net::asio::steady_timer> timer_;  // none once closed: it needs its loop
  bool watching_ = false;

  struct Delivered {
    std::shared_ptr<Call> call;
    SqlResult result;
  };
  std::mutex mutex_;
  std::vector<Delivered> delivered_;  // guarded
  bool open_ = true;                  // guarded
};

}  // namespace slipway::platform
