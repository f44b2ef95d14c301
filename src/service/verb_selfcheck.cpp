#include <fmt/ostream.h>

#include <array>

#include "base/json.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"
#include "service/rights.hpp"

namespace slipway::service {

namespace {

using base::Json;

std::string_view seccompName(int mode) {
  constexpr std::array<std::string_view, 3> kNames = {"off", "strict", "filter"};
  return mode >= 0 && mode < 3 ? kNames.at(static_cast<std::size_t>(mode)) : "unknown";
}

Json toJson(const std::vector<RightsFinding>& findings) {
  auto all = Json::array();
  for (const auto& finding : findings) {
    all.push(Json::object(
        {{"id", finding.id}, {"problem", finding.problem}, {"remedy", finding.remedy}}));
  }
  return all;
}

Json toJson(const ProcessRights& rights, const std::vector<RightsFinding>& findings) {
  auto groups = Json::array();
  for (const auto group : rights.groups) groups.push(group);
  auto paths = Json::array();
  for (const auto& path : rights.writablePaths) paths.push(path);
  return Json::object({{"ok", findings.empty()},
                       {"uid", rights.userId},
                       {"gid", rights.groupId},
                       {"groups", groups},
                       {"cap_eff", fmt::format("{:016x}", rights.effectiveCapabilities)},
                       {"cap_bnd", fmt::format("{:016x}", rights.boundingCapabilities)},
                       {"no_new_privs", rights.noNewPrivileges},
                       {"seccomp", seccompName(rights.seccompMode)},
                       {"root_read_only", rights.rootReadOnly},
                       {"writable_paths", paths},
                       {"findings", toJson(findings)}});
}

void printText(std::ostream& out, const ProcessRights& rights,
               const std::vector<RightsFinding>& findings) {
  fmt::print(out, "uid {}, gid {}, no_new_privs {}, seccomp {}\n", rights.userId, rights.groupId,
             rights.noNewPrivileges ? "on" : "off", seccompName(rights.seccompMode));
  for (const auto& finding : findings) {
    fmt::print(out, "{}: {}: {}\n", finding.id, finding.problem, finding.remedy);
  }
  fmt::print(out, "{}\n",
             findings.empty() ? "ok: no more rights than needed" : "more rights than needed");
}

int selfcheck(const CommandContext& context, bool asJson) {
  const auto rights = readProcessRights();
  if (!rights) return context.fail(kExitUnavailable, rights.error());
  const auto findings = findExcessRights(*rights);
  if (asJson) {
    fmt::print(context.out, "{}\n", toJson(*rights, findings).dump());
  } else {
    printText(context.out, *rights, findings);
  }
  return findings.empty() ? kExitOk : kExitFailure;
}

}  // namespace

void addSelfcheckVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "selfcheck", "Report rights that the service does not need",
      "Looks at user and groups, capabilities, no_new_privs, seccomp and writable paths as they\n"
      "are where it runs. Each finding is one line that ends in the remedy, for a Compose file.\n\n"
      "Example:\n"
      "  docker compose exec api-blue slipwayd selfcheck\n\n"
      "Exit codes: 0 no more rights than needed, 1 more, 69 /proc can't be read.");
  const auto* json = addFlag(verb, "--json", "For programs: the rights and the findings");
  runsAs(verb, context, [&context, json] { return selfcheck(context, isGiven(json)); });
}

}  // namespace slipway::service
