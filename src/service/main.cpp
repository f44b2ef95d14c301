// slipwayd: the service and what goes with running it.
#include <cstdio>
#include <exception>
#include <iostream>

#include "base/time.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"
#include "service/serve.hpp"

int main(int argc, char** argv) {
  using namespace slipway;
  try {
    service::CommandContext context{.environment = service::processEnvironment(),
                                    .out = std::cout,
                                    .err = std::cerr,
                                    .clock = base::systemClock(),
                                    .serve = service::serve};
    const int exitCode = service::runCommandLine({argv + 1, argv + argc}, context);
    std::cout.flush();
    if (exitCode == service::kExitOk && !std::cout) {
      std::fputs("slipwayd: cannot write the output\n", stderr);
      return service::kExitFailure;
    }
    return exitCode;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slipwayd: %s\n", error.what());
    return service::kExitFailure;
  }
}
