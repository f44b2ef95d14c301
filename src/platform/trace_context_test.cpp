#include "platform/trace_context.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

constexpr std::string_view kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string changed(std::size_t at, char c) {
  std::string text(kParent);
  text.at(at) = c;
  return text;
}

TEST(Traceparent, IsTakenApart) {
  const auto parent = parseTraceparent(kParent);
  ASSERT_TRUE(parent);
  std::string text;
  appendHex(text, parent->traceId);
  text.push_back('-');
  appendHex(text, parent->spanId);
  EXPECT_EQ(text, kParent.substr(3, 49));
  EXPECT_TRUE(parent->sampled);
}

TEST(Traceparent, TellsWhetherItIsSampled) {
  EXPECT_FALSE(parseTraceparent(changed(54, '0'))->sampled);
  EXPECT_TRUE(parseTraceparent(changed(53, 'f'))->sampled);  // other flags don't count
}

TEST(Traceparent, OfALaterVersionMayBeLonger) {
  EXPECT_TRUE(parseTraceparent(changed(1, '1')));
  EXPECT_TRUE(parseTraceparent(changed(1, '1') + "-more"));
  EXPECT_FALSE(parseTraceparent(changed(1, '1') + "more"));
  EXPECT_FALSE(parseTraceparent(std::string(kParent) + "-more"));
}

TEST(Traceparent, IsIgnoredWhenMalformed) {
  EXPECT_FALSE(parseTraceparent({}));
  EXPECT_FALSE(parseTraceparent(kParent.substr(0, 54)));
  EXPECT_FALSE(parseTraceparent(changed(3, 'A')));  // upper case
  EXPECT_FALSE(parseTraceparent(changed(40, 'g')));
  EXPECT_FALSE(parseTraceparent(changed(35, '_')));
  EXPECT_FALSE(parseTraceparent(changed(53, ' ')));
  EXPECT_FALSE(parseTraceparent("ff" + std::string(kParent.substr(2))));
  EXPECT_FALSE(parseTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(parseTraceparent("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
}

class SamplerTest : public ::testing::Test {
 protected:
  static bool samples(std::string_view name, double ratio, const TraceParent* parent,
                      std::uint8_t firstByte = 0) {
    TraceId id{};
    id[8] = firstByte;  // the highest of those that decide
    return Sampler::make(name, ratio)->samples(parent, id);
  }

  const TraceParent sampled_{.sampled = true};
  const TraceParent unsampled_{};
};

TEST_F(SamplerTest, WithoutParentBasedIgnoresTheParent) {
  EXPECT_TRUE(samples("always_on", 0, &unsampled_));
  EXPECT_FALSE(samples("always_off", 1, &sampled_));
}

TEST_F(SamplerTest, ParentBasedDoesAsTheParent) {
  EXPECT_FALSE(samples("parentbased_always_on", 1, &unsampled_));
  EXPECT_TRUE(samples("parentbased_always_off", 0, &sampled_));
  EXPECT_TRUE(samples("parentbased_traceidratio", 0, &sampled_));
  EXPECT_TRUE(samples("parentbased_always_on", 1, nullptr));
  EXPECT_FALSE(samples("parentbased_always_off", 1, nullptr));
}

TEST_F(SamplerTest, RatioDecidesByTheTraceId) {
  EXPECT_TRUE(samples("traceidratio", 0.5, nullptr, 0x7f));
  EXPECT_FALSE(samples("traceidratio", 0.5, nullptr, 0x80));
  EXPECT_TRUE(samples("traceidratio", 1, nullptr, 0xff));
  EXPECT_FALSE(samples("traceidratio", 0, nullptr, 0));
}

TEST_F(SamplerTest, KnowsNoOtherNames) {
  EXPECT_FALSE(Sampler::make("", 1));
  EXPECT_FALSE(Sampler::make("jaeger_remote", 1));
  EXPECT_FALSE(Sampler::make("parentbased_", 1));
}

}  // namespace
}  // namespace slipway::platform
