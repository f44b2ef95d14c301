// A thread that owns one SQLite connection and runs what is posted to it, in order. A transaction
// holds the thread's connection until it ends: its statements run at once, everything else waits
// its turn, without blocking anyone. The queue is bounded, every wait has an end.
// All member functions may be called from any thread; replies come on the worker's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "platform/sql.hpp"
#include "platform/sqlite/sqlite_connection.hpp"
#include "platform/sqlite/sqlite_options.hpp"

namespace slipway::platform {

/// Who waits for a job's result. Called once at most, on the worker's thread; must not block.
class SqliteReply {
 public:
  virtual ~SqliteReply() = default;
  virtual void deliver(SqlResult result) = 0;
};

struct SqliteJob {
  enum class Kind : std::uint8_t { Execute, Begin, Commit, Rollback, Probe, Task };
  Kind kind = Kind::Execute;
  std::uint64_t transaction = 0;                       // of which it is part; 0: none
  const Statement* statement = nullptr;                // Execute
  SqlParameters parameters = {};                       // Execute
  SqlCalls last = {};                                  // Commit: run before it
  std::function<void(SqliteConnection&)> task = {};    // Task
  std::shared_ptr<SqliteReply> reply = {};             // null: nobody waits
  std::chrono::steady_clock::time_point startBy = {};  // set by submit() unless given
};

class SqliteWorker {
 public:
  SqliteWorker(std::unique_ptr<SqliteConnection> connection, const SqliteOptions& options);
  /// Ends the job that runs, fails those that wait, rolls back an open transaction.
  ~SqliteWorker();
  SqliteWorker(const SqliteWorker&) = delete;
  SqliteWorker& operator=(const SqliteWorker&) = delete;

  /// A number for a new transaction; pass it with Begin and every job that belongs to it. One
  /// that was begun must be ended by Commit or Rollback (further ones do nothing).
  std::uint64_t newTransaction();
  /// False when the queue is full; the job's reply is then not called. A transaction that was
  /// begun and probes are never refused.
  bool submit(SqliteJob job);
  /// Runs `task` in its turn and waits for it; what it throws is thrown here.
  void runAndWait(std::function<void(SqliteConnection&)> task);

  std::size_t waiting() const;
  bool busy() const;

 private:
  using Clock = std::chrono::steady_clock;

  void loop();
  std::optional<SqliteJob> next();
  bool admit(SqliteJob& job);
  void dropWaitingBegin(std::uint64_t transaction);
  SqlResult run(SqliteJob& job);
  SqlResult begin(std::uint64_t transaction);
  SqlResult runOwned(const SqliteJob& job);
  SqlResult commit(const SqlCalls& last);
  void failAll();

  const SqliteOptions options_;
  const std::unique_ptr<SqliteConnection> connection_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_.
  std::deque<SqliteJob> owned_;    // parts of transactions that were begun
  std::deque<SqliteJob> waiting_;  // everything else, first come first served
  std::uint64_t lastTransaction_ = 0;
  bool busy_ = false;
  bool stopping_ = false;
  // The worker's thread only.
  std::uint64_t holder_ = 0;  // the transaction that holds the connection; 0: none
  Clock::time_point holderDeadline_{};
  std::thread thread_;
};

}  // namespace slipway::platform
