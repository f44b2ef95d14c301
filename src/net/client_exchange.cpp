#include "net/client_exchange.hpp"

#include <algorithm>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include "net/http.hpp"

namespace slipway::net {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 64 * 1024;

/// A body that is kept up to a limit, or handed on. Beast's own string_body would reserve whatever
/// length the peer claims.
struct AnswerBody {
  // Names that Beast asks of a body.
  struct value_type {  // NOLINT(readability-identifier-naming)
    std::string text;
    std::size_t limit = 0;
    const BodySink* sink = nullptr;
    const http::response_header<>* head = nullptr;
  };

  class reader {  // NOLINT(readability-identifier-naming)
   public:
    template <bool kIsRequest, class Fields>
    reader(const http::header<kIsRequest, Fields>& /*head*/, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& /*length*/, error_code& ec) {
      ec = {};
      handsOn_ = body_.sink != nullptr && body_.head->result_int() / 100 == 2;
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& ec) {
      ec = {};
      std::size_t taken = 0;
      for (const auto buffer : beast::buffers_range_ref(buffers)) {
        take({static_cast<const char*>(buffer.data()), buffer.size()}, ec);
        if (ec) break;
        taken += buffer.size();
      }
      return taken;
    }
    void finish(error_code& ec) { ec = {}; }

   private:
    void take(std::string_view piece, error_code& ec) {
      if (handsOn_) {
        if (!(*body_.sink)(piece)) ec = http::error::end_of_stream;
      } else if (piece.size() > body_.limit - body_.text.size()) {
        ec = http::error::body_limit;
      } else {
        body_.text.append(piece);
      }
    }

    value_type& body_;
    bool handsOn_ = false;
  };
};

using Parser = http::response_parser<AnswerBody>;

void prepare(Parser& parser, const ClientRequest& request) {
  parser.eager(true);
  parser.body_limit(boost::none);  // AnswerBody's own counts what is kept
  parser.skip(request.method == "HEAD");
  parser.get().body().limit = request.maxBodyBytes;
  parser.get().body().sink = request.onBody ? &request.onBody : nullptr;
  parser.get().body().head = &parser.get().base();
}

/// Reads until the parser has a whole answer. The buffer keeps what came after it.
Task<error_code> readAnswer(ClientStream& stream, Parser& parser, beast::flat_buffer& buffer) {
  error_code ec;
  while (!parser.is_done()) {
    if (buffer.size() > 0) {
      const auto used = parser.put(buffer.data(), ec);
      buffer.consume(used);
      if (ec && ec != http::error::need_more) co_return ec;
      if (!ec) continue;
    }
    const auto room = buffer.prepare(kReadBytes);
    const auto count = co_await stream.readSome(room, ec);
    buffer.commit(count);
    if (ec == asio::error::eof) {
      if (!parser.got_some()) co_return ec;
      parser.put_eof(ec);
      co_return ec;  // none when the answer ends with the connection
    }
    if (ec) co_return ec;
  }
  co_return error_code{};
}

ClientResponse responseOf(Parser& parser, const ClientStream& stream) {
  auto message = parser.release();
  ClientResponse response{.status = message.result_int(), .body = std::move(message.body().text)};
  for (const auto& field : message) {
    response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  response.tls = stream.tls();
  return response;
}

bool isOneLine(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void addHeader(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

std::string hostHeader(const ClientRequest& request) {
  if (!request.unixSocket.empty()) return request.host.empty() ? "localhost" : request.host;
  const bool isIpv6 = request.host.find(':') != std::string::npos;
  return (isIpv6 ? "[" + request.host + "]" : request.host) + ":" + std::to_string(request.port);
}

bool hasHeader(const ClientRequest& request, std::string_view name) {
  return std::ranges::any_of(request.headers,
                             [&](const ClientHeader& h) { return equalsIgnoreCase(h.name, name); });
}

}  // namespace

std::expected<std::string, std::string> requestText(const ClientRequest& request, bool keepAlive) {
  std::string text(request.method);
  text.append(" ").append(request.target).append(" HTTP/1.1\r\n");
  bool sound = isOneLine(request.target) && request.target.find(' ') == std::string::npos &&
               isOneLine(request.host);
  const auto addUnlessGiven = [&](std::string_view name, std::string_view value) {
    if (!hasHeader(request, name)) addHeader(text, name, value);
  };
  addUnlessGiven("Host", hostHeader(request));
  addUnlessGiven("User-Agent", "slipway");
  addUnlessGiven("Connection", keepAlive ? "keep-alive" : "close");
  if (!request.contentType.empty()) addUnlessGiven("Content-Type", request.contentType);
  const bool mayLackBody = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !mayLackBody) {
    addHeader(text, "Content-Length", std::to_string(request.body.size()));
  }
  for (const auto& header : request.headers) {
    sound = sound && isOneLine(header.name) && isOneLine(header.value);
    addHeader(text, header.name, header.value);
  }
  if (!sound) return std::unexpected("send: a target or header with characters that can't be sent");
  text.append("\r\n").append(request.body);
  return text;
}

Task<Exchanged> exchange(ClientStream& stream, const ClientRequest& request,
                         const std::string& text) {
  error_code ec;
  co_await stream.writeAll(asio::buffer(text), ec);
  if (ec) co_return Exchanged{.answer = std::unexpected(clientFailure("send", ec))};
  beast::flat_buffer buffer;
  for (;;) {
    Parser parser;
    prepare(parser, request);
    ec = co_await readAnswer(stream, parser, buffer);
    if (ec == http::error::end_of_stream && request.onBody) {
      co_return Exchanged{.answer = std::unexpected("receive: stopped")};
    }
    if (ec) co_return Exchanged{.answer = std::unexpected(clientFailure("receive", ec))};
    const auto status = parser.get().result_int();
    if (status / 100 == 1 && status != 101) continue;  // an interim answer, RFC 9110 section 15.2
    const bool reusable = parser.keep_alive() && buffer.size() == 0 && status != 101;
    co_return Exchanged{.answer = responseOf(parser, stream), .reusable = reusable};
  }
}

}  // namespace slipway::net
