// Encrypted connections, and the ways in which libpq changes its mind about them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "platform/postgres/postgres_database_test_support.hpp"

namespace slipway::platform {
namespace {

using ::testing::HasSubstr;

constexpr Statement kEncrypted{"encrypted",
                               "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"};

class PostgresTlsTest : public slipway::testing::PostgresTest {
 protected:
  /// Whether the connection is encrypted, or why there is none.
  std::string connect(const std::string& parameters, const std::string& host = "127.0.0.1",
                      const std::string& user = "postgres") {
    reopen();
    auto url = server().url(name_, user) + "?" + parameters;
    url.replace(url.find("127.0.0.1"), 9, host);
    options_.url = base::Secret(url);
    const auto result = execute(kEncrypted);
    if (!result) return result.error().message;
    return (*result)->boolean(0, 0) ? "encrypted" : "plain";
  }
  /// Somebody else's, which signed nothing here.
  std::string foreignCertificate() {
    const auto path = folder_.file("foreign.crt");
    const auto made = slipway::testing::spawn(
        nullptr, "/dev/null",
        {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=other", "-keyout",
         folder_.file("foreign.key"), "-out", path});
    EXPECT_EQ(slipway::testing::waitFor(made), 0);
    return path;
  }
  /// The server's own, where it may be read.
  std::string rootCertificate() {
    const auto path = folder_.file("root.crt");
    std::ofstream(path) << std::ifstream(server().certificate()).rdbuf();
    return path;
  }

  slipway::testing::TemporaryFolder folder_;
};

TEST_F(PostgresTlsTest, EncryptsWhereItMayAndWhereItMust) {
  EXPECT_EQ(connect("sslmode=prefer"), "encrypted");
  EXPECT_EQ(connect("sslmode=require"), "encrypted");
  EXPECT_EQ(connect("sslmode=disable"), "plain");
}

TEST_F(PostgresTlsTest, VerifiesTheServer) {
  const auto root = "&sslrootcert=" + rootCertificate();
  EXPECT_EQ(connect("sslmode=verify-ca" + root), "encrypted");
  EXPECT_EQ(connect("sslmode=verify-full" + root), "encrypted");
  EXPECT_EQ(connect("sslmode=verify-full" + root, "localhost"), "encrypted");
  EXPECT_THAT(connect("sslmode=verify-full" + root, "127.0.0.2"), HasSubstr("certificate"));
  EXPECT_THAT(connect("sslmode=verify-full&sslrootcert=" + foreignCertificate()),
              HasSubstr("certificate verify failed"));
}

// libpq closes its socket, and opens another one that mostly has the same number.
TEST_F(PostgresTlsTest, FallsBackToAnotherSocket) {
  const std::string user = slipway::testing::PostgresServer::kPlainUser;
  server().run(
      "DO $$ BEGIN CREATE ROLE plain SUPERUSER LOGIN PASSWORD 'p@ss/w:rd ?#%''\\'; "
      "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  EXPECT_EQ(connect("sslmode=prefer", "127.0.0.1", user), "plain");
  EXPECT_EQ(connect("sslmode=prefer", "localhost", user), "plain");
  EXPECT_THAT(connect("sslmode=require", "127.0.0.1", user), HasSubstr("pg_hba.conf rejects"));
}

}  // namespace
}  // namespace slipway::platform
