"""What wrk sends: its scripts. Requests of reads are made beforehand, so that the generator costs the
same as with one path; those of writes are made as they go out, each with a name of its own."""

REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"failed":%d,"refused":%d,"p50":%d,"p99":%d,"p999":%d}',
    summary.requests, summary.duration / 1e6, errors.connect + errors.read + errors.write + errors.timeout,
    errors.status, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
"""

PATHS = """
local requests, at = {}, 0
init = function()
  for path in io.lines("%s") do requests[#requests + 1] = wrk.format("GET", path) end
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""

# The first argument differs from run to run, and so do the names.
WRITES = """
local headers, run, at = {["Content-Type"] = "application/json"}, "", 0
init = function(arguments) run = arguments[1] end
local function name()
  at = at + 1
  return run .. "-" .. at
end
local function create()
  local one = name()
  return wrk.format("POST", "/users", headers,
    '{"username":"' .. one .. '","email":"' .. one .. '@example.com"}')
end
local function user() return "/users/" .. math.random(1, %(users)d) end
local function update()
  return wrk.format("PATCH", user(), headers, '{"email":"' .. name() .. '@example.com"}')
end
"""
CREATE = WRITES + "request = create\n"
UPDATE = WRITES + "request = update\n"
# 90 reads, 9 updates, 1 new user in a hundred.
MIXED = WRITES + """
request = function()
  local die = math.random(100)
  if die <= 90 then return wrk.format("GET", user()) end
  if die <= 99 then return update() end
  return create()
end
"""

INVALID = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"username":"a","email":"no address"}'
"""
