// Text that is put together for every request: log lines, heads of answers. Appending is a compare
// and a copy, inlined, where std::string's is a call and more. Keeps its memory when cleared;
// moved from, it is empty.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace slipway::base {

class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept
      : memory_(std::move(other.memory_)),
        capacity_(std::exchange(other.capacity_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    capacity_ = std::exchange(other.capacity_, 0);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::string_view view() const { return {memory_.get(), size_}; }
  const char* data() const { return memory_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

  /// Makes the text longer by `bytes`, which the caller writes where this points.
  char* extend(std::size_t bytes) {
    if (bytes > capacity_ - size_) grow(bytes);
    return memory_.get() + std::exchange(size_, size_ + bytes);
  }
  TextBuffer& append(std::string_view text) {
    if (!text.empty()) std::memcpy(extend(text.size()), text.data(), text.size());
    return *this;
  }
  TextBuffer& append(char c) {
    *extend(1) = c;
    return *this;
  }
  TextBuffer& appendNumber(std::integral auto number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return append(std::string_view(digits.data(), end));
  }

 private:
  void grow(std::size_t more);

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace slipway::base
