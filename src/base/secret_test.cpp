#include "base/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>
#include <utility>

namespace slipway::base {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!Streamable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, IsReadOnlyWhenAskedTo) {
  const Secret secret(std::string("s3cret"));
  EXPECT_EQ(secret.reveal(), "s3cret");
  EXPECT_EQ(secret.size(), 6U);
  EXPECT_TRUE(Secret().empty());
}

TEST(Secret, ComparesByContent) {
  EXPECT_TRUE(Secret(std::string("a")) == Secret(std::string("a")));
  EXPECT_FALSE(Secret(std::string("a")) == Secret(std::string("b")));
  EXPECT_FALSE(Secret(std::string("a")) == Secret(std::string("aa")));
  EXPECT_TRUE(Secret() == Secret());
}

TEST(Secret, CopiesAreIndependentAndMovesLeaveNothing) {
  Secret first(std::string("first"));
  Secret copy(first);
  Secret moved(std::move(first));
  EXPECT_EQ(moved.reveal(), "first");
  copy = Secret(std::string("second"));
  EXPECT_EQ(moved.reveal(), "first");
  moved = copy;
  EXPECT_EQ(moved.reveal(), "second");
  const auto& same = moved;
  moved = same;
  EXPECT_EQ(moved.reveal(), "second");
}

TEST(Wipe, OverwritesWhatWasThere) {
  std::string text("a secret that is too long for the small buffer");
  const char* const bytes = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(bytes[0], '\0');
}

}  // namespace
}  // namespace slipway::base
