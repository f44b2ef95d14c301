#include "base/text_buffer.hpp"

#include <algorithm>

namespace slipway::base {

void TextBuffer::grow(std::size_t more) {
  constexpr std::size_t kFirstBytes = 256;
  const auto capacity = std::max({kFirstBytes, capacity_ * 2, size_ + more});
  auto memory = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = std::move(memory);
  capacity_ = capacity;
}

}  // namespace slipway::base
