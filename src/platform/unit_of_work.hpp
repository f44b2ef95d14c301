// One write request's transaction: the change and, with an Idempotency-Key, the answer that is
// kept for its repeats are committed together; what must follow a commit (the cache) runs after
// it and before the client hears of it. Lives on one loop for one request.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/endpoint.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

/// Unknown: the database did not say that it committed (a lost connection, a time-out; in doubt,
/// this is also what an error is that did not come from COMMIT itself).
enum class CommitOutcome : std::uint8_t { Committed, Unknown };

/// On whose behalf a change is made, for what is written about it.
struct Actor {
  std::string subject;  // of the token; empty without one
  std::string requestId;
};

class UnitOfWork : public SqlSession {
 public:
  /// `span`: of the request, which outlives this; null: it is not recorded.
  explicit UnitOfWork(std::unique_ptr<Transaction> transaction, Actor actor = {},
                      const RequestSpan* span = nullptr)
      : transaction_(std::move(transaction)), actor_(std::move(actor)), span_(span) {}
  const Actor& actor() const { return actor_; }
  const RequestSpan* span() const { return span_; }
  ~UnitOfWork() override { rolledBack(); }
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;
  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override;
  /// Runs `call` in commit(), which fails with it: for what nothing that follows looks at, so that
  /// it takes no round trip of its own. Dropped when the work is rolled back.
  void executeAtCommit(SqlCall call) { last_.push_back(std::move(call)); }

  /// `action` runs when the commit was tried, in commit(): even when the request is cancelled
  /// meanwhile. Not run when the work is rolled back.
  using AfterCommit = std::function<net::Task<>(CommitOutcome)>;
  void afterCommit(AfterCommit action) { after_.push_back(std::move(action)); }
  /// `action` runs when it is certain that what was done before will not be committed: instead of
  /// the others. Must not throw.
  void afterRollback(std::function<void()> action) { undone_.push_back(std::move(action)); }

  /// Commits and runs what must follow. This object must outlive the task.
  net::Task<std::expected<void, SqlError>> commit();

  /// Marks the point that undoToSavepoint() goes back to; that also forgets the actions.
  net::Task<std::expected<void, SqlError>> setSavepoint();
  net::Task<std::expected<void, SqlError>> undoToSavepoint();

 private:
  net::Task<std::expected<void, SqlError>> commitAndFollow();
  net::Task<std::expected<void, SqlError>> runLast();
  void rolledBack();

  std::unique_ptr<Transaction> transaction_;
  const Actor actor_;
  const RequestSpan* const span_;
  SqlCalls last_;
  std::vector<AfterCommit> after_;
  std::vector<std::function<void()>> undone_;
};

/// Runs `change` in a transaction and commits it when the answer is below 400, otherwise rolls it
/// back. With an `Idempotency-Key` header the first answer below 500 is kept for 24 h and given
/// again to every repeat (`Idempotency-Replayed: true`); the same key with another method, target,
/// subject or body: 422; a repeat while the first runs: 409; a malformed key: 400. Of a kept
/// answer below 500 but not below 400 the change itself is rolled back all the same.
/// `call`, `database` and `clock` outlive the returned task.
net::Task<net::Response> runWrite(Call& call, Database& database, const base::Clock& clock,
                                  std::function<net::Task<net::Response>(UnitOfWork&)> change);

/// Deletes keys older than 24 h, at most `limit` of them. Called in small batches in the
/// background.
net::Task<std::expected<std::int64_t, SqlError>> expireIdempotencyKeys(Database& database,
                                                                       base::Timestamp now,
                                                                       std::int64_t limit);

}  // namespace slipway::platform
