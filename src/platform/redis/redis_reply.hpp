// What Redis answers (RESP2), parsed by hiredis' reader. A reply lies flat in memory that the next
// one uses again, so that parsing allocates nothing: a RedisReply is valid only until the code that
// was given it suspends or returns. One connection, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;  // NOLINT(readability-identifier-naming): hiredis' name

namespace slipway::platform {

class RedisReply {
 public:
  enum class Type : std::uint8_t {
    Nil,
    Integer,
    Text,   // a string or a status
    Error,  // Redis' own
    Array,
    Lost,  // none came: not connected, connection lost, timed out, queue full; text() says which
  };

  static RedisReply lost(std::string_view reason) { return {Type::Lost, 0, reason}; }

  Type type() const { return type_; }
  bool is(Type type) const { return type_ == type; }
  bool failed() const { return type_ == Type::Error || type_ == Type::Lost; }
  std::int64_t integer() const { return number_; }  // 0 unless it is one
  std::string_view text() const { return text_; }   // empty unless Text, Error or Lost

  /// Elements of an array; 0 for anything else.
  std::size_t size() const { return type_ == Type::Array ? static_cast<std::size_t>(number_) : 0; }
  /// The first element, and an element's next one: only as many as size() says.
  const RedisReply& first() const { return *(this + 1); }
  const RedisReply& next() const { return *(this + nodes_); }

 private:
  friend class RedisReplyReader;
  RedisReply(Type type, std::int64_t number, std::string_view text)
      : type_(type), number_(number), text_(text) {}

  Type type_;
  std::uint32_t nodes_ = 1;  // this one and all below it, which follow it in memory
  std::int64_t number_;      // Integer; Array: how many elements
  std::string_view text_;
};

class RedisReplyReader {
 public:
  explicit RedisReplyReader(std::size_t maxReplyBytes);
  ~RedisReplyReader();
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;

  void feed(std::string_view bytes);
  /// The next whole reply; null when more bytes are needed, or broken().
  const RedisReply* next();
  /// What can't be RESP2, or is too large, has been fed: nothing more can be read.
  bool broken() const { return broken_; }

 private:
  struct Functions;  // what hiredis calls

  void* add(RedisReply::Type type, std::int64_t number, std::string_view text);
  bool link();

  redisReader* const reader_;
  const std::size_t maxReplyBytes_;
  std::vector<RedisReply> nodes_;
  std::vector<std::size_t> offsets_;  // of the nodes' texts in text_
  std::string text_;
  bool broken_ = false;
};

}  // namespace slipway::platform
