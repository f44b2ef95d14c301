// One endpoint of the API: its path, who may call it, what it takes and answers, and the code
// behind it, declared in one place. The router, the access check, metrics and the OpenAPI
// document all read the same declaration.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "net/http.hpp"
#include "net/task.hpp"
#include "platform/schema.hpp"

namespace slipway::platform {

struct RequestSpan;

enum class Access { Open, UsersRead, UsersWrite, Ops };

/// `users:read` and so on; empty for Open.
std::string_view scopeName(Access access);

/// The values of a path's parameters, in the order of its template.
using PathValues = std::array<std::string_view, 2>;

/// What a handler gets besides the request. Lives as long as the handler runs.
struct Call {
  net::Request& request;
  PathValues pathValues = {};
  std::string_view requestId;
  std::string_view subject;           // of the token; empty without one
  std::string_view cache = "-";       // for the access log: set to "hit" or "miss"
  const RequestSpan* span = nullptr;  // for traced.hpp; null: the request is not recorded
};

using Handler = std::function<net::Task<net::Response>(Call&)>;

struct HeaderDoc {
  std::string_view name;
  std::string_view description;
};

struct ResponseDoc {
  unsigned status = 200;
  std::string_view description;
  std::string_view schema;   // name in components/schemas; empty: no body
  bool isArray = false;      // an array of `schema`
  std::string_view example;  // JSON text; empty: none
  std::vector<HeaderDoc> headers = {};
  std::string_view contentType = "application/json";
  std::vector<std::string_view> textTypes = {};  // other content types, whose body is text
};

/// The shape of an answer, under the name that ResponseDoc::schema gives.
struct SchemaDoc {
  std::string_view name;
  base::Json schema;
};

struct Endpoint {
  net::Method method = net::Method::Get;
  std::string_view path;  // a template: "/users/{user_id}"
  std::string_view name;  // operationId: "get_user"
  std::string_view summary;
  std::string_view description;
  std::string_view tag;
  Access access = Access::Open;
  bool probe = false;  // health and metrics: logged at DEBUG, never shed
  std::vector<const Field*> pathParameters = {};
  std::vector<const Field*> queryParameters = {};
  std::vector<HeaderDoc> requestHeaders = {};
  const Schema* body = nullptr;  // null: takes no body
  std::vector<ResponseDoc> responses =
      {};                               // 401, 403, 422, 500, 503 ... are added where they apply
  std::vector<SchemaDoc> schemas = {};  // that `responses` name; each needed once in the API
  bool inDocument = true;
  Handler handler;
};

}  // namespace slipway::platform
