#include "ops/init/certificate.hpp"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string_view>

#include "base/cidr.hpp"

namespace slipway::ops {

namespace {

template <auto release>
struct Releaser {
  template <typename Object>
  void operator()(Object* object) const {
    release(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Releaser<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Releaser<X509_EXTENSION_free>>;
using Number = std::unique_ptr<BIGNUM, Releaser<BN_free>>;
using Buffer = std::unique_ptr<BIO, Releaser<BIO_free>>;

void require(bool done, std::string_view what) {
  if (done) return;
  const char* reason = ERR_reason_error_string(ERR_get_error());
  throw std::runtime_error(
      fmt::format("cannot make a certificate: {}: {}", what, reason != nullptr ? reason : "?"));
}

void addExtension(X509& certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, value);
}

/// "DNS:a.example,IP:::1", as OpenSSL reads alternative names.
std::string alternativeNames(const std::vector<std::string>& hosts) {
  std::string names;
  for (const auto& host : hosts) {
    // Its list has no quoting: nothing else gets into a certificate by way of a name.
    if (host.empty() || host.find_first_of(",\"\\\n") != std::string::npos) {
      throw std::runtime_error(fmt::format("'{}' is no host name", host));
    }
    if (!names.empty()) names += ',';
    names += base::parseAddress(host) ? "IP:" : "DNS:";
    names += host;
  }
  return names;
}

void setSerial(X509& certificate) {
  constexpr int kBits = 159;  // positive, and 20 bytes at most (RFC 5280, 4.1.2.2)
  const Number serial(BN_new());
  require(serial && BN_rand(serial.get(), kBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr,
          "serial number");
}

void setValidity(X509& certificate, const CertificateRequest& request) {
  const auto from = std::chrono::floor<std::chrono::seconds>(request.from).time_since_epoch();
  const std::chrono::seconds until = from + request.lifetime;
  require(ASN1_TIME_set(X509_getm_notBefore(&certificate), from.count()) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(&certificate), until.count()) != nullptr,
          "validity");
}

void setName(X509& certificate, const std::string& name) {
  auto* subject = X509_get_subject_name(&certificate);
  require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                     0) == 1 &&
              X509_set_issuer_name(&certificate, subject) == 1,
          "name");
}

std::string contentOf(BIO& buffer) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(&buffer, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

CertificateAndKey makeSelfSigned(const CertificateRequest& request) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  require(key != nullptr, "key");
  const Certificate certificate(X509_new());
  require(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
              X509_set_pubkey(certificate.get(), key.get()) == 1,
          "version and key");
  setSerial(*certificate);
  setValidity(*certificate, request);
  setName(*certificate, request.hosts.front());
  addExtension(*certificate, NID_subject_alt_name, alternativeNames(request.hosts));
  addExtension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
  addExtension(*certificate, NID_key_usage, "critical,digitalSignature");
  addExtension(*certificate, NID_ext_key_usage, "serverAuth");
  addExtension(*certificate, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "signature");

  const Buffer certificateText(BIO_new(BIO_s_mem()));
  const Buffer keyText(BIO_new(BIO_s_secmem()));
  require(certificateText && PEM_write_bio_X509(certificateText.get(), certificate.get()) == 1 &&
              keyText &&
              PEM_write_bio_PrivateKey(keyText.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) == 1,
          "PEM");
  return {.certificate = contentOf(*certificateText), .key = base::Secret(contentOf(*keyText))};
}

}  // namespace slipway::ops
