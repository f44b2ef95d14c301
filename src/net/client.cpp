#include "net/client.hpp"

#include <utility>

#include "net/client_exchange.hpp"
#include "net/client_stream.hpp"
#include "net/http.hpp"

namespace slipway::net {

const std::string* ClientResponse::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (equalsIgnoreCase(header.name, name)) return &header.value;
  }
  return nullptr;
}

Task<Fetched> fetch(ClientRequest request) {
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  const auto text = requestText(request, false);
  if (!text) co_return std::unexpected(text.error());
  const auto stream = co_await openClientStream(request, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  auto done = co_await exchange(**stream, request, *text);
  co_return std::move(done.answer);
}

ClientConnection::ClientConnection() = default;
ClientConnection::~ClientConnection() = default;
ClientConnection::ClientConnection(ClientConnection&&) noexcept = default;
ClientConnection& ClientConnection::operator=(ClientConnection&&) noexcept = default;

Task<Fetched> ClientConnection::request(ClientRequest request) {
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  const auto text = requestText(request, true);
  if (!text) co_return std::unexpected(text.error());
  if (!stream_) {
    auto opened = co_await openClientStream(request, deadline);
    if (!opened) co_return std::unexpected(opened.error());
    stream_ = std::move(*opened);
    ++connects_;
  }
  stream_->expireAt(deadline);
  auto done = co_await exchange(*stream_, request, *text);
  if (!done.reusable) stream_.reset();
  co_return std::move(done.answer);
}

}  // namespace slipway::net
