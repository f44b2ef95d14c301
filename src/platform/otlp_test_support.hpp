// A stand-in for an OpenTelemetry collector, and ways to look at what it was sent.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "net/task.hpp"

namespace slipway::testing {

/// An HTTP listener that answers every request with `status` and keeps what it was sent.
class StandInCollector {
 public:
  explicit StandInCollector(boost::asio::io_context& loop)
      : acceptor_(loop.get_executor(),
                  net::asio::ip::tcp::endpoint(net::asio::ip::address_v4::loopback(), 0)) {
    net::asio::co_spawn(loop, serve(), net::asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  std::string status = "200 OK";
  std::vector<std::string> heads;
  std::vector<base::Json> bodies;

 private:
  using Socket = net::asio::basic_stream_socket<net::asio::ip::tcp, net::Executor>;
  using Acceptor = net::asio::basic_socket_acceptor<net::asio::ip::tcp, net::Executor>;

  net::Task<> serve() {
    for (;;) {
      Socket socket = co_await acceptor_.async_accept(net::useTask);
      std::string data;
      const auto headSize = co_await net::asio::async_read_until(
          socket, net::asio::dynamic_buffer(data), "\r\n\r\n", net::useTask);
      const auto length = data.find("Content-Length: ");
      const auto wanted = headSize + std::stoul(data.substr(length + 16));
      if (data.size() < wanted) {
        const auto rest = wanted - data.size();
        co_await net::asio::async_read(socket, net::asio::dynamic_buffer(data),
                                       net::asio::transfer_exactly(rest), net::useTask);
      }
      heads.push_back(data.substr(0, headSize));
      bodies.push_back(base::readJson(data.substr(headSize)).value());
      const auto answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
      co_await net::asio::async_write(socket, net::asio::buffer(answer), net::useTask);
    }
  }

  Acceptor acceptor_;
};

/// A way into nested JSON: names of members, and "0" for the first element.
inline const base::Json& at(const base::Json& json, std::initializer_list<std::string_view> path) {
  const base::Json* here = &json;
  for (const auto step : path) {
    here = step == "0" ? &here->asArray().at(0) : here->find(step);
    if (here == nullptr) throw std::out_of_range(std::string(step));
  }
  return *here;
}

inline const base::Json::Array& spansOf(const base::Json& body) {
  return at(body, {"resourceSpans", "0", "scopeSpans", "0", "spans"}).asArray();
}

inline std::string attribute(const base::Json& span, std::string_view key) {
  for (const auto& entry : span.find("attributes")->asArray()) {
    if (entry.find("key")->asString() != key) continue;
    return entry.find("value")->asObject().front().second.asString();
  }
  return "(none)";
}

/// The spans of all requests to the collector, by name; of the same name, the last.
inline std::map<std::string, base::Json> spansByName(const std::vector<base::Json>& bodies) {
  std::map<std::string, base::Json> spans;
  for (const auto& body : bodies) {
    for (const auto& span : spansOf(body)) spans[span.find("name")->asString()] = span;
  }
  return spans;
}

}  // namespace slipway::testing
