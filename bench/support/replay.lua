-- Replays raw HTTP requests from a file: a line with the length of a request, then its bytes, and so on.
local requests, position = {}, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for length in file:lines() do
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  position = position + 1
  if position > #requests then
    position = 1
    overrun = (overrun or 0) + #requests
  end
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local words = string.format(
    '%d not connected, %d not read, %d not written, %d refused, %d too late',
    errors.connect, errors.read, errors.write, errors.status, errors.timeout
  )
  local beyond = 0
  for _, thread in ipairs(threads) do
    beyond = beyond + (thread:get('overrun') or 0)
  end
  print(string.format(
    '{"requests":%d,"microseconds":%d,"failed":%d,"failures":"%s","repeated":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, failed, words, beyond, latency:percentile(50), latency:percentile(99)
  ))
end
