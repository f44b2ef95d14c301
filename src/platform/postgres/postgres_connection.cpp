#include "platform/postgres/postgres_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "platform/postgres/postgres_cork.hpp"
#include "platform/postgres/postgres_errors.hpp"
#include "platform/postgres/postgres_rows.hpp"
#include "platform/postgres/postgres_session.hpp"
#include "platform/postgres/postgres_values.hpp"

namespace slipway::platform {

namespace asio = net::asio;

namespace {

using boost::system::error_code;
using State = PostgresPrepared::State;

// The server sends the answers of a segment together: enough to save it and us a system call each,
// few enough that it works on the next segment while we work on this one's answers.
constexpr unsigned kMostTogether = 8;

// SQLite knows no FOR UPDATE and needs none: its transactions hold everything.
std::string sqlOf(const Statement& statement) {
  return std::string(statement.sql) + (statement.holds ? " FOR UPDATE" : "");
}

SqlError unavailable(std::string why) { return {SqlError::Kind::Unavailable, std::move(why)}; }

}  // namespace

PostgresConnection::PostgresConnection(const net::Executor& executor, PostgresHandle handle,
                                       const PostgresOptions& options)
    : executor_(executor),
      options_(options),
      handle_(std::move(handle)),
      descriptor_(executor),
      timer_(executor) {}

PostgresConnection::~PostgresConnection() { close(); }

std::expected<void, std::string> PostgresConnection::start(OnLost onLost) {
  PGconn* const connection = handle_.get();
  PQsetNoticeReceiver(connection, &onNotice, this);
  error_code ec;
  if (PQenterPipelineMode(connection) != 1) return std::unexpected(connectionProblem(connection));
  descriptor_.assign(PQsocket(connection), ec);
  if (ec) return std::unexpected(ec.message());
  onLost_ = std::move(onLost);
  waitReadable();
  return {};
}

void PostgresConnection::submit(PostgresCall call) {
  const SqlError* const problem = problemWith(call);
  if (problem != nullptr || !isOpen()) {
    if (!call.done) return;
    auto error = problem != nullptr ? *problem : unavailable("the connection is lost");
    asio::post(executor_, [done = std::move(call.done), error = std::move(error)]() mutable {
      done(std::unexpected(std::move(error)));
    });
    return;
  }
  outbox_.push_back(std::move(call));
  if (std::exchange(sendPosted_, true)) return;
  // Behind everything that this turn of the loop has still to do.
  asio::post(executor_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->sendAll();
  });
}

void PostgresConnection::sendAll() {
  sendPosted_ = false;
  if (!isOpen()) return;
  const auto now = Clock::now();
  if (inFlight_.empty()) lastProgress_ = now;
  auto earliest = now + options_.answerTimeout();
  for (const auto& call : outbox_) earliest = std::min(earliest, call.deadline);
  if (!sendOutbox(now)) return lose(unavailable(connectionProblem(handle_.get())));
  watch(earliest);
  updateGauge();
  flush();
}

bool PostgresConnection::sendOutbox(Clock::time_point now) {
  const PostgresCork cork(handle_.get(), outbox_.size() > 1);
  unsigned together = 0;
  bool good = true;
  while (good && !outbox_.empty()) {
    InFlight& flight = inFlight_.emplace_back();
    flight.call = std::move(outbox_.front());
    outbox_.pop_front();
    flight.sent = now;
    flight.call.sent = true;
    const bool goesOn = ++together < kMostTogether && mayShare(flight.call) && !outbox_.empty() &&
                        mayShare(outbox_.front());
    flight.endsSegment = !goesOn;
    if (!goesOn) together = 0;
    good = send(flight);
  }
  return good;
}

bool PostgresConnection::send(InFlight& flight) {
  bool good = true;
  if (flight.call.begins) {
    good = sendStatement(flight, kPostgresBegin, {}, Step::Kind::Run);
    if (good && options_.pooler == PostgresPooler::Transaction) {
      good = sendStatement(flight, kPostgresLimits, postgresLimits(options_), Step::Kind::Run);
    }
  }
  for (const auto& [statement, parameters] : flight.call.before) {
    good = good && sendStatement(flight, *statement, parameters, Step::Kind::Run);
  }
  return good &&
         sendStatement(flight, *flight.call.statement, flight.call.parameters,
                       Step::Kind::Answer) &&
         (!flight.endsSegment || sendSync());
}

