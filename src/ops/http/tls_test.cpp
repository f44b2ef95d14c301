#include "ops/http/tls.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <optional>

#include "net/client.hpp"
#include "ops/init/certificate.hpp"

namespace slipway::ops {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using net::Executor;
using net::Task;
using net::useTask;
using Socket = asio::basic_stream_socket<tcp, Executor>;

/// A TLS server with a certificate for "service.example" and 127.0.0.1 that answers every
/// connection once.
class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    const auto made = makeSelfSigned({.hosts = {"service.example", "127.0.0.1"},
                                      .from = base::systemClock().now() - std::chrono::hours(1),
                                      .lifetime = std::chrono::days(30)});
    context_.use_certificate_chain(asio::buffer(made.certificate));
    const auto key = made.key.reveal();
    context_.use_private_key(asio::buffer(key.data(), key.size()), ssl::context::pem);
    SSL_CTX_set_tlsext_servername_arg(context_.native_handle(), this);
    SSL_CTX_set_tlsext_servername_callback(context_.native_handle(), noteName);
    std::ofstream(authorities_) << made.certificate;
  }
  ~TlsTest() override { std::filesystem::remove(authorities_); }

  net::Fetched ask(TlsOptions options, std::string host = "127.0.0.1") {
    auto security = makeTls(std::move(options));
    if (!security) return std::unexpected(security.error());
    std::optional<net::Fetched> result;
    asio::co_spawn(loop_, answerOnce(), asio::detached);
    net::ClientRequest request{
        .host = std::move(host), .port = acceptor_.local_endpoint().port(), .security = *security};
    asio::co_spawn(loop_, net::fetch(std::move(request)),
                   [&](std::exception_ptr, net::Fetched got) { result = std::move(got); });
    while (!result) loop_.run_one();
    return *result;
  }

  const std::filesystem::path authorities_ =
      std::filesystem::temp_directory_path() / ("slipway-tls-test-" + std::to_string(getpid()));
  std::string nameAsked_;

 private:
  static int noteName(SSL* handle, int* /*alert*/, void* test) {
    const char* const name = SSL_get_servername(handle, TLSEXT_NAMETYPE_host_name);
    static_cast<TlsTest*>(test)->nameAsked_ = name != nullptr ? name : "";
    return SSL_TLSEXT_ERR_OK;
  }

  Task<> answerOnce() {
    auto socket = co_await acceptor_.async_accept(useTask);
    ssl::stream<Socket> stream(std::move(socket), context_);
    boost::system::error_code ec;
    co_await stream.async_handshake(ssl::stream_base::server, asio::redirect_error(useTask, ec));
    if (ec) co_return;
    std::string received;
    co_await asio::async_read_until(stream, asio::dynamic_buffer(received), "\r\n\r\n",
                                    asio::redirect_error(useTask, ec));
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
    co_await asio::async_write(stream, asio::buffer(answer), asio::redirect_error(useTask, ec));
    co_await stream.async_shutdown(asio::redirect_error(useTask, ec));
  }

  asio::io_context loop_{1};
  ssl::context context_{ssl::context::tls_server};
  asio::basic_socket_acceptor<tcp, Executor> acceptor_{
      loop_.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
};

TEST_F(TlsTest, AsksWhomItTrustsAndTellsOfTheCertificate) {
  const auto got = ask({.trust = TlsOptions::Trust::File, .authorities = authorities_});
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "secret");
  ASSERT_TRUE(got->tls);
  EXPECT_EQ(got->tls->version, "TLSv1.3");
  const auto left = got->tls->notAfter - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::days(29));
  EXPECT_LT(left, std::chrono::days(30));
  EXPECT_EQ(nameAsked_, "");
}

TEST_F(TlsTest, AsksForAnotherNameThanItConnectsTo) {
  const auto got = ask({.trust = TlsOptions::Trust::File,
                        .authorities = authorities_,
                        .serverName = "service.example"});
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(nameAsked_, "service.example");
}

TEST_F(TlsTest, RefusesOneThatProvesToBeAnother) {
  const auto got = ask({.trust = TlsOptions::Trust::File,
                        .authorities = authorities_,
                        .serverName = "other.example"});
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().starts_with("TLS: the certificate is not trusted: ")) << got.error();
}

TEST_F(TlsTest, RefusesOneThatNoAuthorityKnows) {
  const auto got = ask({});
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().starts_with("TLS: the certificate is not trusted: self")) << got.error();
}

TEST_F(TlsTest, AcceptsAnyoneOnlyWhenTold) {
  const auto got = ask({.trust = TlsOptions::Trust::Anything}, "localhost");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "secret");
  EXPECT_EQ(nameAsked_, "localhost");
}

TEST_F(TlsTest, SaysThatItCannotReadTheAuthorities) {
  const auto got = ask({.trust = TlsOptions::Trust::File, .authorities = "/nonexistent.pem"});
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().starts_with("cannot read certificates from /nonexistent.pem"))
      << got.error();
}

}  // namespace
}  // namespace slipway::ops
