// One request and its answer on a stream that is open. Pure but for the stream.
#pragma once

#include <string>

#include "net/client.hpp"
#include "net/client_stream.hpp"

namespace slipway::net {

struct Exchanged {
  Fetched answer;
  bool reusable = false;  // the stream can take another request
};

/// The head and body to send. Error: what can't stand in a request.
std::expected<std::string, std::string> requestText(const ClientRequest& request, bool keepAlive);

/// Sends `text` (of requestText) and reads the answer. `stream`, `request` and `text` outlive the
/// task.
Task<Exchanged> exchange(ClientStream& stream, const ClientRequest& request,
                         const std::string& text);

}  // namespace slipway::net
