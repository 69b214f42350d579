-- Counts and the result of a run. Each thread has one connection, so responses are in the order of requests.
-- Global, because wrk passes on globals only: good, bad, first_bad.

good, bad, first_bad = 0, 0, ""
expected = 200 -- status
wanted = nil   -- and this pattern in the body, if given

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function response(status, headers, body)
  if status == expected and (wanted == nil or body:find(wanted)) then
    good = good + 1
  else
    bad = bad + 1
    if first_bad == "" then
      first_bad = status .. " " .. body:sub(1, 500)
    end
  end
end

local function quoted(text)
  local safe = text:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end)
  return '"' .. safe .. '"'
end

local function of_threads(name)
  local values = {}
  for _, thread in ipairs(threads) do
    table.insert(values, thread:get(name))
  end
  return values
end

local function first_of(texts)
  for _, text in ipairs(texts) do
    if text ~= "" then
      return text
    end
  end
  return ""
end

-- One line of JSON, after a word that marks it. Times in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RASTRO {"requests": %d, "microseconds": %d, "p50": %d, "p95": %d, "p99": %d, "good": [%s], '
      .. '"bad": %d, "lost": %d, "first_bad": %s}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), latency:percentile(99),
    table.concat(of_threads("good"), ", "),
    loadstring("return " .. table.concat(of_threads("bad"), " + "))(), e.connect + e.read + e.write + e.timeout,
    quoted(first_of(of_threads("first_bad")))))
end
