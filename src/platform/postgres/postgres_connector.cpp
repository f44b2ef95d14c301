#include "platform/postgres/postgres_connector.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>
#include <vector>

#include "platform/postgres/postgres_errors.hpp"
#include "platform/postgres/postgres_socket.hpp"

namespace slipway::platform {

namespace asio = net::asio;

namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using Addresses = std::expected<std::vector<std::string>, std::string>;

void ignoreNotice(void*, const PGresult*) {}  // libpq's own prints to stderr

/// The numeric addresses of a host; one empty text when libpq needs none.
net::Task<Addresses> findAddresses(PostgresHost host, milliseconds limit) {
  if (!host.address.empty()) co_return std::vector{host.address};
  if (host.isSocketFolder()) co_return std::vector{std::string()};
  error_code ec;
  asio::ip::make_address(host.host, ec);
  if (!ec) co_return std::vector{host.host};
  const auto executor = co_await asio::this_coro::executor;
  using Resolver = asio::ip::basic_resolver<asio::ip::tcp, net::Executor>;
  const auto resolver = std::make_shared<Resolver>(executor);
  PostgresTimer timer(executor, limit);
  timer.async_wait([resolver](error_code stopped) {
    if (!stopped) resolver->cancel();
  });
  const auto found =
      co_await resolver->async_resolve(host.host, "", asio::redirect_error(net::useTask, ec));
  if (ec) {
    const auto why = ec == asio::error::operation_aborted ? "timed out" : ec.message();
    co_return std::unexpected("look up " + host.host + ": " + why);
  }
  std::vector<std::string> addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint().address().to_string());
  co_return addresses;
}

/// libpq's arrays; they point into `target` and `host`.
PostgresHandle startOpening(const PostgresTarget& target, const PostgresHost& host,
                            const std::string& address) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    names.push_back(name);
    values.push_back(value.c_str());
  };
  add("host", host.host);  // what a certificate is checked against
  add("port", host.port);
  add("hostaddr", address);
  for (const auto& [name, value] : target.parameters) add(name.c_str(), value);
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PostgresHandle(PQconnectStartParams(names.data(), values.data(), 0));
}

std::string placeOf(const PostgresHost& host, const std::string& address) {
  std::string place = host.host.empty() ? "the default host" : host.host;
  if (!address.empty() && address != host.host) place += " (" + address + ")";
  if (!host.port.empty()) place += " port " + host.port;
  return place;
}

net::Task<PostgresOpened> openAt(std::shared_ptr<const PostgresTarget> target, PostgresHost host,
                                 std::string address, milliseconds limit) {
  const auto executor = co_await asio::this_coro::executor;
  PostgresHandle handle = startOpening(*target, host, address);
  if (!handle) co_return std::unexpected("out of memory");
  PQsetNoticeReceiver(handle.get(), ignoreNotice, nullptr);
  PostgresOpeningSocket socket(executor, limit);
  auto next =
      PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
    const auto type = next == PGRES_POLLING_READING ? PostgresDescriptor::wait_read
                                                    : PostgresDescriptor::wait_write;
    const bool ready = co_await socket.wait(PQsocket(handle.get()), type);
    if (!ready) co_return std::unexpected("connect to " + placeOf(host, address) + ": timed out");
    next = PQconnectPoll(handle.get());
  }
  if (next != PGRES_POLLING_OK) co_return std::unexpected(connectionProblem(handle.get()));
  PQsetnonblocking(handle.get(), 1);
  co_return std::move(handle);
}

}  // namespace

net::Task<PostgresOpened> openPostgres(std::shared_ptr<const PostgresTarget> target,
                                       milliseconds limit) {
  PostgresOpened opened = std::unexpected("no host to connect to");
  for (const auto& host : target->hosts) {
    Addresses addresses = co_await findAddresses(host, limit);
    if (!addresses) {
      opened = std::unexpected(std::move(addresses.error()));
      continue;
    }
    for (const auto& address : *addresses) {
      opened = co_await openAt(target, host, address, limit);
      if (opened) co_return opened;
    }
  }
  co_return opened;
}

}  // namespace slipway::platform
