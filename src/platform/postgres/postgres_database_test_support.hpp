// A PostgresDatabase on the test program's server, made with the options that a test sets before
// its first call. Not part of the program.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/postgres/postgres_engine.hpp"
#include "platform/postgres/postgres_server_test_support.hpp"
#include "platform/sql.hpp"
#include "platform/test_support.hpp"

namespace slipway::testing {

class PostgresTest : public ::testing::Test {
 protected:
  using Milliseconds = std::chrono::milliseconds;

  void SetUp() override {
    name_ = server().createDatabase();
    options_.url = base::Secret(server().url(name_));
  }
  void TearDown() override {
    server().signalAll(SIGCONT);
    reopen();
  }

  static PostgresServer& server() { return PostgresServer::shared(); }
  platform::PostgresEngine& engine() {
    if (!engine_) engine_ = std::make_unique<platform::PostgresEngine>(options_);
    return *engine_;
  }
  platform::Database& database() {
    if (!database_) database_ = engine().open(loop_);
    return *database_;
  }
  /// The next call makes a new database.
  void reopen() {
    database_.reset();
    engine_.reset();
  }

  platform::SqlResult execute(const platform::Statement& statement,
                              platform::SqlParameters parameters = {}) {
    return run(loop_, database().execute(statement, std::move(parameters)));
  }
  static std::optional<platform::SqlError::Kind> kindOf(const platform::SqlResult& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
  }
  void runUntil(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    loop_.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) throw std::runtime_error("it takes too long");
      loop_.run_one_for(Milliseconds(50));
    }
  }
  void runFor(Milliseconds time) {
    loop_.restart();
    loop_.run_for(time);
  }
  bool succeedsWithin(Milliseconds limit, const platform::Statement& statement,
                      const platform::SqlParameters& parameters) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
      if (execute(statement, parameters)) return true;
      runFor(Milliseconds(20));
    }
    return false;
  }

  net::asio::io_context loop_{1};
  std::string name_;  // of this test's own database
  platform::PostgresOptions options_;
  std::unique_ptr<platform::PostgresEngine> engine_;
  std::unique_ptr<platform::Database> database_;
};

}  // namespace slipway::testing
