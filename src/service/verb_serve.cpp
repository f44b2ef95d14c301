
#include "service/cli.hpp"

namespace slipway::service {

void addServeVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "serve", "Run the service (the default)",
      "SIGTERM or SIGINT drains: unready at once, serving on for DRAIN_DELAY_SECONDS, then what\n"
      "is in flight is finished. A second signal stops at once.\n\n"
      "Example:\n"
      "  PORT=9000 slipwayd serve\n\n"
      "Exit codes: 0 after a clean drain, 1 when the drain was cut short, 69 when the service\n"
      "could not start, 78 when the configuration is wrong.");
  runsAs(verb, context, [&context] { return context.runService(); });
}

}  // namespace slipway::service
