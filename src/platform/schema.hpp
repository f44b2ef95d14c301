// Fields of request bodies, paths and queries, declared once: used to check what comes in, to
// word the 422 answer (pydantic 2's types, messages and locations) and to describe it in the
// OpenAPI document. Declarations are constants; checking is pure and thread-safe.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace slipway::platform {

/// One entry of a 422 answer's "detail" list.
struct ValidationIssue {
  std::string type;                  // "string_too_short"
  std::vector<base::Json> location;  // {"body", "username"}
  std::string message;
  base::Json input;
  base::Json context;  // null: no "ctx"
};

/// The status of the answer to what did not pass: 422, or 400 when the body could not be read at
/// all (not UTF-8).
unsigned validationStatus(std::span<const ValidationIssue> issues);

/// Its body: {"detail":[{"type","loc","msg","input","ctx"?}, ...]}. As in FastAPI, an unreadable or
/// malformed body is told alone, whatever else was found.
std::string validationBody(std::span<const ValidationIssue> issues);

enum class FieldType : std::uint8_t { Text, Email, Boolean, Integer };

struct Field {
  std::string_view name;
  FieldType type = FieldType::Text;
  bool required = false;
  std::string_view description = {};
  std::string_view example = {};       // JSON text
  std::string_view defaultValue = {};  // JSON text, shown in the document; empty: none
  // Text
  std::optional<std::size_t> minLength = {};  // code points
  std::optional<std::size_t> maxLength = {};  // code points
  std::string_view pattern = {};              // a regular expression, as documented and shown
  bool (*matchesPattern)(std::string_view) = nullptr;  // the same rule as code
  // Integer
  std::optional<std::int64_t> minimum = {};
  std::optional<std::int64_t> maximum = {};
};

struct Schema {
  std::string_view name;  // in components/schemas: "UserCreate"
  std::string_view description = {};
  std::span<const Field> fields;
};

/// The checked value of a field: what handlers use. An Email is kept as spelled, without the
/// space around it and the name before it ("Ann <ann@example.org>").
struct FieldValue {
  const Field* field = nullptr;
  std::string text = {};     // Text, Email: UTF-8
  bool boolean = false;      // Boolean
  std::int64_t integer = 0;  // Integer; saturated when out of int64
};

class FieldValues {
 public:
  /// The value of the field of this name that was sent, or nullptr.
  const FieldValue* find(const Field& field) const;
  void add(FieldValue value) { values_.push_back(std::move(value)); }

 private:
  std::vector<FieldValue> values_;
};

using Checked = std::expected<FieldValues, std::vector<ValidationIssue>>;

/// Checks a request body as FastAPI would: `contentType` decides whether it is read as JSON
/// (absent, application/json or application/*+json) or taken as text.
Checked checkBody(std::string_view body, std::string_view contentType, const Schema& schema);

/// Checks one path parameter's text.
std::expected<FieldValue, ValidationIssue> checkPath(std::string_view text, const Field& field);

/// Checks a raw query string (`a=1&b=x`, form-decoded; the last of repeated names counts, unknown
/// names are ignored). Issues come in the order of `fields`.
Checked checkQuery(std::string_view query, std::span<const Field* const> fields);

/// The field's JSON Schema (OpenAPI 3.1), and a whole body's.
base::Json fieldSchema(const Field& field);
base::Json bodySchema(const Schema& schema);

}  // namespace slipway::platform
