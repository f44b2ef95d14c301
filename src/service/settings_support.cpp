#include "service/settings_support.hpp"

namespace slipway::service {

std::vector<std::string> unsupportedSettings(const Settings& settings) {
  std::vector<std::string> problems;
  if (settings.databaseUrl.reveal().starts_with("postgres")) {
    problems.emplace_back("DATABASE_URL: this build has no PostgreSQL client; use sqlite:///PATH");
  }
  return problems;
}

}  // namespace slipway::service
