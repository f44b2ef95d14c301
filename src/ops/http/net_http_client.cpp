#include "ops/http/net_http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "net/client.hpp"
#include "ops/http/tls.hpp"

namespace slipway::ops {

namespace {

net::ClientRequest requestOf(const HttpCall& call) {
  net::ClientRequest request{.method = call.method,
                             .host = call.host,
                             .port = call.port,
                             .unixSocket = call.socket.string(),
                             .target = call.target,
                             .body = call.body,
                             .timeout = call.timeout,
                             .maxBodyBytes = call.maxBodyBytes};
  for (const auto& [name, value] : call.headers) request.headers.push_back({name, value});
  return request;
}

net::Fetched fetchBlocking(net::ClientRequest request) {
  net::asio::io_context loop(1);
  std::optional<net::Fetched> fetched;
  std::exception_ptr failure;
  net::asio::co_spawn(loop, net::fetch(std::move(request)),
                      [&](std::exception_ptr thrown, net::Fetched result) {
                        failure = std::move(thrown);
                        fetched = std::move(result);
                      });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*fetched);
}

}  // namespace

Result<HttpAnswer> NetHttpClient::send(const HttpCall& call) {
  auto request = requestOf(call);
  if (call.overTls) {
    if (!security_) {
      auto made = makeTls({.trust = TlsOptions::Trust::Anything});
      if (!made) return std::unexpected(made.error());
      security_ = std::move(*made);
    }
    request.security = security_;
  }
  auto fetched = fetchBlocking(std::move(request));
  if (!fetched) return std::unexpected(fetched.error());
  return HttpAnswer{fetched->status, std::move(fetched->body)};
}

}  // namespace slipway::ops
