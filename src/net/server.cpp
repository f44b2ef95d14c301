#include "net/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <system_error>

#include "net/session.hpp"

namespace slipway::net {

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using Endpoint = asio::ip::tcp::endpoint;

constexpr std::chrono::milliseconds kSweepInterval{100};
constexpr std::chrono::milliseconds kAcceptPause{100};

Endpoint endpointOf(const ServerOptions& options) {
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  return {asio::ip::make_address(host), options.port};
}

std::string addressOf(const Endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

// Kept alive by the coroutines on it, which may end after their Server.
struct Server::Loop : std::enable_shared_from_this<Server::Loop> {
  Loop(asio::io_context& io, RequestHandler& handler, ServerOptions options,
       ConnectionLimits& limits)
      : executor(io.get_executor()),
        acceptor(executor),
        timer(executor),
        context(std::make_shared<SessionContext>(handler, std::move(options), limits)) {}

  static Task<> accept(std::shared_ptr<Loop> self);
  static Task<> sweep(std::shared_ptr<Loop> self);
  void listen();
  void open(Socket socket);

  Executor executor;
  Acceptor acceptor;
  Timer timer;
  std::shared_ptr<SessionContext> context;
  bool accepting = true;
  bool ended = false;  // the Server is gone
};

void Server::Loop::listen() {
  const auto endpoint = endpointOf(context->options);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(Acceptor::reuse_address(true));
  acceptor.set_option(ReusePort(true));
  acceptor.bind(endpoint);
  acceptor.listen(Acceptor::max_listen_connections);
  acceptor.non_blocking(true);
}

Task<> Server::Loop::accept(std::shared_ptr<Loop> self) {
  while (self->accepting) {
    boost::system::error_code ec;
    Socket socket = co_await self->acceptor.async_accept(asio::redirect_error(useTask, ec));
    if (!ec) {
      self->open(std::move(socket));
      continue;
    }
    if (!self->accepting) co_return;
    // Out of descriptors or memory: let some connections end first.
    Timer pause(self->executor, kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(useTask, ec));
  }
}

void Server::Loop::open(Socket socket) {
  boost::system::error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec) return;  // reset before it was accepted
  auto address = addressOf(peer);
  socket.non_blocking(true, ec);
  socket.set_option(asio::ip::tcp::no_delay(true), ec);
  const auto verdict = context->limits.admit(address);
  if (verdict != ConnectionLimits::Verdict::Admitted && context->limits.overwhelmed()) {
    context->limits.release(address, verdict);
    return;
  }
  auto session = std::make_unique<Session>(std::move(socket), std::move(address), context, verdict);
  if (!accepting) session->stop(std::chrono::steady_clock::now());
  asio::co_spawn(executor, Session::run(std::move(session)), asio::detached);
}

// One timer for all of a loop's connections: setting one for each wait would cost more than the
// wait itself.
Task<> Server::Loop::sweep(std::shared_ptr<Loop> self) {
  while (!self->ended) {
    self->timer.expires_after(kSweepInterval);
    boost::system::error_code ec;
    co_await self->timer.async_wait(asio::redirect_error(useTask, ec));
    if (ec) co_return;
    const auto now = std::chrono::steady_clock::now();
    for (auto* session : self->context->sessions) session->expireAt(now);
  }
}

Server::Server(asio::io_context& loop, RequestHandler& handler, ServerOptions options,
               ConnectionLimits& limits)
    : loop_(std::make_shared<Loop>(loop, handler, std::move(options), limits)) {
  try {
    loop_->listen();
  } catch (const boost::system::system_error& error) {
    const auto& wanted = loop_->context->options;
    throw std::system_error(error.code().value(), std::system_category(),
                            "cannot listen on " + wanted.host + ":" + std::to_string(wanted.port));
  }
}

Server::~Server() {
  loop_->accepting = false;
  loop_->ended = true;
  boost::system::error_code ec;
  loop_->acceptor.close(ec);
  loop_->timer.cancel();
}

std::uint16_t Server::port() const { return loop_->acceptor.local_endpoint().port(); }

void Server::start() {
  asio::co_spawn(loop_->executor, Loop::accept(loop_), asio::detached);
  asio::co_spawn(loop_->executor, Loop::sweep(loop_), asio::detached);
}

void Server::beginDrain() { loop_->context->draining = true; }

void Server::stopAccepting() {
  if (!loop_->accepting) return;
  loop_->accepting = false;
  boost::system::error_code ec;
  // What the kernel has accepted on our behalf would be reset by closing the listener.
  for (;;) {
    Socket socket = loop_->acceptor.accept(ec);
    if (ec) break;
    loop_->open(std::move(socket));
  }
  loop_->acceptor.close(ec);
  const auto now = std::chrono::steady_clock::now();
  for (auto* session : loop_->context->sessions) session->stop(now);
}

void Server::closeAll() {
  for (auto* session : loop_->context->sessions) session->abort();
}

std::size_t Server::connections() const { return loop_->context->sessions.size(); }

}  // namespace slipway::net
