#include "ops/process/run_command.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "ops/process/spawn.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

/// False at the end of the stream.
bool readSome(int from, std::string& to, std::size_t limit) {
  std::array<char, 16384> buffer{};
  const auto count = ::read(from, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  to.append(buffer.data(), static_cast<std::size_t>(count));
  if (to.size() > limit) to.erase(0, to.size() - limit);
  return true;
}

int milliseconds(Clock::duration time) {
  return static_cast<int>(
      std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(time).count()));
}

/// Until both streams have ended; false when the time was up before.
bool collect(const Command& command, Pipe& out, Pipe& err, CommandResult& result,
             Clock::time_point deadline) {
  while (out.read >= 0 || err.read >= 0) {
    std::array<pollfd, 2> streams{{{out.read, POLLIN, 0}, {err.read, POLLIN, 0}}};
    const int ready = poll(streams.data(), streams.size(), milliseconds(deadline - Clock::now()));
    if (ready == 0) return false;
    if (ready < 0) continue;  // a signal: the limit still holds
    const auto take = [&](const pollfd& stream, Pipe& pipe, std::string& text) {
      if (stream.revents != 0 && !readSome(pipe.read, text, command.maxOutputBytes)) {
        closeEnd(pipe.read);
      }
    };
    take(streams[0], out, result.out);
    take(streams[1], err, result.err);
  }
  return true;
}

/// False when it has not ended by then.
bool waitFor(pid_t pid, int& status, Clock::time_point deadline) {
  constexpr useconds_t kPollMicroseconds = 5000;
  while (true) {
    const auto ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= deadline) return false;
    usleep(kPollMicroseconds);
  }
}

/// Asks first: the docker client passes that on to the container that it runs.
void end(pid_t pid) {
  constexpr std::chrono::seconds kPatience{5};
  int status = 0;
  kill(-pid, SIGTERM);
  if (waitFor(pid, status, Clock::now() + kPatience)) {
    kill(-pid, SIGKILL);  // children that did not heed it
    return;
  }
  kill(-pid, SIGKILL);
  waitpid(pid, &status, 0);
}

}  // namespace

Result<CommandResult> runCommand(const Command& command) {
  const auto deadline = Clock::now() + command.timeout;
  Pipe out;
  Pipe err;
  pid_t pid = 0;
  const auto& program = command.arguments.front();
  const bool piped = out.read >= 0 && err.read >= 0;
  const int failed = piped ? spawn(command.arguments, command.variables,
                                   {.output = out.write, .errors = err.write}, pid)
                           : errno;
  if (failed != 0) {
    return std::unexpected(fmt::format("cannot run {}: {}", program, strerror(failed)));
  }
  closeEnd(out.write);
  closeEnd(err.write);
  CommandResult result;
  int status = 0;
  if (!collect(command, out, err, result, deadline) || !waitFor(pid, status, deadline)) {
    end(pid);
    return std::unexpected(fmt::format("{} did not end within {} s and was stopped",
                                       inWords(command.arguments), command.timeout.count() / 1000));
  }
  result.exitCode = exitCodeOf(status);
  return result;
}

std::string inWords(const std::vector<std::string>& arguments) {
  std::string line;
  for (const auto& argument : arguments) {
    const bool plain =
        !argument.empty() && argument.find_first_of(" \t\n\"'$\\*?|&;<>()") == std::string::npos;
    if (!line.empty()) line += ' ';
    line += plain ? argument : "'" + argument + "'";
  }
  return line;
}

}  // namespace slipway::ops
