#include "platform/redis/redis_reply.hpp"

#include <hiredis/read.h>

#include <new>

namespace slipway::platform {

namespace {

constexpr std::size_t kKeptBytes = 64 * 1024;  // of the memory for a reply, until the next

RedisReply::Type typeOf(int type) {
  return type == REDIS_REPLY_ERROR ? RedisReply::Type::Error : RedisReply::Type::Text;
}

}  // namespace

struct RedisReplyReader::Functions {
  static RedisReplyReader& self(const redisReadTask* task) {
    return *static_cast<RedisReplyReader*>(task->privdata);
  }
  static void* createString(const redisReadTask* task, char* text, std::size_t size) {
    return self(task).add(typeOf(task->type), 0, {text, size});
  }
  // hiredis 0.14 counts in int, 1.x in size_t.
  template <typename Count>
  static void* createArray(const redisReadTask* task, Count count) {
    return self(task).add(RedisReply::Type::Array, static_cast<std::int64_t>(count), {});
  }
  static void* createInteger(const redisReadTask* task, long long value) {
    return self(task).add(RedisReply::Type::Integer, value, {});
  }
  static void* createNil(const redisReadTask* task) {
    return self(task).add(RedisReply::Type::Nil, 0, {});
  }
  static void freeObject(void*) {}

  /// What RESP3 adds stays null: we never ask for it.
  static redisReplyObjectFunctions* table() {
    static redisReplyObjectFunctions functions = [] {
      redisReplyObjectFunctions table{};
      table.createString = &createString;
      table.createArray = &createArray;
      table.createInteger = &createInteger;
      table.createNil = &createNil;
      table.freeObject = &freeObject;
      return table;
    }();
    return &functions;
  }
};

RedisReplyReader::RedisReplyReader(std::size_t maxReplyBytes)
    : reader_(redisReaderCreateWithFunctions(Functions::table())), maxReplyBytes_(maxReplyBytes) {
  if (reader_ == nullptr) throw std::bad_alloc();
  reader_->privdata = this;
}

RedisReplyReader::~RedisReplyReader() { redisReaderFree(reader_); }

void RedisReplyReader::feed(std::string_view bytes) {
  if (reader_->len - reader_->pos + text_.size() > maxReplyBytes_ ||
      redisReaderFeed(reader_, bytes.data(), bytes.size()) != REDIS_OK) {
    broken_ = true;
  }
}

const RedisReply* RedisReplyReader::next() {
  if (broken_) return nullptr;
  if (reader_->ridx == -1) {  // between two replies
    nodes_.clear();
    offsets_.clear();
    if (text_.capacity() > kKeptBytes) text_ = {};
    text_.clear();
  }
  void* whole = nullptr;
  if (redisReaderGetReply(reader_, &whole) != REDIS_OK) {
    broken_ = true;
    return nullptr;
  }
  if (whole == nullptr) return nullptr;
  broken_ = !link();
  return broken_ ? nullptr : nodes_.data();
}

/// hiredis wants a pointer that is not null; what it points to is ours.
void* RedisReplyReader::add(RedisReply::Type type, std::int64_t number, std::string_view text) {
  offsets_.push_back(text_.size());
  text_.append(text);
  // The view's place is set by link(): text_ may still move.
  nodes_.push_back(RedisReply(type, number, text));
  return this;
}

/// Sets what had to wait until all is there; false when a type was left out, which RESP2 lacks.
bool RedisReplyReader::link() {
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    RedisReply& node = nodes_[i];
    node.text_ = {text_.data() + offsets_[i], node.text_.size()};
    std::size_t after = i + 1;
    for (std::size_t child = 0; child < node.size(); ++child) {
      if (after >= nodes_.size()) return false;
      after += nodes_[after].nodes_;
    }
    node.nodes_ = static_cast<std::uint32_t>(after - i);
  }
  return !nodes_.empty();
}

}  // namespace slipway::platform
