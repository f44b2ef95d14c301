#include "platform/process_figures.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace slipway::platform {
namespace {

TEST(ProcessFigures, AreThoseOfThisProcess) {
  const auto figures = readProcessFigures();
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(figures.residentBytes, 1 << 20);
  EXPECT_GT(figures.virtualBytes, figures.residentBytes);
  EXPECT_GE(figures.threads, 1);
  EXPECT_GE(figures.cpuSeconds, 0);
  EXPECT_LT(figures.cpuSeconds, 3600);
  EXPECT_GT(figures.startTimeSeconds, now - 3600);
  EXPECT_LT(figures.startTimeSeconds, now + 2);
  EXPECT_GE(figures.maxOpenFiles, figures.openFiles);
}

TEST(ProcessFigures, CountOpenFiles) {
  const auto before = readProcessFigures().openFiles;
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(readProcessFigures().openFiles, before + 1);
  ::close(file);
  EXPECT_EQ(readProcessFigures().openFiles, before);
}

TEST(MachineFigures, ArePlausible) {
  const auto figures = readMachineFigures();
  EXPECT_GT(figures.memoryUsedMebibytes, 0);
  EXPECT_GE(figures.diskUsedPercent, 0);
  EXPECT_LE(figures.diskUsedPercent, 100);
}

TEST(CpuMeter, StartsAtZeroAndStaysAPercentage) {
  CpuMeter meter;
  EXPECT_EQ(meter.percent(), 0);
  const auto next = meter.percent();
  EXPECT_GE(next, 0);
  EXPECT_LE(next, 100);
}

}  // namespace
}  // namespace slipway::platform
