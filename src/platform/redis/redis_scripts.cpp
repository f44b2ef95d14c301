#include "platform/redis/redis_scripts.hpp"

#include <vector>

#include "base/digest.hpp"

namespace slipway::platform {

namespace {

// What is held under a key, or ''; what is not a string is not ours, and goes.
#define SLIPWAY_LOOK                                         \
  "local function look(key)\n"                               \
  "  local held = redis.pcall('GET', key)\n"                 \
  "  if type(held) == 'string' then return held end\n"       \
  "  if held and held.err then redis.call('DEL', key) end\n" \
  "  return ''\n"                                            \
  "end\n"

constexpr std::string_view kAnnounce = SLIPWAY_LOOK R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%.0f', now + ARGV[1])
local marked = 1
for i, key in ipairs(KEYS) do
  local mine = ARGV[i + 1]
  local held = look(key)
  local kind = string.sub(held, 1, 1)
  if kind ~= 'T' then
    local floor, others = '0', ''
    if kind == 'V' or kind == 'W' then
      floor = string.match(held, '^.(%d+)') or '0'
    end
    if kind == 'W' then
      for token, last in string.gmatch(held, ' (%S+)=(%d+)') do
        if tonumber(last) > now and token ~= mine then
          others = others .. ' ' .. token .. '=' .. last
        end
      end
    end
    local mark = 'W' .. floor .. others .. ' ' .. mine .. '=' .. ends
    if redis.pcall('SET', key, mark, 'PX', ARGV[1]).err then
      redis.call('DEL', key)
      marked = 0
    end
  end
end
return marked
)lua";

constexpr std::string_view kFinish = SLIPWAY_LOOK R"lua(
local key, mine, version, entry, life = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local held = look(key)
if held == '' then return 1 end
local function store(...)
  if redis.pcall('SET', key, ...).err then redis.call('DEL', key) end
end
local kind = string.sub(held, 1, 1)
local floor = tonumber(string.match(held, '^.(%d+)') or '0')
if kind == 'V' then
  if version > floor then store(entry, 'PX', life) end
elseif kind == 'A' then
  store(entry, 'PX', life)
elseif kind == 'W' then
  local others, announced = '', 1
  for token, last in string.gmatch(held, ' (%S+)=(%d+)') do
    if token == mine then
      announced = 0
    else
      others = others .. ' ' .. token .. '=' .. last
    end
  end
  local highest = string.format('%.0f', math.max(floor, version))
  if others ~= '' then
    store('W' .. highest .. others, 'KEEPTTL')
  elseif version >= floor then
    store(entry, 'PX', life)
  else
    redis.call('DEL', key)
  end
  return announced
elseif kind ~= 'T' then
  redis.call('DEL', key)
end
return 1
)lua";

constexpr std::string_view kForget = SLIPWAY_LOOK R"lua(
for i, key in ipairs(KEYS) do
  local held = look(key)
  local kind = string.sub(held, 1, 1)
  if tonumber(ARGV[1]) > 1 then
    if redis.pcall('SET', key, 'T', 'PX', ARGV[1]).err then redis.call('DEL', key) end
  elseif kind == 'W' then
    local others = ''
    for token, last in string.gmatch(held, ' (%S+)=(%d+)') do
      if token ~= ARGV[i + 1] then others = others .. ' ' .. token .. '=' .. last end
    end
    local mark = string.match(held, '^W%d+') .. others
    if others == '' or redis.pcall('SET', key, mark, 'KEEPTTL').err then
      redis.call('DEL', key)
    end
  elseif ARGV[1] == '1' and kind ~= 'T' then
    redis.call('DEL', key)
  end
end
return 1
)lua";

constexpr std::string_view kFill = R"lua(
if redis.call('GET', KEYS[1]) ~= 'L' .. ARGV[1] then return 0 end
if ARGV[2] == '' or redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]).err then
  redis.call('DEL', KEYS[1])
  return 0
end
return 1
)lua";

constexpr std::string_view kClear = R"lua(
local cleared = 0
for _, key in ipairs(KEYS) do
  local held = redis.pcall('GET', key)
  if type(held) ~= 'string' or string.sub(held, 1, 1) ~= 'W' then
    cleared = cleared + redis.call('DEL', key)
  end
end
return cleared
)lua";

constexpr std::string_view kProbe = R"lua(
local time = redis.call('TIME')
redis.call('GET', KEYS[1])
local set = redis.pcall('SET', KEYS[1], time[1], 'PX', 1000)
redis.call('DEL', KEYS[1])
if set.err and string.sub(set.err, 1, 3) ~= 'OOM' then return set end
return 1
)lua";

}  // namespace

RedisScript::RedisScript(std::string_view text) : source(text), sha1(base::sha1Hex(text)) {}

const RedisScript& RedisScripts::announce() {
  static const RedisScript script(kAnnounce);
  return script;
}
const RedisScript& RedisScripts::finish() {
  static const RedisScript script(kFinish);
  return script;
}
const RedisScript& RedisScripts::forget() {
  static const RedisScript script(kForget);
  return script;
}
const RedisScript& RedisScripts::fill() {
  static const RedisScript script(kFill);
  return script;
}
const RedisScript& RedisScripts::clear() {
  static const RedisScript script(kClear);
  return script;
}
const RedisScript& RedisScripts::probe() {
  static const RedisScript script(kProbe);
  return script;
}

net::Task<const RedisReply*> runRedisScript(RedisConnection& connection, const RedisScript& script,
                                            std::size_t keys,
                                            std::span<const std::string_view> parts) {
  const auto count = std::to_string(keys);
  std::vector<std::string_view> arguments{"EVALSHA", script.sha1, count};
  arguments.insert(arguments.end(), parts.begin(), parts.end());
  const RedisReply* reply = co_await connection.command(arguments);
  if (reply->is(RedisReply::Type::Error) && reply->text().starts_with("NOSCRIPT")) {
    arguments[0] = "EVAL";
    arguments[1] = script.source;
    reply = co_await connection.command(arguments);
  }
  co_return reply;
}

}  // namespace slipway::platform