bool PostgresConnection::sendStatement(InFlight& flight, const Statement& statement,
                                       const SqlParameters& parameters, Step::Kind kind) {
  PGconn* const connection = handle_.get();
  const PostgresParameters values(parameters);
  PostgresPrepared* prepared = options_.pooler == PostgresPooler::None
                                   ? statements_.find(statement, values.signature())
                                   : nullptr;
  if (prepared == nullptr || prepared->state == State::Preparing) {
    flight.steps[flight.stepCount++] = {kind, nullptr, &statement};
    const std::string sql = sqlOf(statement);
    return PQsendQueryParams(connection, sql.c_str(), values.count(), values.types(),
                             values.values(), values.lengths(), values.formats(), 1) == 1;
  }
  if (prepared->state == State::Absent) {
    statements_.rename(*prepared);
    prepared->state = State::Preparing;
    flight.steps[flight.stepCount++] = {Step::Kind::Prepare, prepared, &statement};
    const std::string sql = sqlOf(statement);
    if (PQsendPrepare(connection, prepared->name.c_str(), sql.c_str(), values.count(),
                      values.types()) != 1) {
      return false;
    }
  }
  flight.steps[flight.stepCount++] = {kind, prepared, &statement};
  return PQsendQueryPrepared(connection, prepared->name.c_str(), values.count(), values.values(),
                             values.lengths(), values.formats(), 1) == 1;
}

bool PostgresConnection::sendSync() {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
  return PQsendPipelineSync(handle_.get()) == 1;
#else
  return PQpipelineSync(handle_.get()) == 1;
#endif
}

void PostgresConnection::flush() {
  if (writing_ || !isOpen()) return;
  const int left = PQflush(handle_.get());
  if (left < 0) return lose(unavailable(connectionProblem(handle_.get())));
  if (left == 0) return;
  writing_ = true;
  descriptor_.async_wait(PostgresDescriptor::wait_write, [weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!self) return;
    self->writing_ = false;
    if (!ec) self->flush();
  });
}

void PostgresConnection::waitReadable() {
  descriptor_.async_wait(PostgresDescriptor::wait_read, [weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (self && !ec && self->isOpen()) self->onReadable();
  });
}

void PostgresConnection::onReadable() {
  const bool good = PQconsumeInput(handle_.get()) == 1;
  now_ = Clock::now();
  readAnswers();
  updateGauge();
  loseIfRetired();
  if (!isOpen()) return;
  if (!good || PQstatus(handle_.get()) == CONNECTION_BAD) {
    return lose(unavailable(connectionProblem(handle_.get())));
  }
  waitReadable();
}

void PostgresConnection::readAnswers() {
  int separators = 0;
  while (isOpen() && PQisBusy(handle_.get()) == 0 && !inFlight_.empty()) {
    PostgresResult result(PQgetResult(handle_.get()));
    if (!result) {  // between the answers to two commands; twice: there is nothing more
      if (++separators > 1) break;
      continue;
    }
    separators = 0;
    take(std::move(result));
  }
}

void PostgresConnection::take(PostgresResult result) {
  lastProgress_ = now_;
  if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return finishFirst();
  takeStep(inFlight_.front(), std::move(result));
  if (inFlight_.empty()) return;  // the connection is lost
  const InFlight& flight = inFlight_.front();
  if (!flight.endsSegment && flight.step == flight.stepCount) finishFirst();
}

void PostgresConnection::takeStep(InFlight& flight, PostgresResult result) {
  const auto status = PQresultStatus(result.get());
  const Step step = flight.steps[std::min<std::size_t>(flight.step, flight.steps.size() - 1)];
  ++flight.step;
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
    if (step.kind == Step::Kind::Prepare) step.prepared->state = State::Ready;
    if (step.kind == Step::Kind::Answer) {
      flight.outcome = std::make_unique<PostgresRows>(std::move(result));
    }
    return;
  }
  // It failed, or was skipped because what came before it in its segment failed.
  if (step.kind == Step::Kind::Prepare) step.prepared->state = State::Absent;
  if (status == PGRES_PIPELINE_ABORTED) {
    if (flight.step == 1) flight.skipped = true;  // nothing of its own had failed
    return;
  }
  if (endsSession(result.get()) || PQstatus(handle_.get()) == CONNECTION_BAD) {
    const auto error = postgresError(result.get(), "the server ended the session");
    return lose(unavailable(sqlStateOf(result.get()).empty() ? connectionProblem(handle_.get())
                                                             : error.message));
  }
  flight.outcome = std::unexpected(postgresError(result.get(), step.statement->name));
  // Of a plan or a name that the server does not have any more: prepared anew the next time.
  const auto sqlState = sqlStateOf(result.get());
  if (step.prepared != nullptr && (sqlState == "26000" || sqlState == "0A000")) {
    step.prepared->state = State::Absent;
  }
  if (sqlState == "25006") sawReadOnly_ = true;
}

