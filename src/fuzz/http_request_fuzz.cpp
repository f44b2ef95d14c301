// Requests as bytes: the parser ends, keeps within its buffers, and makes the same of a request
// however it was cut into pieces on the way.
#include <string>
#include <vector>

#include "fuzz/fuzzing.hpp"
#include "net/request_parser.hpp"

namespace slipway::fuzz {
namespace {

constexpr std::uint64_t kMaxBody = 4096;

/// What a handler would see; nothing for a request that is refused or not whole. (Of these two, the
/// cut decides which it is at the end of the input.)
struct Outcome {
  bool done = false;
  std::string head;
  std::string body;

  bool operator==(const Outcome&) const = default;
};

std::string headOf(const net::RequestParser& parser, const std::vector<net::FieldSpan>& fields,
                   const char* base) {
  std::string head(parser.method().in(base));
  head.append(" ").append(parser.target().in(base));
  head += " " + std::to_string(parser.httpVersion());
  for (const net::FieldSpan& field : fields) {
    head.append("\n").append(field.name.in(base)).append(": ").append(field.value.in(base));
  }
  return head;
}

/// Feeds `text` in pieces of `step` bytes, into a buffer that moves as it grows.
Outcome parse(std::string_view text, std::size_t step) {
  std::vector<net::FieldSpan> fields;
  std::string body;
  net::RequestParser parser(fields, body, kMaxBody);
  std::vector<char> buffer;
  std::size_t used = 0;
  while (!text.empty() && !parser.rejection() && !parser.is_done()) {
    const std::string_view piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    buffer.insert(buffer.end(), piece.begin(), piece.end());
    buffer.shrink_to_fit();
    while (used < buffer.size()) {
      const auto taken = parser.feed(buffer.data(), buffer.data() + used, buffer.size() - used);
      require(taken <= buffer.size() - used, "the parser takes no more than there is");
      used += taken;
      if (taken == 0 || parser.rejection() || parser.is_done()) break;
    }
  }
  require(body.size() <= kMaxBody, "a body stays below its limit");
  Outcome outcome;
  outcome.done = parser.is_done() && !parser.rejection();
  if (outcome.done) {
    outcome.head = headOf(parser, fields, buffer.data());
    outcome.body = body;
  }
  return outcome;
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway::fuzz;
  constexpr std::size_t kMaxRequest = 16384;
  if (size == 0 || size > kMaxRequest) return 0;
  const std::string_view text = textOf(data, size);
  const Outcome whole = parse(text, text.size());
  require(parse(text, 1) == whole, "one byte at a time is the same request");
  require(parse(text, 1 + size / 3) == whole, "three pieces are the same request");
  return 0;
}
