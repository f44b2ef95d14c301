#include "platform/log_sink.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

namespace slipway::platform {
namespace {

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    closeReader();
    ::close(ends_[1]);
  }
  int writer() const { return ends_[1]; }
  void closeReader() {
    if (ends_[0] >= 0) ::close(ends_[0]);
    ends_[0] = -1;
  }
  /// So that the next write waits for a reader.
  void fill() const {
    const int flags = ::fcntl(ends_[1], F_GETFL);
    ::fcntl(ends_[1], F_SETFL, flags | O_NONBLOCK);
    while (::write(ends_[1], "x", 1) == 1) {
    }
    ::fcntl(ends_[1], F_SETFL, flags);
  }
  /// Until `size` bytes are there.
  std::string read(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const auto count = ::read(ends_[0], text.data() + got, size - got);
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
    text.resize(got);
    return text;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(LogSink, WritesLinesInOrder) {
  Pipe pipe;
  LogSink sink({.descriptor = pipe.writer()});
  sink.write("one\n");
  sink.write("two\n");
  EXPECT_EQ(pipe.read(8), "one\ntwo\n");
}

TEST(LogSink, WritesWhatWaitsBeforeItGoes) {
  Pipe pipe;
  std::string expected;
  {
    LogSink sink({.descriptor = pipe.writer()});
    for (int i = 0; i < 1000; ++i) {
      const auto line = std::to_string(i) + "\n";
      sink.write(line);
      expected += line;
    }
  }
  EXPECT_EQ(pipe.read(expected.size()), expected);
}

TEST(LogSink, DropsAndCountsWhenItsReaderIsStuckAndReportsItLater) {
  Pipe pipe;
  LogSink sink(
      {.descriptor = pipe.writer(), .capacityBytes = 1000, .dropNotice = [](std::uint64_t count) {
         return "lost " + std::to_string(count) + "\n";
       }});
  const std::string line(99, 'x');
  std::uint64_t written = 0;
  // A pipe holds 64 KiB, the sink 1,000 bytes and the batch that its writer is stuck with.
  while (sink.dropped() < 5) {
    sink.write(line + "\n");
    ++written;
    std::this_thread::yield();
  }
  const auto taken = (written - sink.dropped()) * 100;
  const auto text = pipe.read(taken + 7);
  EXPECT_NE(text.find("lost "), std::string::npos);
}

TEST(LogSink, CountsTheLinesThatABrokenDescriptorDidNotTake) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.closeReader();
  LogSink sink({.descriptor = pipe.writer()});
  sink.write("one\n");
  sink.write("two\n");
  while (sink.dropped() < 2) std::this_thread::yield();
  EXPECT_EQ(sink.dropped(), 2U);
}

TEST(LogSink, GoesWhileItsWriterIsStuck) {
  std::signal(SIGPIPE, SIG_IGN);
  // Never closed: nothing says when the writer that is left behind is done with it.
  static auto* const pipe = new Pipe;
  pipe->fill();
  auto noticed = std::make_unique<bool>(false);
  {
    LogSink sink({.descriptor = pipe->writer(),
                  .capacityBytes = 1000,
                  .dropNotice = [&noticed](std::uint64_t) {
                    *noticed = true;
                    return std::string("lost\n");
                  }});
    while (sink.dropped() < 5) {
      sink.write(std::string(99, 'x') + "\n");
      std::this_thread::yield();
    }
  }
  noticed.reset();  // the writer, let go, must not use it
  pipe->closeReader();
}

TEST(LogSink, DropsALineThatNeverFits) {
  Pipe pipe;
  LogSink sink({.descriptor = pipe.writer(), .capacityBytes = 10});
  sink.write("much too long\n");
  EXPECT_EQ(sink.dropped(), 1U);
}

}  // namespace
}  // namespace slipway::platform
