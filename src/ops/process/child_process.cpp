#include "ops/process/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/text.hpp"
#include "ops/process/spawn.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostWaitingBytes = std::size_t{1} << 20;
constexpr std::size_t kMostErrorBytes = 4096;
constexpr std::chrono::milliseconds kLookEvery{100};

void setNonBlocking(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// What is there; closes the end when it has ended.
void readInto(int& from, std::string& to) {
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  const auto count = ::read(from, buffer.data(), buffer.size());
  if (count > 0) {
    to.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    closeEnd(from);
  }
}

}  // namespace

ChildProcess::ChildProcess(ChildCommand command)
    : command_(std::move(command)), deadline_(Clock::now() + command_.timeout) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : command_(std::move(other.command_)),
      deadline_(other.deadline_),
      pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
  closeEnd(input_);
  closeEnd(output_);
  closeEnd(errors_);
  if (pid_ < 0) return;
  // Asked first: the docker client takes its container along then.
  constexpr std::chrono::seconds kPatience{3};
  kill(-pid_, SIGTERM);
  const auto patient = Clock::now() + kPatience;
  while (!hasEnded() && Clock::now() < patient) usleep(5000);
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

Result<ChildProcess> ChildProcess::start(ChildCommand command) {
  // A write to a program that reads no more is an error here, not the end.
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  ChildProcess child(std::move(command));
  Pipe in;
  Pipe out;
  Pipe err;
  const bool piped = in.read >= 0 && out.read >= 0 && err.read >= 0;
  const auto& wanted = child.command_;
  const int failed = piped ? spawn(wanted.arguments, wanted.variables,
                                   {.input = wanted.hasInput ? in.read : -1,
                                    .output = wanted.outputTo >= 0 ? wanted.outputTo : out.write,
                                    .errors = err.write},
                                   child.pid_)
                           : errno;
  if (failed != 0) {
    child.pid_ = -1;
    return std::unexpected(
        fmt::format("cannot run {}: {}", wanted.arguments.front(), strerror(failed)));
  }
  if (wanted.hasInput) child.input_ = std::exchange(in.write, -1);
  if (wanted.outputTo < 0) child.output_ = std::exchange(out.read, -1);
  child.errors_ = std::exchange(err.read, -1);
  for (const int end : {child.input_, child.output_, child.errors_}) {
    if (end >= 0) setNonBlocking(end);
  }
  return child;
}

void ChildProcess::takeOutput() { readInto(output_, out_); }

void ChildProcess::takeErrors() {
  readInto(errors_, err_);
  if (err_.size() > kMostErrorBytes) err_.erase(0, err_.size() - kMostErrorBytes);
}

bool ChildProcess::hasEnded() {
  if (pid_ < 0) return true;
  const auto ended = waitpid(pid_, &status_, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
  kill(-pid_, SIGKILL);  // what it left behind
  pid_ = -1;
  return true;
}

Result<> ChildProcess::step(Wanted wanted) {
  const auto& program = command_.arguments.front();
  if (command_.stopped && command_.stopped()) return std::unexpected("interrupted");
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
  if (left.count() <= 0) {
    return std::unexpected(
        fmt::format("{} did not end within {} s", program, command_.timeout.count() / 1000));
  }
  const bool room = wanted != Wanted::Input || out_.size() < kMostWaitingBytes;
  std::array<pollfd, 3> ends{{{wanted == Wanted::Input ? input_ : -1, POLLOUT, 0},
                              {room ? output_ : -1, POLLIN, 0},
                              {errors_, POLLIN, 0}}};
  // Nothing left to hear of: then only its end is waited for.
  const bool silent = ends[0].fd < 0 && output_ < 0 && errors_ < 0;
  constexpr std::chrono::milliseconds kEndSoon{5};
  poll(ends.data(), ends.size(),
       static_cast<int>(std::min(left, silent ? kEndSoon : kLookEvery).count()));
  if (ends[1].revents != 0) takeOutput();
  if (ends[2].revents != 0) takeErrors();
  return {};
}

Result<> ChildProcess::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(input_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written < 0 && errno != EAGAIN && errno != EINTR) {
      return std::unexpected(fmt::format("{} reads no more", command_.arguments.front()));
    }
    if (auto stepped = step(Wanted::Input); !stepped) return stepped;
  }
  return {};
}

void ChildProcess::closeInput() { closeEnd(input_); }

Result<std::string> ChildProcess::read() {
  while (out_.empty() && output_ >= 0) {
    if (auto stepped = step(Wanted::Output); !stepped) return std::unexpected(stepped.error());
  }
  return std::exchange(out_, {});
}

Result<std::string> ChildProcess::readLine() {
  while (true) {
    const auto end = out_.find('\n');
    if (end != std::string::npos) {
      auto line = out_.substr(0, end);
      out_.erase(0, end + 1);
      return line;
    }
    if (output_ < 0 || out_.size() > kMostWaitingBytes) {
      return std::unexpected(
          fmt::format("{} says no more: {}", command_.arguments.front(), said()));
    }
    if (auto stepped = step(Wanted::Output); !stepped) return std::unexpected(stepped.error());
  }
}

Result<int> ChildProcess::wait() {
  closeInput();
  while (output_ >= 0 || errors_ >= 0) {
    if (auto stepped = step(Wanted::End); !stepped) return std::unexpected(stepped.error());
    out_.clear();
    // A grandchild may hold the pipes; the program itself is what counts.
    if (hasEnded() && errors_ >= 0) takeErrors();
    if (pid_ < 0) break;
  }
  while (!hasEnded()) {
    if (auto stepped = step(Wanted::End); !stepped) return std::unexpected(stepped.error());
  }
  return exitCodeOf(status_);
}

Result<> ChildProcess::finish() {
  const auto code = wait();
  if (!code) return std::unexpected(code.error());
  if (*code == 0) return {};
  return std::unexpected(
      fmt::format("{} failed ({}): {}", command_.arguments.front(), *code, said()));
}

std::string ChildProcess::said() const {
  std::string line(base::trim(err_));
  std::ranges::replace(line, '\n', ' ');
  constexpr std::size_t kMost = 400;
  if (line.size() > kMost) line = "..." + line.substr(line.size() - kMost);
  return line.empty() ? "it says nothing" : base::printable(line, kMost + 3);
}

Result<std::string> outputOf(ChildCommand command, std::string_view input, std::size_t maxBytes) {
  command.hasInput = !input.empty();
  const auto program = command.arguments.front();
  auto child = ChildProcess::start(std::move(command));
  if (!child) return std::unexpected(child.error());
  const auto written = child->write(input);
  child->closeInput();
  std::string all;
  while (true) {
    auto piece = child->read();
    if (!piece) return piece;
    if (piece->empty()) break;
    all += *piece;
    if (all.size() > maxBytes) return std::unexpected(program + " says more than it should");
  }
  if (auto finished = child->finish(); !finished) return std::unexpected(finished.error());
  if (!written) return std::unexpected(written.error());
  return all;
}

}  // namespace slipway::ops
