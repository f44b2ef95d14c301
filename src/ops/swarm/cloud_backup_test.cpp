#include "ops/swarm/cloud_backup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/docker/fake_engine.hpp"
#include "ops/files/state_file.hpp"
#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A service that is ready after so many requests.
class FakeProxy final : public HttpClient {
 public:
  std::vector<HttpCall> calls;
  std::size_t readyAfter = 0;

  Result<HttpAnswer> send(const HttpCall& call) override {
    calls.push_back(call);
    if (calls.size() > readyAfter) return HttpAnswer{200, "{}"};
    return HttpAnswer{503, R"({"detail":"Database unavailable"})"};
  }
};

class CloudBackupTest : public ::testing::Test {
 protected:
  CloudBackupTest() {
    EXPECT_TRUE(replaceFile(folder_ / "secret_key", "0123456789abcdef0123456789abcdef\n"));
    swarm_.addService("db", "17", 1);
    swarm_.addService("proxy", "1.26", 1);
    useSwarm(settings_, {.secrets = folder_.path(), .name = "slipway-cloud", .httpsPort = "8443"},
             {swarm_, engine_, proxy_, clock_});
  }

  slipway::testing::TemporaryFolder folder_;
  testing::FakeSwarm swarm_;
  testing::FakeEngine engine_;
  testing::FakeClock clock_;
  FakeProxy proxy_;
  BackupSettings settings_;
};

TEST_F(CloudBackupTest, FindsTheDatabaseOnItsNode) {
  engine_.all.push_back({.id = "container-of-db"});
  EXPECT_EQ(settings_.findDatabase().value(), "container-of-db");
}

TEST_F(CloudBackupTest, NamesTheNodeThatHasIt) {
  EXPECT_THAT(settings_.findDatabase().error(), HasSubstr("the database runs on one"));
}

TEST_F(CloudBackupTest, TellsThatItDoesNotRun) {
  swarm_.allTasks.front().state = "failed";
  EXPECT_THAT(settings_.findDatabase().error(), HasSubstr("does not run"));
}

TEST_F(CloudBackupTest, ClearsTheCacheOnceTheServiceIsReady) {
  proxy_.readyAfter = 2;
  EXPECT_TRUE(settings_.clearCache());
  ASSERT_EQ(proxy_.calls.size(), 3U);
  const auto& call = proxy_.calls.back();
  EXPECT_EQ(call.method + " " + call.target, "DELETE /cache/clear");
  EXPECT_EQ(call.host, "10.0.0.1");
  EXPECT_EQ(call.port, 8443);
  EXPECT_TRUE(call.overTls);
  EXPECT_THAT(call.headers.front().second, StartsWith("Bearer "));
}

TEST_F(CloudBackupTest, SaysWhatIsLeftToDoWhenItIsNotReadyInTime) {
  proxy_.readyAfter = 1000;
  EXPECT_THAT(settings_.clearCache().error(), HasSubstr("INTERNAL_NETWORKS"));
}

}  // namespace
}  // namespace slipway::ops
