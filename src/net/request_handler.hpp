// What a server does with what arrives.
#pragma once

#include "net/http.hpp"
#include "net/task.hpp"

namespace slipway::net {

/// One object per event loop, called on that loop only; outlives the server that calls it.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  /// Answers one request. Must not throw. Also asked for what could not be read or may not be
  /// served (`request.rejection` says why): so that every response looks the same, whoever
  /// refused. `request` stays valid until the task has finished.
  virtual Task<Response> handle(Request& request) = 0;
};

}  // namespace slipway::net