void PostgresConnection::finishFirst() {
  InFlight flight = std::move(inFlight_.front());
  inFlight_.pop_front();
  if (flight.skipped) return repeatAlone(std::move(flight.call));
  if (options_.observer) {
    options_.observer(flight.call.statement->name, now_ - std::max(flight.sent, lastFinish_));
  }
  lastFinish_ = now_;
  if (flight.call.done) flight.call.done(std::move(flight.outcome));
}

void PostgresConnection::repeatAlone(PostgresCall call) {
  if (!call.done) return;
  call.alone = true;
  call.sent = false;
  submit(std::move(call));
}

void PostgresConnection::watch(Clock::time_point when) {
  if (watchedUntil_ && *watchedUntil_ <= when) return;
  watchedUntil_ = when;
  timer_.expires_at(when);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (self && !ec && self->isOpen()) self->onTimer();
  });
}

void PostgresConnection::onTimer() {
  watchedUntil_.reset();
  if (inFlight_.empty()) return;
  const auto now = Clock::now();
  const auto silenceEnds = lastProgress_ + options_.answerTimeout();
  if (now >= silenceEnds) return giveUp();
  auto next = silenceEnds;
  std::vector<PostgresCall::Done> late;
  for (auto& flight : inFlight_) {
    if (!flight.call.done) continue;
    if (now >= flight.call.deadline) {
      late.push_back(std::exchange(flight.call.done, nullptr));
    } else {
      next = std::min(next, flight.call.deadline);
    }
  }
  watch(next);
  for (auto& done : late) {
    done(std::unexpected(SqlError{SqlError::Kind::Timeout, "PostgreSQL did not answer in time"}));
  }
}

std::optional<PostgresConnection::Clock::time_point> PostgresConnection::silentSince() const {
  if (inFlight_.empty()) return std::nullopt;
  return lastProgress_;
}

bool PostgresConnection::isIdle() const {
  return isOpen() && pending() == 0 && PQtransactionStatus(handle_.get()) == PQTRANS_IDLE;
}

PostgresCalls PostgresConnection::takeCalls() {
  PostgresCalls calls;
  for (auto& flight : inFlight_) calls.push_back(std::move(flight.call));
  for (auto& call : outbox_) calls.push_back(std::move(call));
  inFlight_.clear();
  outbox_.clear();
  return calls;
}

void PostgresConnection::lose(SqlError why) {
  if (!isOpen()) return;
  const auto self = shared_from_this();
  if (!farewell_.empty()) why.message = farewell_;
  auto onLost = std::exchange(onLost_, nullptr);
  auto calls = takeCalls();
  close();
  if (onLost) onLost(why, std::move(calls));
}

void PostgresConnection::giveUp() {
  const auto silence = Clock::now() - lastProgress_;
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(silence).count();
  lose({SqlError::Kind::Timeout, fmt::format("no answer for {} ms", count), {}});
}

void PostgresConnection::closeWhenAnswered() {
  retiring_ = true;
  loseIfRetired();
}

void PostgresConnection::loseIfRetired() {
  if (retiring_ && pending() == 0) lose(unavailable("another server is wanted"));
}

void PostgresConnection::updateGauge() {
  if (gauge_ != nullptr) gauge_->store(pending(), std::memory_order_relaxed);
}

void PostgresConnection::close() {
  if (!isOpen()) return;
  descriptor_.release();  // before libpq closes it
  handle_.reset();
  timer_.cancel();
  onLost_ = nullptr;
  if (gauge_ != nullptr) gauge_->store(0, std::memory_order_relaxed);
  const auto dropped = takeCalls();  // ends coroutines, which may come back here
}

void PostgresConnection::onNotice(void* self, const PGresult* notice) {
  if (!endsSession(notice)) return;
  static_cast<PostgresConnection*>(self)->farewell_ =
      postgresError(notice, "the server ended the session").message;
}

}  // namespace slipway::platform
