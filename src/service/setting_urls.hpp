// What is wrong with a URL of the configuration, whole: so that a malformed one is told with all
// other problems and not by the first connection. Each returns an empty string when it is good;
// never any part of the URL, which may hold a password. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace slipway::service {

/// sqlite: or postgresql:.
std::string databaseUrlProblem(std::string_view text);
/// postgresql: alone; `text` is not empty.
std::string postgresUrlProblem(std::string_view text);
/// redis:; `text` is not empty.
std::string redisUrlProblem(std::string_view text);
/// An OTLP collector, http:; `text` is not empty.
std::string collectorUrlProblem(std::string_view text);

}  // namespace slipway::service
