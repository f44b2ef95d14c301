// Owners of what libpq allocates.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace slipway::platform {

struct PostgresFree {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};

/// Open or being opened. Whatever waits on its socket must let go of it first.
using PostgresHandle = std::unique_ptr<PGconn, PostgresFree>;
using PostgresResult = std::unique_ptr<PGresult, PostgresFree>;

}  // namespace slipway::platform
