#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <stdexcept>
#include <string>

#include "health/health_api.hpp"
#include "platform/memory_cache.hpp"
#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "service/cli.hpp"
#include "service/endpoints.hpp"
#include "service/exit_codes.hpp"
#include "users/sql_user_store.hpp"
#include "users/users_api.hpp"

namespace slipway::service {

namespace {

namespace asio = boost::asio;

/// What GET of one endpoint that needs no request answers.
std::string bodyOf(asio::io_context& loop, const std::vector<platform::Endpoint>& endpoints,
                   std::string_view path) {
  const auto endpoint = std::ranges::find(endpoints, path, &platform::Endpoint::path);
  if (endpoint == endpoints.end()) throw std::logic_error("there is no " + std::string(path));
  net::Request request;
  platform::Call call{.request = request, .pathValues = {}, .requestId = {}, .subject = {}};
  std::string body;
  std::exception_ptr thrown;
  asio::co_spawn(loop, endpoint->handler(call),
                 [&](std::exception_ptr error, const net::Response& response) {
                   thrown = error;
                   body = response.bodyView();
                 });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return body;
}

/// The document is made from the endpoints' declarations. These want something to work on, which is
/// never asked anything here.
std::string openApiDocument(users::UserRules rules, const base::Clock& clock) {
  asio::io_context loop{1};
  platform::SqliteEngine engine({.path = {}});
  platform::SqliteDatabase database(engine, loop);
  platform::MemoryCache cache({}, clock);
  users::SqlUserStore store(database, clock, rules);
  const platform::ServiceState state;
  const platform::MetricsPage metrics;
  const std::vector<const platform::HttpMetrics*> loops;
  platform::CpuMeter cpu;
  const auto endpoints =
      allEndpoints({.database = database,
                    .cache = cache,
                    .clock = clock,
                    .state = state,
                    .metrics = metrics,
                    .loops = loops,
                    .cpu = cpu},
                   {.store = store, .database = database, .clock = clock, .rules = rules});
  return bodyOf(loop, endpoints, "/openapi.json");
}

/// Of the settings only the one that the document depends on.
Environment rulesOnly(const Environment& environment) {
  Environment some;
  if (const auto entry = environment.find("USER_RULES"); entry != environment.end()) {
    some.insert(*entry);
  }
  return some;
}

int printDocument(const CommandContext& context) {
  const auto settings = loadSettings(rulesOnly(context.environment));
  if (!settings) return context.fail(kExitConfiguration, settings.error().front());
  fmt::print(context.out, "{}\n", openApiDocument(settings->userRules, context.clock));
  return kExitOk;
}

}  // namespace

void addOpenApiVerb(CLI::App& app, CommandContext& context) {
  auto* verb = app.add_subcommand("openapi", "Print the OpenAPI document");
  verb->footer(
      "The same document as /openapi.json; it depends on USER_RULES.\n\n"
      "Example:\n"
      "  slipwayd openapi > openapi.json\n\n"
      "Exit codes: 0 done, 78 USER_RULES is wrong.");
  verb->callback([&context] { context.chosen = [&context] { return printDocument(context); }; });
}

}  // namespace slipway::service
