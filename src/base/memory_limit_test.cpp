#include "base/memory_limit.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/temporary_folder_test_support.hpp"

namespace slipway::base {
namespace {

namespace fs = std::filesystem;

class MemoryLimit : public ::testing::Test {
 protected:
  void write(const fs::path& path, const std::string& text) const { folder_.write(path, text); }

  slipway::testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(MemoryLimit, IsZeroWhereNothingSaysSo) { EXPECT_EQ(grantedMemory(root_), 0U); }

TEST_F(MemoryLimit, IsTheMachinesMemoryWithoutAnother) {
  write("proc/meminfo", "MemFree:  1 kB\nMemTotal:       2048 kB\n");
  EXPECT_EQ(grantedMemory(root_), 2048U * 1024);
  write("proc/self/cgroup", "5:memory:/docker/abc\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(grantedMemory(root_), 2048U * 1024);
}

TEST_F(MemoryLimit, OfVersionTwoIsTheLeastOnTheWayUp) {
  write("proc/self/cgroup", "0::/app/web\n");
  write("sys/fs/cgroup/app/web/memory.max", "max\n");
  write("sys/fs/cgroup/app/memory.max", "268435456\n");
  EXPECT_EQ(grantedMemory(root_), 256U << 20U);
}

TEST_F(MemoryLimit, OfVersionOneInAContainerWithTheHostsPath) {
  write("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
  EXPECT_EQ(grantedMemory(root_), 128U << 20U);
}

}  // namespace
}  // namespace slipway::base
