// How a connection's bytes become requests.
#include <algorithm>
#include <cstring>

#include "net/session.hpp"
#include "net/url.hpp"

namespace slipway::net {

namespace {

using std::chrono::steady_clock;

Method methodOf(std::string_view name) {
  if (name == "GET") return Method::Get;
  if (name == "POST") return Method::Post;
  if (name == "PUT") return Method::Put;
  if (name == "PATCH") return Method::Patch;
  if (name == "DELETE") return Method::Delete;
  if (name == "HEAD") return Method::Head;
  if (name == "OPTIONS") return Method::Options;
  return Method::Other;
}

}  // namespace

// True when there is a request to answer, good or refused.
bool Session::parseBuffered() {
  if (!parser_) {
    if (headFilled_ == 0) return false;
    parser_.emplace(fields_, request_.body, context_->options.maxBodyBytes);
    request_.received = steady_clock::now();
  }
  if (!parser_->is_header_done()) return parseHead();
  return parseBody();
}

bool Session::parseHead() {
  const auto& options = context_->options;
  headUsed_ += parser_->feed(head_.data(), head_.data() + headUsed_, headFilled_ - headUsed_);
  if (parser_->target().length > options.maxTargetBytes) return refuse({414, "URI Too Long"});
  if (parser_->rejection() || parser_->is_header_done()) return finishParsing();
  if (headFilled_ < options.maxHeaderBytes) return false;
  if (!parser_->hasStartLine()) return refuse({414, "URI Too Long"});
  return refuse({431, "Request Header Fields Too Large"});
}

bool Session::finishParsing() {
  accountBody();
  if (request_.rejection) return true;
  if (parser_->rejection()) return refuse(*parser_->rejection());
  if (parser_->is_done()) return true;
  if (headUsed_ == headFilled_) return false;
  // The start of a body piece that is not whole yet: the rest is read behind it.
  const auto rest = headFilled_ - headUsed_;
  chunk_.resize(std::max(kChunkBytes, rest));
  std::memcpy(chunk_.data(), head_.data() + headUsed_, rest);
  chunkFilled_ = rest;
  headFilled_ = headUsed_;
  return false;
}

bool Session::parseBody() {
  if (chunkFilled_ == 0) return false;
  const auto used = parser_->feed(head_.data(), chunk_.data(), chunkFilled_);
  accountBody();
  if (request_.rejection) return true;
  if (parser_->rejection()) return refuse(*parser_->rejection());
  std::memmove(chunk_.data(), chunk_.data() + used, chunkFilled_ - used);
  chunkFilled_ -= used;
  if (parser_->is_done()) return true;
  // A chunk's size line or the trailers fill the whole buffer.
  if (chunkFilled_ == chunk_.size()) return refuse({400, "Bad Request"});
  return false;
}

asio::mutable_buffer Session::readSpace() {
  if (phase_ == Phase::Body) {
    if (chunk_.empty()) chunk_.resize(kChunkBytes);
    return asio::buffer(chunk_) + chunkFilled_;
  }
  if (headFilled_ == head_.size()) {
    head_.resize(std::min(head_.size() * 2, context_->options.maxHeaderBytes));
  }
  return asio::buffer(head_) + headFilled_;
}

void Session::accountBody() {
  const auto grown = request_.body.size() - accountedBody_;
  context_->bodyBytes += grown;
  accountedBody_ += grown;
  if (grown != 0 && context_->bodyBytes > context_->options.maxBufferedBytes) {
    refuse({503, "Too many request bodies at once"});
  }
}

bool Session::refuse(Rejection rejection) {
  request_.rejection = rejection;
  return true;
}

void Session::prepareRequest() {
  request_.peerAddress = peerAddress_;
  if (request_.received == TimePoint{}) request_.received = steady_clock::now();
  if (!parser_ || !parser_->hasStartLine()) return;
  const char* const base = head_.data();
  request_.methodName = parser_->method().in(base);
  request_.method = methodOf(request_.methodName);
  request_.target = parser_->target().in(base);
  request_.version = parser_->httpVersion();
  for (const auto& field : fields_) {
    request_.headers.push_back({field.name.in(base), field.value.in(base)});
  }
  Target parts;
  if (!splitTarget(request_.target, parts)) {
    if (!request_.rejection) refuse({400, "Bad Request"});
    return;
  }
  request_.path = parts.path;
  request_.query = parts.query;
  if (parts.path.find('%') != std::string_view::npos) {
    percentDecode(parts.path, decodedPath_);
    request_.path = decodedPath_;
  }
}

// Keeps the bytes of the next request, which may have come with this one.
void Session::resetRequest() {
  if (chunkFilled_ > 0) {
    head_.resize(std::max(head_.size(), chunkFilled_));
    std::memcpy(head_.data(), chunk_.data(), chunkFilled_);
    headFilled_ = chunkFilled_;
  } else {
    std::memmove(head_.data(), head_.data() + headUsed_, headFilled_ - headUsed_);
    headFilled_ -= headUsed_;
    if (headFilled_ == 0 && head_.size() > kFirstHeadBytes) {
      head_ = std::vector<char>(kFirstHeadBytes);
    }
  }
  headUsed_ = 0;
  chunkFilled_ = 0;
  if (!chunk_.empty()) chunk_ = {};
  context_->bodyBytes -= accountedBody_;
  accountedBody_ = 0;
  parser_.reset();
  continueSent_ = false;
  auto headers = std::move(request_.headers);
  auto body = std::move(request_.body);
  headers.clear();
  body.clear();
  if (body.capacity() > kKeptBytes) body = {};
  request_ = Request{};
  request_.headers = std::move(headers);
  request_.body = std::move(body);
}

}  // namespace slipway::net
