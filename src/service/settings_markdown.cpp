#include "service/settings_markdown.hpp"

#include <fmt/format.h>

#include "service/settings.hpp"

namespace slipway::service {

namespace {

constexpr std::string_view kHead =
    "# Configuration\n\n"
    "`slipwayd` is configured by environment variables only. One that is empty counts as not set.\n"
    "Variables marked with * hold secrets: each, `X`, may be given as a file instead, whose path "
    "is\n"
    "in `X_FILE` (a newline at its end does not count); setting both is an error.\n\n"
    "`slipwayd config` prints what is in force, with secrets masked. When something is wrong, "
    "every\n"
    "problem is listed on stderr, nothing is started and the exit code is 78.\n\n"
    "This page is the output of `slipwayd config --markdown`; a test compares the two.\n\n"
    "| variable | default | meaning |\n"
    "|---|---|---|\n";

}  // namespace

std::string settingsMarkdown() {
  std::string page(kHead);
  for (const auto& setting : describeSettings()) {
    const auto value =
        setting.defaultValue.empty() ? std::string() : fmt::format("`{}`", setting.defaultValue);
    page += fmt::format("| `{}`{} | {} | {} |\n", setting.name, setting.isSecret ? " *" : "", value,
                        setting.meaning);
  }
  return page;
}

}  // namespace slipway::service
