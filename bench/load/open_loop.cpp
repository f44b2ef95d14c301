// GET of one path at a constant rate, whatever the server does: each request has a moment at which
// it is due, and its latency counts from that moment, also when no connection was free then (no
// coordinated omission). One thread that never sleeps: give it a core of its own.
//
// usage: open_loop <port> <path> <requests a second> <seconds> <connections>
// Prints {requests, seconds, errors, p50, p99, p999, most}; latencies in microseconds. What is not
// answered kGrace after the last one was due, and any answer but 200, is an error.
// Exit codes: 0 measured, 1 no connection, 2 wrong usage.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kGrace = std::chrono::seconds{5};
constexpr std::size_t kMostAnswer = 1 << 20;

struct Connection {
  int socket = -1;
  Clock::time_point due;
  std::string received;
};

/// The bytes of the whole answer at the front of `text`, once its header is there.
std::optional<std::size_t> sizeOfAnswer(std::string_view text) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view header = text.substr(0, end + 2);
  // As the peers spell it; fastapi's uvicorn and Node write small letters.
  auto at = header.find("\r\nContent-Length: ");
  if (at == std::string_view::npos) at = header.find("\r\ncontent-length: ");
  if (at == std::string_view::npos) return std::nullopt;
  std::size_t length = 0;
  const char* const number = header.data() + at + 18;
  std::from_chars(number, header.data() + header.size(), length);
  return end + 4 + length;
}

int connectTo(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(made, F_SETFL, O_NONBLOCK);
  return made;
}

class Load {
 public:
  Load(std::uint16_t port, const std::string& path, double rate, std::size_t requests)
      : port_(port),
        request_("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                 "\r\nUser-Agent: open_loop\r\n\r\n"),
        interval_(1e9 / rate),
        requests_(requests) {
    latencies_.reserve(requests);
  }

  bool connect(std::size_t count) {
    connections_.resize(count);
    for (auto& connection : connections_) {
      connection.socket = connectTo(port_);
      if (connection.socket < 0) return false;
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
      idle_.push_back(&connection);
    }
    return true;
  }

  void run() {
    start_ = Clock::now();
    const auto last = dueOf(requests_) + kGrace;
    while (latencies_.size() + errors_ < requests_ && Clock::now() < last) {
      sendWhatIsDue();
      receive();
    }
    errors_ = requests_ - latencies_.size();
    seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  void print() {
    std::ranges::sort(latencies_);
    std::printf(R"({"requests":%zu,"seconds":%.3f,"errors":%zu,"p50":%.1f,"p99":%.1f,)"
                R"("p999":%.1f,"most":%.1f})"
                "\n",
                latencies_.size(), seconds_, errors_, quantile(0.5), quantile(0.99),
                quantile(0.999), quantile(1));
  }

 private:
  Clock::time_point dueOf(std::size_t number) const {
    return start_ + std::chrono::nanoseconds{
                        static_cast<std::int64_t>(static_cast<double>(number) * interval_)};
  }

  void sendWhatIsDue() {
    while (sent_ < requests_ && !idle_.empty() && dueOf(sent_) <= Clock::now()) {
      Connection* const connection = idle_.back();
      idle_.pop_back();
      connection->due = dueOf(sent_++);
      connection->received.clear();
      // A few hundred bytes on an idle connection fit its buffer.
      if (send(connection->socket, request_.data(), request_.size(), MSG_NOSIGNAL) < 0) ++errors_;
    }
  }

  void receive() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 0);
    for (int at = 0; at < count; ++at) receiveOn(*static_cast<Connection*>(events[at].data.ptr));
  }

  void receiveOn(Connection& connection) {
    std::array<char, 65536> bytes;
    const auto size = read(connection.socket, bytes.data(), bytes.size());
    if (size <= 0) {
      if (size < 0 && errno == EAGAIN) return;
      return close(connection);
    }
    connection.received.append(bytes.data(), static_cast<std::size_t>(size));
    if (connection.received.size() > kMostAnswer) return close(connection);
    const auto whole = sizeOfAnswer(connection.received);
    if (!whole || connection.received.size() < *whole) return;
    if (connection.received.starts_with("HTTP/1.1 200")) {
      const std::chrono::duration<double, std::micro> latency = Clock::now() - connection.due;
      latencies_.push_back(latency.count());
    } else {
      ++errors_;
    }
    idle_.push_back(&connection);
  }

  /// Its request, if it has one, stays unanswered.
  void close(Connection& connection) {
    ::close(connection.socket);
    ++errors_;
  }

  double quantile(double part) const {
    if (latencies_.empty()) return 0;
    return latencies_[static_cast<std::size_t>(part * static_cast<double>(latencies_.size() - 1))];
  }

  const std::uint16_t port_;
  const std::string request_;
  const double interval_;  // nanoseconds
  const std::size_t requests_;
  const int poll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::vector<double> latencies_;
  Clock::time_point start_;
  std::size_t sent_ = 0;
  std::size_t errors_ = 0;
  double seconds_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr,
                 "usage: open_loop <port> <path> <requests a second> <seconds> <connections>\n");
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  const double rate = std::atof(arguments[3]);
  const double seconds = std::atof(arguments[4]);
  const int connections = std::atoi(arguments[5]);
  if (port == 0 || rate <= 0 || seconds <= 0 || connections <= 0) {
    std::fprintf(stderr, "open_loop: port, rate, seconds and connections must be above 0\n");
    return 2;
  }
  Load load{port, arguments[2], rate, static_cast<std::size_t>(rate * seconds)};
  if (!load.connect(static_cast<std::size_t>(connections))) {
    std::fprintf(stderr, "open_loop: cannot connect to 127.0.0.1:%d: is the server running?\n",
                 port);
    return 1;
  }
  load.run();
  load.print();
}
