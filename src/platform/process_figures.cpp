#include "platform/process_figures.hpp"

#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/cpu_quota.hpp"
#include "base/memory_limit.hpp"
#include "base/version.hpp"
#include "platform/metric_families.hpp"

namespace slipway::platform {

namespace {

double ticksToSeconds(double ticks) { return ticks / static_cast<double>(sysconf(_SC_CLK_TCK)); }

/// Fields of /proc/self/stat from the third on (proc(5)): the second may hold spaces.
std::vector<double> statFields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream rest(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string state;
  rest >> state;
  std::vector<double> fields = {0};
  for (double field = 0; rest >> field;) fields.push_back(field);
  fields.resize(std::max<std::size_t>(fields.size(), 22));
  return fields;
}

double bootTime() {
  std::ifstream file("/proc/stat");
  for (std::string name; file >> name;) {
    double value = 0;
    if (name == "btime" && file >> value) return value;
    std::getline(file, name);
  }
  return 0;
}

double countOpenFiles() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  return std::max(count - 1, 0.0);  // one was for looking
}

struct CpuTimes {
  double busy = 0;
  double all = 0;
};

CpuTimes readCpuTimes() {
  std::ifstream file("/proc/stat");
  std::string name;
  std::array<double, 8> times{};  // user nice system idle iowait irq softirq steal
  file >> name;
  for (auto& time : times) file >> time;
  CpuTimes result;
  for (const auto time : times) result.all += time;
  result.busy = result.all - times[3] - times[4];
  return result;
}

}  // namespace

ProcessFigures readProcessFigures() {
  const auto stat = statFields();  // index: field number of proc(5) minus 3
  ProcessFigures figures;
  figures.cpuSeconds = ticksToSeconds(stat[11] + stat[12]);
  figures.threads = stat[17];
  figures.startTimeSeconds = bootTime() + ticksToSeconds(stat[19]);
  figures.virtualBytes = stat[20];
  figures.residentBytes = stat[21] * static_cast<double>(sysconf(_SC_PAGESIZE));
  figures.openFiles = countOpenFiles();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    figures.maxOpenFiles = static_cast<double>(limit.rlim_cur);
  }
  return figures;
}

std::vector<prometheus::MetricFamily> ProcessCollector::Collect() const {
  const auto figures = readProcessFigures();
  auto build = metricFamily("build_info", "What is running.", prometheus::MetricType::Gauge);
  addGauge(build, {{"version", base::kVersion}, {"compiler", base::kCompiler}}, 1);
  return {
      counterFamily("process_cpu_seconds_total", "User and system CPU time.", figures.cpuSeconds),
      gaugeFamily("process_cpu_limit_cores", "Cores that it may use, of its control group.",
                  base::cpuLimit()),
      gaugeFamily("process_memory_limit_bytes", "Memory that it may use, of its control group.",
                  static_cast<double>(base::grantedMemory())),
      gaugeFamily("process_resident_memory_bytes", "Resident memory.", figures.residentBytes),
      gaugeFamily("process_virtual_memory_bytes", "Virtual memory.", figures.virtualBytes),
      gaugeFamily("process_start_time_seconds", "Start, in Unix time.", figures.startTimeSeconds),
      gaugeFamily("process_open_fds", "Open file descriptors.", figures.openFiles),
      gaugeFamily("process_max_fds", "Most file descriptors that may be open.",
                  figures.maxOpenFiles),
      gaugeFamily("process_threads", "Threads.", figures.threads),
      std::move(build)};
}

MachineFigures readMachineFigures() {
  MachineFigures figures;
  std::ifstream file("/proc/meminfo");
  double total = 0;
  double available = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    double kibibytes = 0;
    fields >> name >> kibibytes;
    if (name == "MemTotal:") total = kibibytes;
    if (name == "MemAvailable:") available = kibibytes;
  }
  figures.memoryUsedMebibytes = (total - available) / 1024;
  struct statvfs root{};
  if (statvfs("/", &root) == 0) {
    const auto used = static_cast<double>(root.f_blocks - root.f_bfree);
    const double usable = used + static_cast<double>(root.f_bavail);
    figures.diskUsedPercent = usable > 0 ? 100 * used / usable : 0;
  }
  return figures;
}

double CpuMeter::percent() {
  const std::lock_guard lock(mutex_);
  const auto now = readCpuTimes();
  const double all = now.all - lastAll_;
  const double busy = now.busy - lastBusy_;
  const bool first = lastAll_ == 0;
  lastAll_ = now.all;
  lastBusy_ = now.busy;
  return first || all <= 0 ? 0 : std::clamp(100 * busy / all, 0.0, 100.0);
}

std::string hostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace slipway::platform
