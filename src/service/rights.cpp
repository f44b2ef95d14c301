#include "service/rights.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>

namespace slipway::service {

namespace {

constexpr std::array<std::string_view, 41> kCapabilities = {"CHOWN",
                                                            "DAC_OVERRIDE",
                                                            "DAC_READ_SEARCH",
                                                            "FOWNER",
                                                            "FSETID",
                                                            "KILL",
                                                            "SETGID",
                                                            "SETUID",
                                                            "SETPCAP",
                                                            "LINUX_IMMUTABLE",
                                                            "NET_BIND_SERVICE",
                                                            "NET_BROADCAST",
                                                            "NET_ADMIN",
                                                            "NET_RAW",
                                                            "IPC_LOCK",
                                                            "IPC_OWNER",
                                                            "SYS_MODULE",
                                                            "SYS_RAWIO",
                                                            "SYS_CHROOT",
                                                            "SYS_PTRACE",
                                                            "SYS_PACCT",
                                                            "SYS_ADMIN",
                                                            "SYS_BOOT",
                                                            "SYS_NICE",
                                                            "SYS_RESOURCE",
                                                            "SYS_TIME",
                                                            "SYS_TTY_CONFIG",
                                                            "MKNOD",
                                                            "LEASE",
                                                            "AUDIT_WRITE",
                                                            "AUDIT_CONTROL",
                                                            "SETFCAP",
                                                            "MAC_OVERRIDE",
                                                            "MAC_ADMIN",
                                                            "SYSLOG",
                                                            "WAKE_ALARM",
                                                            "BLOCK_SUSPEND",
                                                            "AUDIT_READ",
                                                            "PERFMON",
                                                            "BPF",
                                                            "CHECKPOINT_RESTORE"};

// A service that is broken into must not be able to change what runs or how it is set up.
constexpr std::array<const char*, 5> kForeignPaths = {"/", "/etc", "/usr", "/usr/bin", "/usr/lib"};

/// The numbers behind `key` ("Uid:"), which stand in one line.
template <typename Number>
std::optional<std::vector<Number>> numbersOf(std::string_view text, std::string_view key,
                                             int base) {
  const auto start = text.starts_with(key) ? 0 : text.find(fmt::format("\n{}", key));
  if (start == std::string_view::npos) return std::nullopt;
  auto line = text.substr(text.find(':', start) + 1);
  line = line.substr(0, line.find('\n'));
  std::vector<Number> numbers;
  std::istringstream words{std::string(line)};
  for (std::string word; words >> word;) {
    Number number{};
    const auto* const end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, number, base);
    if (error != std::errc() || rest != end) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::string> writableAmong(std::vector<std::string> paths) {
  std::vector<std::string> writable;
  for (auto& path : paths) {
    // For the effective ids, which decide when something is opened.
    if (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) {
      writable.push_back(std::move(path));
    }
  }
  return writable;
}

std::vector<std::string> foreignPaths() {
  std::vector<std::string> paths(kForeignPaths.begin(), kForeignPaths.end());
  std::error_code ec;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto folder = program.parent_path().string();
  if (!ec && std::ranges::find(paths, folder) == paths.end()) paths.push_back(folder);
  return paths;
}

void findIdentity(const ProcessRights& rights, std::vector<RightsFinding>& findings) {
  if (rights.userId == 0) {
    findings.push_back({"root_user", "runs as root (uid 0)", "set `user: \"1001:1001\"`"});
  }
  const bool rootGroup =
      rights.groupId == 0 || std::ranges::find(rights.groups, 0U) != rights.groups.end();
  if (rootGroup) {
    findings.push_back({"root_group", "is in the group root (gid 0)",
                        "set `user: \"1001:1001\"` and no `group_add` of 0"});
  }
}

void findPrivileges(const ProcessRights& rights, std::vector<RightsFinding>& findings) {
  if (rights.effectiveCapabilities != 0) {
    findings.push_back({"capabilities",
                        "has capabilities: " + capabilityNames(rights.effectiveCapabilities),
                        "set `cap_drop: [ALL]`"});
  }
  if (rights.boundingCapabilities != 0) {
    findings.push_back({"bounding_set",
                        "could get capabilities: " + capabilityNames(rights.boundingCapabilities),
                        "set `cap_drop: [ALL]`"});
  }
  if (!rights.noNewPrivileges) {
    findings.push_back({"new_privileges", "may gain rights by set-user-ID programs",
                        "set `security_opt: [\"no-new-privileges:true\"]`"});
  }
  if (rights.seccompMode == 0) {
    findings.push_back({"no_seccomp", "may use every system call (no seccomp filter)",
                        "remove `seccomp:unconfined` and `privileged`"});
  }
}

}  // namespace

std::string capabilityNames(std::uint64_t set) {
  std::vector<std::string> names;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((set >> bit & 1U) == 0) continue;
    names.push_back(bit < kCapabilities.size() ? std::string(kCapabilities.at(bit))
                                               : std::to_string(bit));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::expected<ProcessRights, std::string> parseProcessStatus(std::string_view text) {
  const auto users = numbersOf<std::uint32_t>(text, "Uid:", 10);
  if (!users || users->size() < 2) return std::unexpected("Uid");
  const auto groups = numbersOf<std::uint32_t>(text, "Gid:", 10);
  if (!groups || groups->size() < 2) return std::unexpected("Gid");
  auto supplementary = numbersOf<std::uint32_t>(text, "Groups:", 10);
  if (!supplementary) return std::unexpected("Groups");
  const auto effective = numbersOf<std::uint64_t>(text, "CapEff:", 16);
  if (!effective || effective->empty()) return std::unexpected("CapEff");
  const auto bounding = numbersOf<std::uint64_t>(text, "CapBnd:", 16);
  if (!bounding || bounding->empty()) return std::unexpected("CapBnd");
  const auto noNewPrivileges = numbersOf<int>(text, "NoNewPrivs:", 10);
  if (!noNewPrivileges || noNewPrivileges->empty()) return std::unexpected("NoNewPrivs");
  const auto seccomp = numbersOf<int>(text, "Seccomp:", 10);  // absent: built without it
  return ProcessRights{.userId = (*users)[1],
                       .groupId = (*groups)[1],
                       .groups = std::move(*supplementary),
                       .effectiveCapabilities = effective->front(),
                       .boundingCapabilities = bounding->front(),
                       .noNewPrivileges = noNewPrivileges->front() == 1,
                       .seccompMode = seccomp && !seccomp->empty() ? seccomp->front() : 0,
                       .rootReadOnly = true,
                       .writablePaths = {}};
}

std::expected<ProcessRights, std::string> readProcessRights() {
  std::ifstream file("/proc/self/status");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) return std::unexpected("cannot read /proc/self/status: mount /proc");
  auto rights = parseProcessStatus(text);
  if (!rights) {
    return std::unexpected(fmt::format("/proc/self/status has no usable {}", rights.error()));
  }
  struct statvfs root{};
  rights->rootReadOnly = statvfs("/", &root) == 0 && (root.f_flag & ST_RDONLY) != 0;
  rights->writablePaths = writableAmong(foreignPaths());
  return rights;
}

std::vector<RightsFinding> findExcessRights(const ProcessRights& rights) {
  std::vector<RightsFinding> findings;
  findIdentity(rights, findings);
  findPrivileges(rights, findings);
  if (!rights.rootReadOnly) {
    // Modes alone may forbid writing now; they would not hinder whoever became root.
    findings.push_back({"writable_root", "the root file system is mounted for writing",
                        "set `read_only: true`, with a volume for data only"});
  }
  if (!rights.writablePaths.empty()) {
    findings.push_back({"writable_paths",
                        fmt::format("may write to {}", fmt::join(rights.writablePaths, ", ")),
                        "set `read_only: true`, with a volume for data only"});
  }
  return findings;
}

}  // namespace slipway::service
