#include "ops/http/tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <utility>

namespace slipway::ops {

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using net::Task;
using net::useTask;

std::chrono::system_clock::time_point timeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

class TlsStream : public net::ClientStream {
 public:
  TlsStream(net::ClientSocket socket, ssl::context& context)
      : stream_(std::move(socket), context) {}

  ssl::stream<net::ClientSocket>& stream() { return stream_; }

  void expireAt(std::chrono::steady_clock::time_point deadline) override {
    stream_.next_layer().expires_at(deadline);
  }
  Task<std::size_t> readSome(asio::mutable_buffer into, error_code& error) override {
    return stream_.async_read_some(into, asio::redirect_error(useTask, error));
  }
  Task<> writeAll(asio::const_buffer from, error_code& error) override {
    co_await asio::async_write(stream_, from, asio::redirect_error(useTask, error));
  }
  std::optional<net::TlsSession> tls() const override {
    auto* const handle = const_cast<ssl::stream<net::ClientSocket>&>(stream_).native_handle();
    net::TlsSession session{.version = SSL_get_version(handle), .notAfter = {}};
    if (auto* const certificate = SSL_get1_peer_certificate(handle)) {
      session.notAfter = timeOf(X509_get0_notAfter(certificate));
      X509_free(certificate);
    }
    return session;
  }

 private:
  ssl::stream<net::ClientSocket> stream_;
};

std::string handshakeFailure(SSL* handle, const error_code& error) {
  const auto verified = SSL_get_verify_result(handle);
  if (verified != X509_V_OK) {
    return fmt::format("TLS: the certificate is not trusted: {}",
                       X509_verify_cert_error_string(verified));
  }
  return net::clientFailure("TLS", error);
}

class Tls : public net::ClientSecurity {
 public:
  Tls(ssl::context context, TlsOptions options)
      : context_(std::move(context)), options_(std::move(options)) {}

  Task<net::Secured> secure(net::ClientSocket socket, const std::string& host) const override {
    const std::string& name = options_.serverName.empty() ? host : options_.serverName;
    auto secured = std::make_unique<TlsStream>(std::move(socket), context_);
    auto& stream = secured->stream();
    error_code ec;
    asio::ip::make_address(name, ec);
    // An address is no name that SNI could hold (RFC 6066 section 3).
    if (ec) SSL_set_tlsext_host_name(stream.native_handle(), name.c_str());
    if (options_.trust != TlsOptions::Trust::Anything) {
      stream.set_verify_callback(ssl::host_name_verification(name));
    }
    co_await stream.async_handshake(ssl::stream_base::client, asio::redirect_error(useTask, ec));
    if (ec) co_return std::unexpected(handshakeFailure(stream.native_handle(), ec));
    co_return std::move(secured);
  }

 private:
  mutable ssl::context context_;  // Asio makes streams of what it may change, and does not
  TlsOptions options_;
};

}  // namespace

std::expected<std::shared_ptr<const net::ClientSecurity>, std::string> makeTls(TlsOptions options) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  error_code ec;
  if (options.trust == TlsOptions::Trust::System) context.set_default_verify_paths(ec);
  if (options.trust == TlsOptions::Trust::File) {
    context.load_verify_file(options.authorities.string(), ec);
  }
  if (ec) {
    return std::unexpected(fmt::format("cannot read certificates from {}: {}",
                                       options.authorities.string(), ec.message()));
  }
  context.set_verify_mode(options.trust == TlsOptions::Trust::Anything ? ssl::verify_none
                                                                       : ssl::verify_peer);
  return std::make_shared<const Tls>(std::move(context), std::move(options));
}

}  // namespace slipway::ops
