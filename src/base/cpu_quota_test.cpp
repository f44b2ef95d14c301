#include "base/cpu_quota.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/temporary_folder_test_support.hpp"

namespace slipway::base {
namespace {

namespace fs = std::filesystem;

class CpuQuota : public ::testing::Test {
 protected:
  void write(const fs::path& path, const std::string& text) const { folder_.write(path, text); }

  slipway::testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(CpuQuota, IsNoneWhereNothingSaysSo) {
  EXPECT_TRUE(std::isinf(cpuQuota(root_)));
  EXPECT_GE(grantedCores(root_), 1U);
}

TEST_F(CpuQuota, OfVersionTwoIsTheLeastOnTheWayUp) {
  write("proc/self/cgroup", "0::/app/web\n");
  write("sys/fs/cgroup/app/web/cpu.max", "max 100000\n");
  EXPECT_TRUE(std::isinf(cpuQuota(root_)));
  write("sys/fs/cgroup/app/web/cpu.max", "300000 100000\n");
  write("sys/fs/cgroup/app/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(cpuQuota(root_), 1.5);
  EXPECT_EQ(grantedCores(root_), 1U);
}

TEST_F(CpuQuota, OfVersionTwoInAContainerIsAtTheRoot) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_DOUBLE_EQ(cpuQuota(root_), 0.5);
  EXPECT_EQ(grantedCores(root_), 1U);
}

TEST_F(CpuQuota, OfVersionOneInAContainerWithTheHostsPath) {
  write("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(cpuQuota(root_), 2);
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  EXPECT_TRUE(std::isinf(cpuQuota(root_)));
}

}  // namespace
}  // namespace slipway::base
