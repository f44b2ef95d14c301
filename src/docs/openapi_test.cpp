#include "docs/openapi.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

namespace slipway::docs {
namespace {

using base::Json;
using platform::Access;
using platform::Endpoint;
using platform::Field;
using platform::FieldType;

constexpr Field kId{.name = "thing_id", .type = FieldType::Integer, .required = true};
constexpr Field kLimit{.name = "limit", .type = FieldType::Integer, .defaultValue = "100"};
constexpr std::array kFields{Field{.name = "name", .required = true, .maxLength = 9}};
constexpr platform::Schema kCreate{.name = "ThingCreate", .fields = kFields};

platform::SchemaDoc thing() { return {"Thing", Json::object({{"type", "object"}})}; }

Endpoint createThing() {
  return {.method = net::Method::Post,
          .path = "/things",
          .name = "create_thing",
          .summary = "Create",
          .tag = "things",
          .access = Access::UsersWrite,
          .requestHeaders = {{"Idempotency-Key", "Any."}},
          .body = &kCreate,
          .responses = {{.description = "Made.",
                         .schema = "Thing",
                         .example = R"({"name":"a"})",
                         .headers = {{"Location", "Where."}}},
                        {.status = 400, .description = "Taken.", .schema = "Error"}},
          .schemas = {thing()}};
}

Endpoint listThings() {
  return {.path = "/things",
          .name = "list_things",
          .tag = "things",
          .queryParameters = {&kLimit},
          .responses = {{.schema = "Thing", .isArray = true, .textTypes = {"text/csv"}}},
          .schemas = {thing()}};
}

Endpoint removeThing() {
  return {.method = net::Method::Delete,
          .path = "/things/{thing_id}",
          .name = "remove_thing",
          .tag = "things",
          .pathParameters = {&kId},
          .responses = {{.status = 204, .description = "Gone."}}};
}

/// The value at `path`, whose parts are separated by spaces; null when there is none.
Json at(const Json& document, std::string_view path) {
  const Json* node = &document;
  while (node != nullptr && !path.empty()) {
    const auto end = path.find(' ');
    node = node->find(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
  }
  return node == nullptr ? Json() : *node;
}

std::string keys(const Json& object) {
  std::string names;
  for (const auto& [name, value] : object.asObject()) names.append(name).append(" ");
  return names;
}

class OpenApi : public ::testing::Test {
 protected:
  const std::array<Endpoint, 3> endpoints_{createThing(), listThings(), removeThing()};
  const Json document_ = openApiDocument(endpoints_);
  const Json create_ = at(document_, "paths /things post");
};

TEST_F(OpenApi, ListsEachOperationUnderItsPath) {
  EXPECT_EQ(at(document_, "openapi"), Json("3.1.0"));
  EXPECT_EQ(keys(at(document_, "paths")), "/things /things/{thing_id} ");
  EXPECT_EQ(keys(at(document_, "paths /things")), "post get ");
  EXPECT_EQ(at(create_, "operationId"), Json("create_thing"));
  EXPECT_EQ(at(create_, "summary"), Json("Create"));
  EXPECT_EQ(at(create_, "tags"), Json::array({"things"}));
}

TEST_F(OpenApi, LeavesOutWhatIsNotForTheDocument) {
  auto hidden = listThings();
  hidden.inDocument = false;
  EXPECT_EQ(at(openApiDocument(std::array{hidden}), "paths"), Json::object());
}

TEST_F(OpenApi, DescribesTheRequest) {
  EXPECT_EQ(at(create_, "requestBody").dump(),
            R"({"required":true,"content":{"application/json":{"schema":)"
            R"({"$ref":"#/components/schemas/ThingCreate"}}}})");
  const auto header = at(create_, "parameters").asArray().at(0);
  EXPECT_EQ(at(header, "name"), Json("Idempotency-Key"));
  EXPECT_EQ(at(header, "in"), Json("header"));
  const auto limit = at(document_, "paths /things get parameters").asArray().at(0);
  EXPECT_EQ(at(limit, "in"), Json("query"));
  EXPECT_EQ(at(limit, "required"), Json(false));
  EXPECT_EQ(at(limit, "schema"), platform::fieldSchema(kLimit));
  const auto id = at(document_, "paths /things/{thing_id} delete parameters").asArray().at(0);
  EXPECT_EQ(at(id, "in"), Json("path"));
  EXPECT_EQ(at(id, "required"), Json(true));
}

TEST_F(OpenApi, AddsTheStatusesThatCanCome) {
  EXPECT_EQ(keys(at(create_, "responses")), "200 400 401 403 408 413 414 415 422 429 431 500 503 ");
  EXPECT_EQ(keys(at(document_, "paths /things get responses")), "200 400 414 422 429 431 500 503 ");
  EXPECT_EQ(at(create_, "responses 400 description"), Json("Taken."));
  EXPECT_EQ(keys(at(create_, "responses 401 headers")), "X-Request-ID WWW-Authenticate ");
  for (const auto* status : {"429", "503"}) {
    EXPECT_EQ(keys(at(create_, "responses " + std::string(status) + " headers")),
              "X-Request-ID Retry-After ");
  }
}

TEST_F(OpenApi, TellsThatAKeyMayHaveBeenUsed) {
  const auto schema = "422 content application/json schema $ref";
  EXPECT_EQ(at(at(create_, "responses"), schema), Json("#/components/schemas/UnprocessableWrite"));
  EXPECT_EQ(at(at(document_, "paths /things get responses"), schema),
            Json("#/components/schemas/HTTPValidationError"));
}

TEST_F(OpenApi, DescribesTheAnswers) {
  const auto made = at(create_, "responses 200");
  EXPECT_EQ(keys(at(made, "headers")), "X-Request-ID Location ");
  EXPECT_EQ(at(made, "content application/json").dump(),
            R"({"schema":{"$ref":"#/components/schemas/Thing"},"example":{"name":"a"}})");
  const auto list = at(document_, "paths /things get responses 200 content");
  EXPECT_EQ(keys(list), "application/json text/csv ");
  EXPECT_EQ(at(list, "application/json schema type"), Json("array"));
  EXPECT_EQ(at(list, "text/csv schema type"), Json("string"));
  EXPECT_TRUE(at(document_, "paths /things/{thing_id} delete responses 204 content").isNull());
}

TEST_F(OpenApi, AsksForTheScopeWhereThereIsOne) {
  EXPECT_EQ(at(create_, "security").dump(), R"([{"bearer":["users:write"]}])");
  EXPECT_TRUE(at(document_, "paths /things get security").isNull());
  EXPECT_EQ(at(document_, "components securitySchemes bearer scheme"), Json("bearer"));
}

TEST_F(OpenApi, HoldsTheSchemasThatAreNamed) {
  EXPECT_EQ(keys(at(document_, "components schemas")),
            "ThingCreate Thing Error HTTPValidationError ValidationError UnprocessableWrite ");
  EXPECT_EQ(at(document_, "components schemas ThingCreate"), platform::bodySchema(kCreate));
}

TEST_F(OpenApi, RefusesASchemaThatNobodyDeclares) {
  auto endpoint = listThings();
  endpoint.schemas.clear();
  EXPECT_THROW(openApiDocument(std::array{endpoint}), std::logic_error);
}

}  // namespace
}  // namespace slipway::docs
