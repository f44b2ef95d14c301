#include "platform/unit_of_work.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <utility>

#include "platform/errors.hpp"
#include "platform/idempotency.hpp"
#include "platform/traced.hpp"

namespace slipway::platform {

namespace asio = net::asio;

namespace {

using Outcome = std::expected<void, SqlError>;
using Change = std::function<net::Task<net::Response>(UnitOfWork&)>;

constexpr Step kBegin{.operation = "BEGIN"};
constexpr Step kCommit{.operation = "COMMIT"};

constexpr Statement kSetSavepoint{"savepoint", "SAVEPOINT change"};
constexpr Statement kUndo{"savepoint.undo", "ROLLBACK TO SAVEPOINT change"};
constexpr Statement kExpire{"idempotency.expire",
                            "DELETE FROM idempotency_keys WHERE (subject, key) IN "
                            "(SELECT subject, key FROM idempotency_keys WHERE created_at <= $1 "
                            "ORDER BY created_at LIMIT $2)",
                            true};

constexpr unsigned kFirstErrorStatus = 400;
constexpr unsigned kFirstServerErrorStatus = 500;

Actor actorOf(const Call& call) {
  return {.subject = std::string(call.subject), .requestId = std::string(call.requestId)};
}

net::Task<net::Response> runPlain(const Call& call, Database& database, const Change& change) {
  auto begun = traced(call.span, kBegin, database.begin());
  auto transaction = co_await std::move(begun);
  if (!transaction) co_return errorResponse(transaction.error());
  UnitOfWork unit(std::move(*transaction), actorOf(call), call.span);
  net::Response answer = co_await change(unit);
  if (answer.status < kFirstErrorStatus) {
    const Outcome committed = co_await unit.commit();
    if (!committed) answer = errorResponse(committed.error());
  }
  co_return answer;
}

/// What is left to do with a keyed request's answer: keep it, without the change when it failed.
net::Task<Outcome> keepAndCommit(UnitOfWork& unit, const IdempotencyKey& key,
                                 const net::Response& answer, base::Timestamp now) {
  Outcome outcome;
  if (answer.status >= kFirstErrorStatus) outcome = co_await unit.undoToSavepoint();
  if (outcome) {
    unit.executeAtCommit(keepAnswer(key, answer, now));
    outcome = co_await unit.commit();
  }
  co_return outcome;
}

net::Task<> runNewKey(UnitOfWork& unit, const IdempotencyKey& key, const Change& change,
                      const base::Clock& clock, net::Response& answer) {
  const Outcome marked = co_await unit.setSavepoint();
  if (!marked) {
    answer = errorResponse(marked.error());
    co_return;
  }
  answer = co_await change(unit);
  if (answer.status < kFirstServerErrorStatus) {
    const Outcome kept = co_await keepAndCommit(unit, key, answer, clock.now());
    if (!kept) answer = errorResponse(kept.error());
  }
}

/// A repeat has the lock until it ends: ended before the client hears of it, whose next one may
/// come by another connection. Nothing was changed, so that the kept answer is right, however this
/// ends.
net::Task<> endReplay(UnitOfWork& unit) {
  [[maybe_unused]] const Outcome ended = co_await unit.commit();
}

net::Task<net::Response> runKeyed(const Call& call, Database& database, const IdempotencyKey& key,
                                  const Change& change, const base::Clock& clock) {
  auto begun = traced(call.span, kBegin, database.beginExclusive(key.lockName()));
  auto transaction = co_await std::move(begun);
  if (!transaction) {
    if (transaction.error().kind != SqlError::Kind::Busy) {
      co_return errorResponse(transaction.error());
    }
    net::Response running =
        errorResponse(409, "A request with this Idempotency-Key is still running");
    running.addHeader("Retry-After", "1");
    co_return running;
  }
  UnitOfWork unit(std::move(*transaction), actorOf(call), call.span);
  auto kept = co_await findKeptAnswer(unit, key, clock.now());
  if (!kept) co_return errorResponse(kept.error());
  net::Response answer = *kept ? std::move(**kept) : net::Response();
  auto rest = *kept ? endReplay(unit) : runNewKey(unit, key, change, clock, answer);
  co_await std::move(rest);
  co_return answer;
}

}  // namespace

net::Task<SqlResult> UnitOfWork::execute(const Statement& statement, SqlParameters parameters) {
  return traced(span_, statement, transaction_->execute(statement, std::move(parameters)));
}

net::Task<Outcome> UnitOfWork::setSavepoint() {
  const SqlResult result = co_await execute(kSetSavepoint, {});
  Outcome outcome;
  if (!result) outcome = std::unexpected(result.error());
  co_return outcome;
}

net::Task<Outcome> UnitOfWork::undoToSavepoint() {
  rolledBack();  // even if this fails: nothing is committed then
  const SqlResult result = co_await execute(kUndo, {});
  Outcome outcome;
  if (!result) outcome = std::unexpected(result.error());
  co_return outcome;
}

net::Task<Outcome> UnitOfWork::commit() {
  // A client that goes away now must not leave the cache with what was before the commit.
  auto executor = co_await asio::this_coro::executor;
  auto uncancelled = asio::bind_cancellation_slot(asio::cancellation_slot(), net::useTask);
  auto work = commitAndFollow();
  Outcome outcome = co_await asio::co_spawn(executor, std::move(work), uncancelled);
  co_return outcome;
}

void UnitOfWork::rolledBack() {
  last_.clear();
  after_.clear();
  for (const auto& action : std::exchange(undone_, {})) action();
}

net::Task<Outcome> UnitOfWork::commitAndFollow() {
  undone_.clear();
  Outcome committed = co_await runLast();
  const auto outcome = committed ? CommitOutcome::Committed : CommitOutcome::Unknown;
  for (auto& action : after_) co_await action(outcome);
  co_return committed;
}

/// The last statements and COMMIT share a round trip, and so its time and its error.
net::Task<Outcome> UnitOfWork::runLast() {
  std::vector<Step> steps;
  if (span_ != nullptr) {
    for (const auto& call : last_) steps.push_back({.statement = call.statement});
    steps.push_back(kCommit);
  }
  const StepTimer timer(span_);
  auto commit = transaction_->commit(std::exchange(last_, {}));
  Outcome committed = co_await std::move(commit);
  for (auto& step : steps) {
    if (!committed) step.error = kindName(committed.error().kind);
    timer.end(step);
  }
  co_return committed;
}

net::Task<net::Response> runWrite(Call& call, Database& database, const base::Clock& clock,
                                  Change change) {
  auto key = readIdempotencyKey(call);
  if (!key) co_return errorResponse(400, key.error());
  net::Response answer;
  if (*key) {
    answer = co_await runKeyed(call, database, **key, change, clock);
  } else {
    answer = co_await runPlain(call, database, change);
  }
  co_return answer;
}

net::Task<std::expected<std::int64_t, SqlError>> expireIdempotencyKeys(Database& database,
                                                                       base::Timestamp now,
                                                                       std::int64_t limit) {
  SqlParameters parameters;
  parameters.emplace_back(base::Timestamp(now - kIdempotencyKeyLifetime));
  parameters.emplace_back(limit);
  const SqlResult result = co_await database.execute(kExpire, std::move(parameters));
  std::expected<std::int64_t, SqlError> deleted;
  if (result) {
    deleted = (*result)->affected();
  } else {
    deleted = std::unexpected(result.error());
  }
  co_return deleted;
}

}  // namespace slipway::platform
