#include "service/housekeeping.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "platform/idempotency.hpp"
#include "platform/log_sink.hpp"
#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"

namespace slipway::service {
namespace {

using std::chrono::milliseconds;

constexpr platform::Statement kMany{
    "many",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
    "INSERT INTO idempotency_keys (subject, key, fingerprint, status, content_type, body, "
    "created_at) SELECT '', 'k' || i, '', 200, '', '', $1 FROM n",
    true};
constexpr platform::Statement kCount{"count", "SELECT count(*) FROM idempotency_keys"};

class HousekeepingTest : public ::testing::Test {
 protected:
  void SetUp() override { engine_.migrate(platform::sqliteMigrations(), "0.1.0", clock_.now()); }

  void start() {
    startHousekeeping(
        loop_,
        {.database = database_, .clock = clock_, .logger = logger_, .interval = milliseconds(1)});
  }
  void addKeys() {
    platform::SqlParameters now(1, clock_.now());
    ASSERT_TRUE(slipway::testing::run(loop_, database_.execute(kMany, std::move(now))));
  }
  std::int64_t keys() {
    const auto counted = slipway::testing::run(loop_, database_.execute(kCount, {}));
    return counted ? (*counted)->integer(0, 0) : -1;
  }
  /// Runs the loop until `done` or for 10 s.
  bool runUntil(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < end) loop_.run_one_for(milliseconds(10));
    return done();
  }

  /// What waits on the loop uses the members below.
  ~HousekeepingTest() override { loop_.dropPending(); }

  struct Loop : net::asio::io_context {
    using io_context::io_context;
    void dropPending() { shutdown(); }
  };

  slipway::testing::FakeClock clock_;
  slipway::testing::TemporaryFolder folder_;
  platform::LogSink sink_{{.descriptor = -1}};
  platform::Logger logger_{sink_, platform::LogLevel::Debug, clock_};
  platform::SqliteEngine engine_{{.path = folder_.file("test.db")}};
  Loop loop_;
  platform::SqliteDatabase database_{engine_, loop_};
};

TEST_F(HousekeepingTest, DeletesKeysPastTheirTimeInAllBatches) {
  addKeys();
  clock_.advance(platform::kIdempotencyKeyLifetime);
  start();
  EXPECT_TRUE(runUntil([this] { return keys() == 0; }));
}

TEST_F(HousekeepingTest, LeavesYoungerKeys) {
  addKeys();
  clock_.advance(platform::kIdempotencyKeyLifetime - std::chrono::seconds(1));
  start();
  for (int i = 0; i < 20; ++i) loop_.run_one_for(milliseconds(10));
  EXPECT_EQ(keys(), 1200);
}

TEST_F(HousekeepingTest, GoesOnAfterAnError) {
  constexpr platform::Statement kHide{"hide", "ALTER TABLE idempotency_keys RENAME TO hidden",
                                      true};
  constexpr platform::Statement kShow{"show", "ALTER TABLE hidden RENAME TO idempotency_keys",
                                      true};
  addKeys();
  clock_.advance(platform::kIdempotencyKeyLifetime);
  ASSERT_TRUE(slipway::testing::run(loop_, database_.execute(kHide, {})));
  start();
  for (int i = 0; i < 20; ++i) loop_.run_one_for(milliseconds(10));
  ASSERT_TRUE(slipway::testing::run(loop_, database_.execute(kShow, {})));
  EXPECT_TRUE(runUntil([this] { return keys() == 0; }));
}

}  // namespace
}  // namespace slipway::service
