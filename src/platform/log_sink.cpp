#include "platform/log_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace slipway::platform {

namespace {

// Lines of so many milliseconds are written together: waking the writer for each would cost more
// than the line.
constexpr std::chrono::milliseconds kGather{4};
constexpr std::chrono::seconds kLastWrites{2};

/// What could not be written: something only when the descriptor is broken or the sink is gone.
std::string_view writeAll(int descriptor, std::string_view text, const std::atomic<bool>& gone) {
  while (!text.empty() && !gone) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, 1000);
    } else if (errno != EINTR) {
      return text;
    }
  }
  return text;
}

}  // namespace

// Shared with the writer, which may be stuck in write(2) when the sink is destroyed.
struct LogSink::State {
  explicit State(LogSinkOptions wanted) : options(std::move(wanted)) {}

  void run();
  bool takeBatch(std::string& batch);

  const LogSinkOptions options;
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable finished;
  std::string waiting;           // guarded by mutex
  std::uint64_t unreported = 0;  // guarded by mutex
  bool stopping = false;         // guarded by mutex
  bool done = false;             // guarded by mutex
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<bool> gone{false};  // nothing but this may be used any more
};

bool LogSink::State::takeBatch(std::string& batch) {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return stopping || !waiting.empty(); });
  if (!stopping) {
    wake.wait_for(lock, kGather,
                  [this] { return stopping || waiting.size() > options.capacityBytes / 4; });
  }
  if (gone) return false;
  batch.clear();
  batch.swap(waiting);
  // Under the lock, because what the notice is made with may go when the sink does.
  if (unreported != 0 && options.dropNotice) batch += options.dropNotice(unreported);
  unreported = 0;
  return !batch.empty() || !stopping;
}

void LogSink::State::run() {
  std::string batch;
  while (takeBatch(batch)) {
    const auto rest = writeAll(options.descriptor, batch, gone);
    if (rest.empty()) continue;
    const auto lines = static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
    dropped.fetch_add(lines, std::memory_order_relaxed);
    const std::lock_guard lock(mutex);
    unreported += lines;
    if (stopping) break;
  }
  const std::lock_guard lock(mutex);
  done = true;
  finished.notify_all();
}

LogSink::LogSink(LogSinkOptions options) : state_(std::make_shared<State>(std::move(options))) {
  std::thread([state = state_] { state->run(); }).detach();
}

LogSink::~LogSink() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->wake.notify_all();
  state_->finished.wait_for(lock, kLastWrites, [this] { return state_->done; });
  state_->gone = true;
}

void LogSink::write(std::string_view line) {
  bool wasEmpty = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.size() + line.size() > state_->options.capacityBytes) {
      ++state_->unreported;
      state_->dropped.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    wasEmpty = state_->waiting.empty();
    state_->waiting.append(line);
  }
  if (wasEmpty) state_->wake.notify_one();
}

std::uint64_t LogSink::dropped() const { return state_->dropped.load(std::memory_order_relaxed); }

}  // namespace slipway::platform
