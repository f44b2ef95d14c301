// The one place that knows which SQL engine DATABASE_URL means, and how its schema gets ready.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/time.hpp"
#include "platform/log.hpp"
#include "platform/service_state.hpp"
#include "platform/sql_engine.hpp"
#include "service/settings.hpp"

namespace slipway::service {

bool usesSqlite(const Settings& settings);

/// What opens the database of `settings`. Null logger and observer: neither is told anything.
/// Throws std::runtime_error with what to do when it can't.
std::unique_ptr<platform::SqlEngine> openEngine(const Settings& settings,
                                                platform::QueryObserver observer,
                                                const platform::Logger* logger);

/// The process's database while it serves. Until its schema is as the program needs it, the views
/// that it opens answer Unavailable. Thread-safe; must outlive the views.
class Databases {
 public:
  /// What it is given outlives it.
  Databases(platform::SqlEngine& engine, const Settings& settings,
            const platform::ServiceState& state, const platform::Logger& logger,
            const base::Clock& clock);
  ~Databases();
  Databases(const Databases&) = delete;
  Databases& operator=(const Databases&) = delete;

  /// Migrates, or checks the schema where MIGRATE_ON_START is off. When that takes long or the
  /// database can't be reached it goes on in the background, and the process is told to stop
  /// (SIGTERM) should it find a schema that is no good. Throws std::runtime_error when it is found
  /// at once.
  void prepare();
  std::unique_ptr<platform::Database> open(net::asio::io_context& loop);
  /// Why the process was told to stop while it waited for the database; empty when it was not.
  std::string refusal() const;

 private:
  bool tryToPrepare();
  void migrate();
  void check();
  void keepTrying();
  bool waitForStop(std::chrono::milliseconds time);
  void stopTheProcess();

  platform::SqlEngine& engine_;
  const bool migrates_;
  const platform::ServiceState& state_;
  const platform::Logger& logger_;
  const base::Clock& clock_;
  std::atomic<bool> ready_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool stopping_ = false;
  bool inBackground_ = false;  // prepare() has returned
  std::string refusal_;
  bool told_ = false;  // the thread's
  std::thread thread_;
};

}  // namespace slipway::service
