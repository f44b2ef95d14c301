// How another program is started: by its argument vector, never by way of a shell, with this
// program's environment, in a process group of its own, with no signal blocked and SIGPIPE as it
// was. For what waits for it: run_command and child_process. Thread-safe.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace slipway::ops {

/// Both ends closed on exec and with this object; -1 where it could not be made (errno says why).
struct Pipe {
  int read = -1;
  int write = -1;
  Pipe();
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

/// Fine for one that is closed.
void closeEnd(int& end);

struct Streams {
  int input = -1;  // -1: an empty one
  int output = -1;
  int errors = -1;
};

/// Starts arguments[0], looked up in PATH, with `variables` added to the environment or in the
/// place of what is there. Zero, or the errno of what failed.
int spawn(std::vector<std::string> arguments,
          const std::vector<std::pair<std::string, std::string>>& variables, const Streams& streams,
          pid_t& pid);

/// Of what waitpid tells: 128 + signal when one ended it.
int exitCodeOf(int status);

}  // namespace slipway::ops
