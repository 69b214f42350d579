-- Readings that no other request sends. Each thread has devices of its own, which send in turn; each round is 100
-- microseconds later. Arguments: path, API key, devices, threads, readings a body (0: one, not in a list),
-- second since 1970 (UTC) and microsecond to begin at.
dofile(debug.getinfo(1, "S").source:sub(2):match("(.*/)") .. "report.lua")

local STEP = 100 -- microseconds between two rounds

local devices, threads, size, second, microsecond
local counter = 0
local last_second, last_text

function init(args)
  devices, threads, size = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  second, microsecond = tonumber(args[6]), tonumber(args[7])
  wrk.method, wrk.path = "POST", args[1]
  wrk.headers["X-API-Key"] = args[2]
  wrk.headers["Content-Type"] = "application/json"
  expected = size == 0 and 201 or 200
  wanted = size > 0 and string.format('"stored": ?%d[,}]', size) or nil
end

local function moment(round)
  local micros = microsecond + round * STEP
  local whole = second + math.floor(micros / 1000000)
  if whole ~= last_second then
    last_second, last_text = whole, os.date("!%Y-%m-%dT%H:%M:%S", whole)
  end
  return string.format("%s.%06dZ", last_text, micros % 1000000)
end

local function reading()
  local own = math.floor((devices - number - 1) / threads) + 1
  local round = math.floor(counter / own)
  local device = number + 1 + counter % own * threads
  counter = counter + 1
  return string.format(
    '{"cdDispositivo":%d,"dtRegistro":"%s","nrBat":3.6,"latitude":%.5f,"longitude":%.5f,'
      .. '"sensores":[{"cdSensor":%d,"nrValor":%.1f}]}',
    device, moment(round), -23.55 + round % 60 * 0.0001, -46.63 + device % 50 * 0.001, device, 20 + round % 97 / 10)
end

function request()
  if size == 0 then
    return wrk.format(nil, nil, nil, reading())
  end
  local readings = {}
  for n = 1, size do
    readings[n] = reading()
  end
  return wrk.format(nil, nil, nil, "[" .. table.concat(readings, ",") .. "]")
end
