#include "platform/postgres/postgres_values.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <limits>

namespace slipway::platform {

namespace {

// Of pg_type; they never change.
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kTimestampTz = 1184;
// Of a text and of null: the server works it out, so that a jsonb column takes a text too.
constexpr Oid kInferred = 0;

constexpr int kTextFormat = 0;
constexpr int kBinaryFormat = 1;

constexpr std::uint64_t kSignatureBits = 3;  // for each type: 1 to 5
constexpr std::chrono::microseconds kEpoch = std::chrono::seconds(946'684'800);  // 2000-01-01

template <typename Number>
Number toNetwork(Number value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  if constexpr (sizeof(Number) == 8) return static_cast<Number>(__builtin_bswap64(value));
  if constexpr (sizeof(Number) == 4) return static_cast<Number>(__builtin_bswap32(value));
  return static_cast<Number>(__builtin_bswap16(value));
}

template <typename Number>
Number read(std::string_view bytes) {
  Number value{};
  bytes.copy(reinterpret_cast<char*>(&value), sizeof(value));
  return toNetwork(value);
}

static_assert(PostgresParameters::kMost * kSignatureBits < 64);
static_assert(std::variant_size_v<SqlValue> == 5);

}  // namespace

PostgresParameters::PostgresParameters(const SqlParameters& parameters)
    : count_(static_cast<int>(parameters.size())) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const SqlValue& value = parameters[i];
    formats_[i] = kBinaryFormat;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      types_[i] = kInt8;
      addInteger(i, *integer);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      types_[i] = kInferred;
      formats_[i] = kTextFormat;
      values_[i] = text->c_str();
      lengths_[i] = static_cast<int>(text->size());
    } else if (const auto* boolean = std::get_if<bool>(&value)) {
      types_[i] = kBool;
      numbers_[i][0] = *boolean ? 1 : 0;
      values_[i] = numbers_[i].data();
      lengths_[i] = 1;
    } else if (const auto* time = std::get_if<base::Timestamp>(&value)) {
      types_[i] = kTimestampTz;
      addInteger(i, (time->time_since_epoch() - kEpoch).count());
    } else {
      types_[i] = kInferred;
      values_[i] = nullptr;
      lengths_[i] = 0;
    }
    signature_ = (signature_ << kSignatureBits) | (value.index() + 1);
  }
}

void PostgresParameters::addInteger(std::size_t index, std::int64_t value) {
  const auto bytes = toNetwork(static_cast<std::uint64_t>(value));
  std::memcpy(numbers_[index].data(), &bytes, sizeof(bytes));
  values_[index] = numbers_[index].data();
  lengths_[index] = sizeof(bytes);
}

bool holdsNul(const SqlParameters& parameters) {
  return std::ranges::any_of(parameters, [](const SqlValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->find('\0') != std::string::npos;
  });
}

std::int64_t decodePostgresInteger(std::string_view bytes) {
  switch (bytes.size()) {
    case 8:
      return static_cast<std::int64_t>(read<std::uint64_t>(bytes));
    case 4:
      return static_cast<std::int32_t>(read<std::uint32_t>(bytes));
    case 2:
      return static_cast<std::int16_t>(read<std::uint16_t>(bytes));
    case 1:
      return bytes[0];
    default:
      return 0;
  }
}

base::Timestamp decodePostgresTimestamp(std::string_view bytes) {
  return base::Timestamp(kEpoch + std::chrono::microseconds(decodePostgresInteger(bytes)));
}

}  // namespace slipway::platform
