#include "net/service_url.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

TEST(ServiceUrl, IsTakenApart) {
  const auto url = parseServiceUrl("PostgreSQL://ann:p%40ss@db.example:5433/users?sslmode=require");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "postgresql");
  EXPECT_EQ(url->user, "ann");
  ASSERT_TRUE(url->password);
  EXPECT_EQ(url->password->reveal(), "p@ss");
  EXPECT_EQ(url->host, "db.example");
  EXPECT_EQ(url->port, 5433);
  EXPECT_EQ(url->path, "/users");
  EXPECT_EQ(url->query, "sslmode=require");
}

TEST(ServiceUrl, MayLackMostParts) {
  const auto url = parseServiceUrl("redis://[::1]");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_FALSE(url->port);
  EXPECT_FALSE(url->password);
  EXPECT_EQ(url->path, "");
}

TEST(ServiceUrl, RefusesWhatIsNone) {
  for (const char* text :
       {"", "db", "redis:cache", "redis://host:0", "redis://host:65536", "redis://host:x",
        "postgresql://u:p[x@host/db", "http://a b/", "http://a/#b", "http://a#",
        "postgresql://u:p%00x@h/db", "postgresql://u:p%zz@h/db", "http://a/%00"}) {
    EXPECT_FALSE(parseServiceUrl(text)) << text;
  }
}

TEST(MaskUrl, HidesPasswordsAndNothingElse) {
  EXPECT_EQ(maskUrl("postgresql://ann:s3cret@db:5432/users?sslmode=require"),
            "postgresql://ann:********@db:5432/users?sslmode=require");
  EXPECT_EQ(maskUrl("redis://:s3cret@cache:6379/0"), "redis://:********@cache:6379/0");
  EXPECT_EQ(maskUrl("postgresql://db/users?user=ann&password=s3cret&sslkey=x"),
            "postgresql://db/users?user=ann&password=********&sslkey=********");
  EXPECT_EQ(maskUrl("sqlite:///./slipway.db"), "sqlite:///./slipway.db");
}

TEST(MaskUrl, KnowsSeveralHosts) {
  EXPECT_EQ(maskUrl("postgresql://ann:s3,cret@a:1,b:2,[::1]:3/users?x=1,2"),
            "postgresql://ann:********@a:1,b:2,[::1]:3/users?x=1,2");
  EXPECT_EQ(maskUrl("postgresql://a,b"), "postgresql://a,b");
  EXPECT_EQ(maskUrl("postgresql://ann:s3@cret@a,b/x"), "********");
  EXPECT_EQ(maskUrl("postgresql://ann:s3/cret@a,b/x"), "********");
  EXPECT_EQ(withFirstHostOnly("postgresql://u:p@a:1,b:2/x"), "postgresql://u:p@a:1/x");
  EXPECT_EQ(withFirstHostOnly("redis://a:1/0?b=1,2"), "redis://a:1/0?b=1,2");
}

TEST(MaskUrl, HidesAllOfWhatItCannotRead) {
  for (const char* text :
       {"postgresql://ann:s3/cr#et@db@/u sers", "postgresql://ann:s3/cret@db/users",
        "postgresql://ann:12/34@db/users", "postgresql://ann:12?34@db/users",
        "postgresql://ann:12#34@db/users", "s3cret"}) {
    EXPECT_EQ(maskUrl(text), "********") << text;
    EXPECT_FALSE(parseServiceUrl(text)) << text;
  }
  EXPECT_EQ(maskUrl("sqlite:////data/a@b.db"), "sqlite:////data/a@b.db");
}

}  // namespace
}  // namespace slipway::net
