#include "platform/postgres/postgres_pipeline.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "platform/postgres/postgres_connector.hpp"
#include "platform/postgres/postgres_session.hpp"

namespace slipway::platform {

namespace asio = net::asio;

namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{1000};  // of calls while a lost connection is opened again
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1000};
constexpr milliseconds kRetireInterval{1000};

}  // namespace

PostgresPipeline::PostgresPipeline(const net::Executor& executor,
                                   std::shared_ptr<const PostgresTarget> target,
                                   const PostgresOptions& options, PostgresStatus& status,
                                   PostgresFigures& figures)
    : executor_(executor),
      target_(std::move(target)),
      options_(options),
      status_(status),
      figures_(figures),
      pauseTimer_(executor),
      waitTimer_(executor),
      random_(std::random_device()()) {}

void PostgresPipeline::start() { reopen(); }

void PostgresPipeline::reopen() {
  if (closed_ || std::exchange(opening_, true)) return;
  asio::co_spawn(
      executor_, [self = shared_from_this()] { return self->keepOpening(); }, asio::detached);
}

net::Task<> PostgresPipeline::keepOpening() {
  const auto self = shared_from_this();
  while (!closed_) {
    PostgresOpened opened = co_await openPostgres(target_, options_.connectTimeout);
    if (closed_) break;
    if (opened) {
      adopt(std::move(*opened));
      if (state_ == State::Up) break;
    } else {
      noteLost(opened.error());
      goDown({SqlError::Kind::Unavailable, std::move(opened.error())});
    }
    pauseTimer_.expires_after(nextPause());
    error_code ignored;
    co_await pauseTimer_.async_wait(asio::redirect_error(net::useTask, ignored));
  }
  opening_ = false;
}

/// Twice as long each time, and not the same for all who lost the server at the same moment.
milliseconds PostgresPipeline::nextPause() {
  const auto full = std::min(kFirstPause * (1U << std::min(failures_++, 8U)), kLongestPause);
  std::uniform_int_distribution<milliseconds::rep> half(full.count() / 2, full.count());
  return milliseconds(half(random_));
}

void PostgresPipeline::adopt(PostgresHandle handle) {
  auto connection = std::make_shared<PostgresConnection>(executor_, std::move(handle), options_);
  const auto started =
      connection->start([weak = weak_from_this()](const SqlError& why, PostgresCalls calls) {
        if (const auto self = weak.lock()) self->onLost(why, std::move(calls));
      });
  if (!started) {
    noteLost(started.error());
    return goDown({SqlError::Kind::Unavailable, started.error()});
  }
  connection_ = std::move(connection);
  connection_->showPendingIn(figures_.pipelinePending);
  figures_.pipelineOpen = 1;
  enter(State::Up);
  failures_ = 0;
  waitTimer_.cancel();
  if (std::exchange(toldLost_, false)) status_.back();
  auto waiting = std::exchange(waiting_, {});
  for (auto& call : waiting) connection_->submit(std::move(call));
}

void PostgresPipeline::noteLost(std::string_view reason) {
  if (!std::exchange(toldLost_, true)) status_.lost(reason);
}

void PostgresPipeline::onLost(const SqlError& why, PostgresCalls calls) {
  const auto self = shared_from_this();
  connection_.reset();
  figures_.pipelineOpen = 0;
  if (!std::exchange(retiring_, false)) noteLost(why.message);
  PostgresCalls failed;
  const bool silent = why.kind == SqlError::Kind::Timeout;
  enter(State::Opening);
  for (auto& call : calls) {
    const bool again = !silent && call.done && (!call.sent || call.mayRepeat);
    if (again) {
      call.mayRepeat = call.mayRepeat && !call.sent;
      call.sent = false;
      waiting_.push_back(std::move(call));
    } else {
      failed.push_back(std::move(call));
    }
  }
  if (!waiting_.empty()) watchWaiting();
  reopen();
  if (silent) goDown(why);
  failAll(std::move(failed), why);
}

void PostgresPipeline::goDown(SqlError why) {
  const bool wasDown = state_ == State::Down;
  downReason_ = std::move(why);
  enter(State::Down);
  if (!wasDown && onDown_) onDown_(downReason());
  PostgresCalls calls;
  for (auto& call : waiting_) calls.push_back(std::move(call));
  waiting_.clear();
  const SqlError reason = downReason_;
  failAll(std::move(calls), reason);
}

/// All other loops count on being told.
void PostgresPipeline::enter(State next) {
  const bool wasDown = std::exchange(state_, next) == State::Down;
  if (next == State::Down && !wasDown) status_.down(downReason_.message);
  if (next != State::Down && wasDown) status_.up();
}

void PostgresPipeline::watchWaiting() {
  waitTimer_.expires_after(std::min(kPatience, options_.healthTimeout));
  waitTimer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->closed_ || self->state_ != State::Opening) return;
    self->noteLost("connecting takes too long");
    self->goDown({SqlError::Kind::Unavailable, "connecting takes too long"});
  });
}

void PostgresPipeline::submit(PostgresCall call) {
  if (state_ == State::Up) {
    if (connection_->pending() < options_.callLimit) return connection_->submit(std::move(call));
  } else if (state_ == State::Opening && !closed_ && waiting_.size() < options_.callLimit) {
    waiting_.push_back(std::move(call));
    if (waiting_.size() == 1) watchWaiting();
    return;
  }
  if (!call.done) return;
  SqlError error{SqlError::Kind::Overloaded, "too many statements wait for PostgreSQL", {}};
  if (state_ == State::Down) error = downReason();
  asio::post(executor_, [done = std::move(call.done), error = std::move(error)]() mutable {
    done(std::unexpected(std::move(error)));
  });
}

SqlError PostgresPipeline::downReason() const {
  return {SqlError::Kind::Unavailable, downReason_.message, {}};
}

steady_clock::duration PostgresPipeline::silence() const {
  if (!connection_) return {};
  const auto since = connection_->silentSince();
  return since ? steady_clock::now() - *since : steady_clock::duration{};
}

void PostgresPipeline::distrust() {
  if (state_ != State::Up || std::exchange(distrusted_, true)) return;
  PostgresCall probe{.statement = &kPostgresProbe};
  probe.deadline = steady_clock::now() + options_.healthTimeout;
  probe.done = [weak = weak_from_this(), connection = connection_](const SqlResult& answer) {
    if (const auto self = weak.lock()) self->distrusted_ = false;
    if (!answer && answer.error().kind == SqlError::Kind::Timeout) connection->giveUp();
  };
  connection_->submit(std::move(probe));
}

void PostgresPipeline::retire() {
  const auto now = steady_clock::now();
  if (state_ != State::Up || now - lastRetired_ < kRetireInterval) return;
  lastRetired_ = now;
  enter(State::Opening);  // what comes now waits for the next one
  retiring_ = true;
  const auto connection = connection_;  // onLost() may let go of it
  connection->closeWhenAnswered();
}

void PostgresPipeline::close() {
  closed_ = true;
  enter(State::Opening);
  pauseTimer_.cancel();
  waitTimer_.cancel();
  if (connection_) connection_->close();
  const auto dropped = std::exchange(waiting_, {});  // ends coroutines, which may come back here
}

}  // namespace slipway::platform
