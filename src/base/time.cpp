#include "base/time.hpp"

#include "base/text_buffer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace slipway::base {

namespace {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
};

template <std::size_t Width>
char* putDigits(char* out, std::uint32_t value) {
  for (std::size_t i = Width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + Width;
}

}  // namespace

const Clock& systemClock() {
  static const SystemClock clock;
  return clock;
}

// On the path of every response and log line: no locale, no strftime, one append.
void appendIsoTime(std::string& out, Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto micros = static_cast<std::uint64_t>((time - day).count());
  const auto fraction = static_cast<std::uint32_t>(micros % 1'000'000);
  const auto seconds = static_cast<std::uint32_t>(micros / 1'000'000);

  std::array<char, 32> buffer;
  char* p = putDigits<4>(buffer.data(), static_cast<std::uint32_t>(static_cast<int>(date.year())));
  *p++ = '-';
  p = putDigits<2>(p, static_cast<unsigned>(date.month()));
  *p++ = '-';
  p = putDigits<2>(p, static_cast<unsigned>(date.day()));
  *p++ = 'T';
  p = putDigits<2>(p, seconds / 3600);
  *p++ = ':';
  p = putDigits<2>(p, seconds / 60 % 60);
  *p++ = ':';
  p = putDigits<2>(p, seconds % 60);
  if (fraction != 0) {
    *p++ = '.';
    p = putDigits<6>(p, fraction);
  }
  out.append(buffer.data(), static_cast<std::size_t>(p - buffer.data()));
}

std::string isoTime(Timestamp time) {
  std::string out;
  appendIsoTime(out, time);
  return out;
}

void IsoTimes::append(TextBuffer& out, Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_) {
    second_ = second;
    text_ = isoTime(second);
  }
  out.append(text_);
  if (time == second) return;
  std::array<char, 7> fraction{'.'};
  putDigits<6>(fraction.data() + 1, static_cast<std::uint32_t>((time - second).count()));
  out.append(std::string_view(fraction.data(), fraction.size()));
}

}  // namespace slipway::base
