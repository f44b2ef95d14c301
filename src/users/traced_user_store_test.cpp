// What a trace shows of reads through the cache.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "platform/log_sink.hpp"
#include "platform/memory_cache.hpp"
#include "platform/otlp_test_support.hpp"
#include "platform/test_support.hpp"
#include "platform/traced.hpp"
#include "platform/tracing.hpp"
#include "users/cached_user_store.hpp"
#include "users/fake_user_store.hpp"
#include "users/slow_user_store_test_support.hpp"

namespace slipway::users {
namespace {

using slipway::testing::at;
using slipway::testing::attribute;
using slipway::testing::run;
using slipway::testing::start;

class TracedUserStoreTest : public ::testing::Test {
 protected:
  std::map<std::string, base::Json> spans() {
    run(loop_, tracer_.flush());
    return slipway::testing::spansByName(collector_.bodies);
  }
  static std::string hex(const platform::SpanId& id) {
    std::string text;
    platform::appendHex(text, id);
    return text;
  }

  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_{1};
  platform::LogSink sink_{{.descriptor = -1}};
  platform::Logger logger_{sink_, platform::LogLevel::Debug, clock_};
  slipway::testing::StandInCollector collector_{loop_};
  platform::Tracer tracer_{{.host = "127.0.0.1",
                            .port = collector_.port(),
                            .sampler = *platform::Sampler::make("always_on", 1)},
                           loop_,
                           clock_,
                           logger_};
  platform::RequestSpan first_{tracer_, *tracer_.begin({})};
  platform::RequestSpan second_{tracer_, *tracer_.begin({})};
  FakeUserStore store_{clock_};
  platform::MemoryCache cache_{{.shards = 1}, clock_};
  CachedUserStore cached_{store_, cache_};
};

TEST_F(TracedUserStoreTest, ShowsAHitInTheProcess) {
  platform::UnitOfWork none(nullptr);
  const auto user = run(loop_, store_.create(none, {"ada", "ada@example.org"})).value();
  EXPECT_TRUE(run(loop_, cached_.find(user.id, nullptr)));
  EXPECT_TRUE(run(loop_, cached_.find(user.id, &first_)));
  const auto sent = spans();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(attribute(sent.at("cache get"), "db.system.name"), "in_process");
  EXPECT_EQ(attribute(sent.at("cache get"), "slipway.cache.result"), "hit");
}

TEST_F(TracedUserStoreTest, LinksAReadThatIsSharedToWhoReads) {
  SlowUserStore slow(store_, loop_);
  CachedUserStore cached(slow, cache_);
  platform::UnitOfWork none(nullptr);
  const UserId id = run(loop_, store_.create(none, {"ada", "ada@example.org"})).value().id;
  slow.slow = true;
  const auto leader = start(loop_, cached.find(id, &first_));
  const auto follower = start(loop_, cached.find(id, &second_));
  loop_.restart();
  loop_.poll();
  slow.letGo();
  loop_.restart();
  loop_.poll();
  const auto sent = spans();
  ASSERT_TRUE(sent.contains("shared read"));
  const auto& shared = sent.at("shared read");
  EXPECT_EQ(shared.find("parentSpanId")->asString(), hex(second_.span.spanId));
  EXPECT_EQ(at(shared, {"links", "0", "spanId"}).asString(), hex(first_.span.spanId));
  EXPECT_EQ(attribute(shared, "db.system.name"), "(none)");  // no call of its own
  EXPECT_EQ(shared.find("kind")->asInt64(), 1);
}

}  // namespace
}  // namespace slipway::users
