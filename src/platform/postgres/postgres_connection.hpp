// One open connection in pipeline mode. What is submitted within a turn of the loop leaves in one
// write, reads by key in segments together; answers come in order, and what finds the server silent
// for too long loses the connection.
// Lives on one loop, is owned by shared_ptr and tells its owner, once, when it is lost.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/task.hpp"
#include "platform/postgres/postgres_call.hpp"
#include "platform/postgres/postgres_handle.hpp"
#include "platform/postgres/postgres_options.hpp"
#include "platform/postgres/postgres_socket.hpp"
#include "platform/postgres/postgres_statements.hpp"

namespace slipway::platform {

class PostgresConnection : public std::enable_shared_from_this<PostgresConnection> {
 public:
  using Clock = PostgresCall::Clock;
  /// Gets why, and what was not answered. Kind::Timeout: the server is silent.
  using OnLost = std::function<void(const SqlError& why, PostgresCalls calls)>;

  /// `handle` is open and idle. `options` outlive the connection.
  PostgresConnection(const net::Executor& executor, PostgresHandle handle,
                     const PostgresOptions& options);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Before anything is submitted. Error: what libpq says.
  std::expected<void, std::string> start(OnLost onLost);
  /// `call.done` is called once, from the loop and never in here, unless the call is handed to
  /// OnLost or dropped by close().
  void submit(PostgresCall call);
  /// Closes it; the owner is not told, what was not answered is dropped.
  void close();

  /// Loses it, as if the server had gone, once nothing is pending.
  void closeWhenAnswered();
  /// Loses it because the server is silent.
  void giveUp();
  /// `gauge` follows pending(); it outlives the connection.
  void showPendingIn(std::atomic<std::size_t>& gauge) { gauge_ = &gauge; }

  bool isOpen() const { return handle_ != nullptr; }
  /// Calls that were submitted and not answered.
  std::size_t pending() const { return outbox_.size() + inFlight_.size(); }
  /// Since when the server has been silent although there is something to answer.
  std::optional<Clock::time_point> silentSince() const;
  /// In no transaction, nothing pending.
  bool isIdle() const;
  /// The server said that it is read-only: another one is wanted.
  bool sawReadOnly() const { return sawReadOnly_; }

 private:
  struct Step {
    enum class Kind : std::uint8_t { Prepare, Run, Answer };
    Kind kind = Kind::Run;
    PostgresPrepared* prepared = nullptr;
    const Statement* statement = nullptr;
  };
  // Each statement may have to be prepared: BEGIN, what goes before the call's own, and that.
  static constexpr std::size_t kMostSteps = 2 * (Transaction::kMostLast + 2);
  struct InFlight {
    PostgresCall call;
    std::array<Step, kMostSteps> steps{};  // what the server answers, in order
    std::uint8_t stepCount = 0;
    std::uint8_t step = 0;
    bool endsSegment = true;
    bool skipped = false;  // as another one in its segment failed
    SqlResult outcome;
    Clock::time_point sent;
  };

  void sendAll();
  bool sendOutbox(Clock::time_point now);
  bool send(InFlight& flight);
  bool sendStatement(InFlight& flight, const Statement& statement, const SqlParameters& parameters,
                     Step::Kind kind);
  bool sendSync();
  void flush();
  void waitReadable();
  void onReadable();
  void readAnswers();
  void take(PostgresResult result);
  void takeStep(InFlight& flight, PostgresResult result);
  void finishFirst();
  void repeatAlone(PostgresCall call);
  void watch(Clock::time_point when);
  void onTimer();
  void lose(SqlError why);
  void loseIfRetired();
  void updateGauge();
  PostgresCalls takeCalls();
  static void onNotice(void* self, const PGresult* notice);

  const net::Executor executor_;
  const PostgresOptions& options_;
  PostgresHandle handle_;
  PostgresDescriptor descriptor_;
  PostgresTimer timer_;
  PostgresStatements statements_;
  OnLost onLost_;
  std::deque<PostgresCall> outbox_;  // since the last write
  std::deque<InFlight> inFlight_;
  Clock::time_point now_{};           // of the last read
  Clock::time_point lastProgress_{};  // the last answer, or the first call after a pause
  Clock::time_point lastFinish_{};
  std::optional<Clock::time_point> watchedUntil_;
  std::string farewell_;  // what the server said before it ended the session
  std::atomic<std::size_t>* gauge_ = nullptr;
  bool sendPosted_ = false;
  bool retiring_ = false;
  bool writing_ = false;
  bool sawReadOnly_ = false;
};

}  // namespace slipway::platform
