// slipway: the operations tool.
#include <cstdio>
#include <exception>
#include <iostream>

#include "base/time.hpp"
#include "ops/cli/cli.hpp"
#include "ops/cli/exit_codes.hpp"

int main(int argc, char** argv) {
  using namespace slipway;
  try {
    ops::CommandContext context{.out = std::cout, .err = std::cerr, .clock = base::systemClock()};
    const int exitCode = ops::runCommandLine({argv + 1, argv + argc}, context);
    std::cout.flush();
    if (exitCode == ops::kExitOk && !std::cout) {
      std::fputs("slipway: cannot write the output\n", stderr);
      return ops::kExitFailure;
    }
    return exitCode;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slipway: %s\n", error.what());
    return ops::kExitFailure;
  }
}
