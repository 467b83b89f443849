-- Sends the requests that stand behind `--` in turn, four words each: method, path, token, body.

local prepared, sent = {}, 0

function init(words)
  for at = 1, #words, 4 do
    local headers = { Host = wrk.headers["Host"], Authorization = "Bearer " .. words[at + 2] }
    local body = words[at + 3] ~= "" and words[at + 3] or nil
    if body then
      headers["Content-Type"] = "application/json"
    end
    table.insert(prepared, wrk.format(words[at], words[at + 1], headers, body))
  end
end

function request()
  sent = sent + 1
  return prepared[(sent - 1) % #prepared + 1]
end

function done(summary, latency, requests)
  local errors = summary.errors
  local line = 'figures {"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "refused": %d, "broken": %d}\n'
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  local milliseconds = function(percentile) return latency:percentile(percentile) / 1000 end
  io.write(line:format(summary.requests, summary.duration / 1e6, milliseconds(50), milliseconds(95), milliseconds(99),
    errors.status, broken))
end
