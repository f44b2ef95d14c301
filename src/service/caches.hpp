// Which cache the settings ask for: the one place that knows the kinds there are.
#pragma once

#include <memory>

#include "platform/cache_engine.hpp"
#include "platform/log.hpp"
#include "service/settings.hpp"

namespace slipway::service {

/// Redis where REDIS_URL names one, otherwise this process's memory. Does not wait for Redis.
/// `logger` and `clock` outlive the engine. Throws std::runtime_error when the settings can't be
/// used.
std::unique_ptr<platform::CacheEngine> makeCaches(const Settings& settings,
                                                  const platform::Logger& logger,
                                                  const base::Clock& clock);

}  // namespace slipway::service
