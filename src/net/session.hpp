// One connection: reads requests, has them answered in order (pipelining included) and writes the
// answers. Lives on its loop, owned by its own coroutine; its loop's list can cut it short.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/connection_limits.hpp"
#include "net/request_handler.hpp"
#include "net/request_parser.hpp"
#include "net/response_writer.hpp"
#include "net/server.hpp"

namespace slipway::net {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class Session;

/// What the sessions of one loop share.
struct SessionContext {
  RequestHandler& handler;
  ServerOptions options;
  ConnectionLimits& limits;
  std::list<Session*> sessions = {};  // each takes itself out when it ends
  std::size_t bodyBytes = 0;          // of requests
  std::size_t unsentBytes = 0;        // of answers to clients that don't take them
  HttpDate date = {};
  bool draining = false;  // answers say `Connection: close`
};

class Session {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Session(Socket socket, std::string peerAddress, std::shared_ptr<SessionContext> context,
          ConnectionLimits::Verdict verdict);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves the connection until it ends. `session` keeps itself alive.
  static Task<> run(std::unique_ptr<Session> session);

  /// Gives up what the connection waits for when its time is over.
  void expireAt(TimePoint now);
  /// No new requests: an idle connection is closed, a fresh one gets a moment for its first.
  void stop(TimePoint now);
  void abort();

 private:
  enum class Phase : std::uint8_t { Idle, Head, Body, Handling, Writing, Lingering };

  static constexpr std::size_t kFirstHeadBytes = 2048;
  static constexpr std::size_t kChunkBytes = 16 * 1024;
  static constexpr std::size_t kKeptBytes = 8 * 1024;  // of a buffer, while its connection is idle

  // session.cpp: its life
  Task<> serve();
  void beginAnswer();
  Task<bool> fill();
  bool enterReading();
  bool received(std::size_t count, boost::system::error_code ec, asio::mutable_buffer space);
  Task<> linger();
  void enter(Phase phase, std::chrono::milliseconds limit);

  // session_requests.cpp
  asio::mutable_buffer readSpace();
  bool parseBuffered();
  bool parseHead();
  bool parseBody();
  bool finishParsing();
  void accountBody();
  bool refuse(Rejection rejection);
  void prepareRequest();
  void resetRequest();

  // session_answers.cpp
  void appendAnswer(const Response& response);
  bool sendNow();
  Task<bool> flush();
  void sendSome(boost::system::error_code& ec);
  bool isAllSent() const { return sent_ == out_.size() + tail_.size(); }
  void forgetSent();
  void accountUnsent(std::size_t bytes);

  Socket socket_;
  const std::string peerAddress_;
  const std::shared_ptr<SessionContext> context_;
  const ConnectionLimits::Verdict verdict_;
  const std::list<Session*>::iterator place_;

  std::vector<char> head_;  // the request's head and what follows it
  std::size_t headFilled_ = 0;
  std::size_t headUsed_ = 0;
  std::vector<char> chunk_;  // body bytes that did not come with the head
  std::size_t chunkFilled_ = 0;
  std::vector<FieldSpan> fields_;
  std::optional<RequestParser> parser_;
  std::string decodedPath_;
  Request request_;
  base::TextBuffer out_;
  std::string_view tail_;  // a large static body, to be sent after `out_`
  std::size_t sent_ = 0;   // of both
  std::size_t accountedBody_ = 0;
  std::size_t accountedOut_ = 0;

  Phase phase_ = Phase::Idle;
  TimePoint deadline_;
  unsigned served_ = 0;
  unsigned pipelined_ = 0;
  bool expired_ = false;
  bool stopped_ = false;
  bool continueSent_ = false;
  bool close_ = false;
};

}  // namespace slipway::net
