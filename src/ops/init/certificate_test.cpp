#include "ops/init/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace slipway::ops {
namespace {

using std::chrono::days;

struct Parsed {
  std::unique_ptr<X509, decltype(&X509_free)> certificate{nullptr, X509_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, EVP_PKEY_free};
};

Parsed parse(const CertificateAndKey& made) {
  Parsed parsed;
  std::unique_ptr<BIO, decltype(&BIO_free)> certificate(
      BIO_new_mem_buf(made.certificate.data(), static_cast<int>(made.certificate.size())),
      BIO_free);
  parsed.certificate.reset(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
  std::unique_ptr<BIO, decltype(&BIO_free)> key(
      BIO_new_mem_buf(made.key.reveal().data(), static_cast<int>(made.key.size())), BIO_free);
  parsed.key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  return parsed;
}

CertificateRequest request() {
  return {.hosts = {"users.example.com", "127.0.0.1", "::1"},
          .from = base::systemClock().now(),
          .lifetime = days{30}};
}

TEST(CertificateTest, IsOfItsHostsAndNoOthers) {
  const auto parsed = parse(makeSelfSigned(request()));
  ASSERT_TRUE(parsed.certificate);
  EXPECT_EQ(X509_check_host(parsed.certificate.get(), "users.example.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(parsed.certificate.get(), "example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(parsed.certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(parsed.certificate.get(), "::1", 0), 1);
}

TEST(CertificateTest, IsSignedWithItsKey) {
  const auto parsed = parse(makeSelfSigned(request()));
  ASSERT_TRUE(parsed.certificate && parsed.key);
  EXPECT_EQ(X509_check_private_key(parsed.certificate.get(), parsed.key.get()), 1);
  EXPECT_EQ(X509_verify(parsed.certificate.get(), parsed.key.get()), 1);
}

TEST(CertificateTest, IsValidFromNowOn) {
  const auto parsed = parse(makeSelfSigned(request()));
  ASSERT_TRUE(parsed.certificate);
  EXPECT_LE(X509_cmp_current_time(X509_get0_notBefore(parsed.certificate.get())), 0);
  int left = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&left, &seconds, X509_get0_notBefore(parsed.certificate.get()),
                           X509_get0_notAfter(parsed.certificate.get())),
            1);
  EXPECT_EQ(left, 30);
  EXPECT_EQ(seconds, 0);
}

TEST(CertificateTest, TakesNothingThatIsNoName) {
  for (const auto* const host : {"", "a,DNS:b", "a\nb", "a\"b"}) {
    auto wrong = request();
    wrong.hosts = {"good", host};
    EXPECT_THROW(makeSelfSigned(wrong), std::runtime_error) << host;
  }
}

}  // namespace
}  // namespace slipway::ops
