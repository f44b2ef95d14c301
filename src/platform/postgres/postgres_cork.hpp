// Keeps what is written within a scope together. Before version 17 libpq writes at every sync;
// corked, those writes only fill the socket's buffer, and leave as one.
#pragma once

#include <libpq-fe.h>

namespace slipway::platform {

class PostgresCork {
 public:
  PostgresCork(const PGconn* connection, bool wanted);
  ~PostgresCork();
  PostgresCork(const PostgresCork&) = delete;
  PostgresCork& operator=(const PostgresCork&) = delete;

 private:
  int socket_ = -1;  // corked
};

}  // namespace slipway::platform
