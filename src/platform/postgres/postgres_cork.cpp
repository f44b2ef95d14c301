#include "platform/postgres/postgres_cork.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace slipway::platform {

namespace {

bool setCork(int socket, int value) {
  return setsockopt(socket, IPPROTO_TCP, TCP_CORK, &value, sizeof(value)) == 0;
}

}  // namespace

PostgresCork::PostgresCork([[maybe_unused]] const PGconn* connection,
                           [[maybe_unused]] bool wanted) {
#ifndef LIBPQ_HAS_SEND_PIPELINE_SYNC
  if (!wanted) return;
  const int socket = PQsocket(connection);
  if (setCork(socket, 1)) socket_ = socket;  // not so on a Unix socket
#endif
}

PostgresCork::~PostgresCork() {
  if (socket_ >= 0) setCork(socket_, 0);
}

}  // namespace slipway::platform
