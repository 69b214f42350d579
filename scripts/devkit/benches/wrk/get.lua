-- Random GET requests from a file. Arguments: the file, one "path<TAB>value of Authorization" a line; and a seed.
dofile(debug.getinfo(1, "S").source:sub(2):match("(.*/)") .. "report.lua")

local requests = {}

function init(args)
  math.randomseed(tonumber(args[2]) + number)
  for line in io.lines(args[1]) do
    local path, credential = line:match("^(.-)\t(.*)$")
    table.insert(requests, wrk.format("GET", path, { ["Authorization"] = credential }))
  end
end

function request()
  return requests[math.random(#requests)]
end
