// The real HttpClient: net's, on a loop of its own for each call.
#pragma once

#include <memory>

#include "ops/http/http_client.hpp"

namespace slipway::net {
class ClientSecurity;
}

namespace slipway::ops {

class NetHttpClient final : public HttpClient {
 public:
  Result<HttpAnswer> send(const HttpCall& call) override;

 private:
  std::shared_ptr<const net::ClientSecurity> security_;  // once TLS was asked for
};

}  // namespace slipway::ops
